"""Pages of the template editor: a draft, its rows, its versions, its timeline, its acts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaign import template_catalogue, template_editing, template_presenting
from campaign import template_workflow as workflow
from campaign.models import TemplateDraft
from campaign.services import templating
from campaign.template_editing import SECTIONS, Section
from campaign.template_forms import BasicsForm, RowForm
from campaign.template_word_forms import FORMS
from campaign.views.common import MANAGE
from campaign.views.templates import yaml_answer
from core import asked, clock, pages, policy
from core.errors import Conflict, Refused

UP, DOWN = -1, 1


def find_draft(request: HttpRequest, pk: int) -> TemplateDraft:
    """The draft, if it is in sight; else 404."""
    related = (
        *("organisation", "created_by", "checked_by", "decided_by"),
        *("template", "source_template", "source_campaign"),
    )
    seen = TemplateDraft.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(seen, pk=pk)


def _section(slug: str) -> Section:
    if slug not in SECTIONS:
        raise Http404
    return SECTIONS[slug]


def _seen(request: HttpRequest) -> int:
    """The version that the person saw when they acted."""
    text = request.POST.get("seen", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Conflict(_("页面已过期，请刷新后再办理。"))
    return int(text)


@policy.needs(MANAGE)
@require_GET
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with everything in it, what is wrong with it, and what can be done."""
    found = find_draft(request, pk)
    content, now = found.content, clock.now()
    problems = templating.problems(content, now=now)
    by = request.user
    context = {
        "draft": found,
        "content": content,
        "lamp": workflow.LAMPS[found.state],
        "sections": template_presenting.sections(content),
        "hard": [one for one in problems if not one.soft],
        "soft": [one for one in problems if one.soft],
        "refusals": {move.name: workflow.refusal(move, found, by=by) for move in workflow.MOVES},
        "basics": template_presenting.basics(content, now=now),
        "moves": template_presenting.moves(found.moves, content),
        "open": found.state in (workflow.DraftState.DRAFT, workflow.DraftState.CHECKED),
    }
    return pages.render(request, "campaign/templates/draft.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def basics(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, letters, reports and checklists."""
    found = find_draft(request, pk)
    content = found.content
    form = _form(request, BasicsForm, found, content, content)
    if request.method == "POST" and form.is_valid():
        summary = _("修改基本信息")
        if _keep(request, form, found, form.row(), summary):
            return pages.go(request, "campaign:template_draft", found.pk)
    context = {"draft": found, "form": form, "heading": _("基本信息")}
    return _row_page(request, form, context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, pk: int, section: str, place: int) -> HttpResponse:
    """One row of a list; place 0 is a new one."""
    found, part = find_draft(request, pk), _section(section)
    content = found.content
    listed = template_editing.rows(content, part)
    if place > len(listed):
        raise Http404
    old = listed[place - 1] if place else {}
    form = _form(request, FORMS[section], found, content, old)
    if request.method == "POST" and form.is_valid():
        made = form.row()
        words = _("修改%(one)s“%(name)s”") if place else _("增加%(one)s“%(name)s”")
        summary = words % {"one": part.one, "name": made.get(part.title, "")}
        if _keep(request, form, found, None, summary, put=(part, place, made)):
            return pages.go(request, "campaign:template_draft", found.pk)
    heading = old.get(part.title) or _("增加%(one)s") % {"one": part.one}
    return _row_page(request, form, {"draft": found, "form": form, "heading": heading})


def _form(
    request: HttpRequest,
    kind: type[RowForm],
    found: TemplateDraft,
    content: dict[str, Any],
    old: dict[str, Any],
) -> RowForm:
    on = clock.today()
    return kind(
        request.POST or None,
        row=old,
        content=content,
        catalogue=template_catalogue.catalogue(on=on),
        seen=found.head,
        on=on,
    )


def _keep(
    request: HttpRequest,
    form: RowForm,
    found: TemplateDraft,
    content: dict[str, Any] | None,
    summary: str,
    put: tuple[Section, int, dict[str, Any]] | None = None,
) -> bool:
    """Save what the form holds; where it is refused the reason stands on the form."""
    try:
        if put is not None:
            content = template_editing.put(found.content, *put)
        assert content is not None
        templating.save(
            draft=found,
            content=content,
            summary=summary,
            seen=form.cleaned_data["seen"],
            by=request.user,
            now=clock.now(),
        )
    except Refused as reason:
        pages.refuse(form, reason)
        return False
    messages.success(request, _("已保存。"))
    return True


def _row_page(request: HttpRequest, form: RowForm, context: dict[str, Any]) -> HttpResponse:
    context["refusal"] = workflow.refusal(workflow.EDIT, context["draft"], by=request.user)
    return pages.render(
        request, "campaign/templates/row.html", context=context, status=pages.status_of(form)
    )


@policy.needs(MANAGE)
@require_POST
def row_act(request: HttpRequest, pk: int, section: str, place: int) -> HttpResponse:
    """Move a row up or down, or remove it."""
    found, part, verb = find_draft(request, pk), _section(section), request.POST.get("act", "")
    seen, content = _seen(request), found.content
    # A place counts in the version that was seen: another one is refused, and changes nothing.
    if seen != found.head:
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。"))
    listed = template_editing.rows(content, part)
    name = listed[place - 1].get(part.title, "") if 1 <= place <= len(listed) else ""
    if verb == "remove":
        made, words = template_editing.remove(content, part, place), _("删除%(one)s“%(name)s”")
    elif verb in ("up", "down"):
        by = UP if verb == "up" else DOWN
        made, words = template_editing.shift(content, part, place, by), _("移动%(one)s“%(name)s”")
    else:
        raise Refused(_("没有这种操作。"))
    templating.save(
        draft=found,
        content=made,
        summary=words % {"one": part.one, "name": name},
        seen=seen,
        by=request.user,
        now=clock.now(),
    )
    response = pages.go(request, "campaign:template_draft", found.pk)
    response["Location"] += f"#{part.slug}"
    return response


@policy.needs(MANAGE)
@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version, and what changed between two of them."""
    found = find_draft(request, pk)
    editions = list(found.editions.select_related("saved_by"))
    by_number = {one.number: one for one in editions}
    after = by_number.get(_number(request, "to"), editions[0])
    before = by_number.get(_number(request, "from"), by_number.get(after.number - 1, after))
    context = {
        "draft": found,
        "editions": editions,
        "before": before,
        "after": after,
        "changes": template_editing.changes(before.content, after.content),
        "refusal": workflow.refusal(workflow.EDIT, found, by=request.user),
    }
    return pages.render(request, "campaign/templates/versions.html", context=context)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@policy.needs(MANAGE)
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """How the campaign would run: phases, deadlines and reminders in order of time."""
    found = find_draft(request, pk)
    plan = template_presenting.plan(found.content, now=clock.now())
    context = {"draft": found, "plan": plan}
    return pages.render(request, "campaign/templates/timeline.html", context=context)


@policy.needs(MANAGE)
@require_GET
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a file."""
    found = find_draft(request, pk)
    return yaml_answer(found.content, f"{found.code}-draft-{found.head}.yaml")


@policy.needs(MANAGE)
@require_POST
def redate(request: HttpRequest, pk: int) -> HttpResponse:
    """Move every date to begin on another day."""
    found, day = find_draft(request, pk), asked.day(request.POST.get("starts_on", ""))
    if day is None:
        raise Refused(_("请填写新的首日。"))
    seen, by = _seen(request), request.user
    templating.redate(draft=found, starts_on=day, seen=seen, by=by, now=clock.now())
    messages.success(request, _("已按工作日移动各日期。"))
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last change back."""
    found = find_draft(request, pk)
    templating.undo(draft=found, seen=_seen(request), by=request.user, now=clock.now())
    messages.success(request, _("已撤销上一次改动。"))
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Make an older version the one that counts."""
    found, seen = find_draft(request, pk), _seen(request)
    given = {"by": request.user, "now": clock.now()}
    templating.restore(draft=found, number=number, seen=seen, **given)
    messages.success(request, _("已恢复为第%(number)d版的内容。") % {"number": number})
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the draft in for approval."""
    found = find_draft(request, pk)
    templating.check(draft=found, seen=_seen(request), by=request.user, now=clock.now())
    messages.success(request, _("检查通过，已提交，由另一人批准。"))
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft back to be changed."""
    found = find_draft(request, pk)
    comment = request.POST.get("comment", "")
    templating.reopen(draft=found, comment=comment, by=request.user, now=clock.now())
    messages.success(request, _("已退回修改。"))
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a template of the draft."""
    found = find_draft(request, pk)
    templating.approve(draft=found, seen=_seen(request), by=request.user, now=clock.now())
    messages.success(request, _("已批准，可以用它部署专项行动。"))
    return pages.go(request, "campaign:template_draft", found.pk)


@policy.needs(MANAGE)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft up."""
    found = find_draft(request, pk)
    templating.discard(draft=found, by=request.user, now=clock.now())
    messages.success(request, _("已作废。"))
    return pages.go(request, "campaign:templates")
