"""Pages of the enforcement register: matters, one with its documents, history, publication.

Source: campaign plan 三(六)2, 二(二)3, 一(一)2 (S1-3.3.6(2), S1-2.2.3, S1-1.1.2c).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import enforcement_documents as documents
from campaign import enforcement_workflow as workflow
from campaign.enforcement_forms import (
    ClosingForm,
    DisclosureForm,
    MatterForm,
    StepForm,
    WordsForm,
)
from campaign.enforcement_workflow import ClosingState, DisclosureState, MatterState
from campaign.models import (
    EnforcementClosing,
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementStep,
    RectificationItem,
)
from campaign.rectification_workflow import TO_DO, UNFINISHED
from campaign.scope import workplaces, works_for
from campaign.services import enforcement as services
from campaign.services import enforcement_closings as closings
from campaign.services import enforcement_recalls as recalls
from campaign.views.common import VIEW
from core import clock, pages, policy, sla
from core.components import Tab
from core.paging import keyset

MANAGE, APPROVE = Permission.ENFORCEMENT_MANAGE, Permission.ENFORCEMENT_APPROVE
HANDLE = Permission.RECTIFICATION_HANDLE
RELATED = ("enterprise", "regulator", "campaign", "opened_by", "closed_by")
STEP_RELATED = ("matter__enterprise", "matter__regulator", "drafted_by", "issued_by", "answered_by")
# One that waits for its answer is red only when its day has passed.
ISSUED = workflow.StepState.ISSUED
LAMPS = {"draft": "near", "answered": "ok", "dropped": "pause"}
CLOSING_LAMPS = {"proposed": "near", "approved": "done", "refused": "late", "withdrawn": "pause"}
CONTENT = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def find(request: HttpRequest, pk: int) -> EnforcementMatter:
    seen = EnforcementMatter.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


def find_step(request: HttpRequest, pk: int) -> EnforcementStep:
    seen = EnforcementStep.objects.visible_to(request.user).select_related(*STEP_RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Matters in sight, newest first, by state and enterprise."""
    seen = EnforcementMatter.objects.visible_to(request.user)
    code, state = request.GET.get("unit", "")[:40], request.GET.get("state", "open")
    narrowed = seen.filter(enterprise__code=code) if code else seen
    counts = {one: narrowed.filter(state=one).count() for one in MatterState.values}
    listed = narrowed.filter(state=state) if state in MatterState.values else narrowed
    labels = [(one, MatterState(one).label, counts[one]) for one in MatterState.values]
    labels.append(("all", _("全部"), sum(counts.values())))
    steps = Prefetch("steps", EnforcementStep.objects.visible_to(request.user))
    waiting = EnforcementClosing.objects.visible_to(request.user).filter(
        matter=OuterRef("pk"), state=ClosingState.PROPOSED
    )
    related = listed.select_related(*RELATED).prefetch_related(steps)
    related = related.annotate(ending=Exists(waiting))
    context = {
        "page": keyset(related, request.GET, order=("-opened_at", "-pk")),
        "unit": code,
        "state": state,
        "units": Organisation.objects.filter(pk__in=seen.order_by().values("enterprise")),
        "tabs": [
            Tab(word, f"?state={one}&unit={code}", one == state, n) for one, word, n in labels
        ],
        "may_open": request.user.can(MANAGE),
    }
    return pages.render(request, "campaign/enforcement/list.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a matter with overdue items of one enterprise."""
    now = clock.now()
    offices = [place.pk for place in workplaces(request.user, MANAGE)]
    late = RectificationItem.objects.visible_to(request.user).overdue(now=now)
    late = late.filter(regulator__in=offices).exclude(enforcement_matters__state=MatterState.OPEN)
    asked = request.GET.get("item", "")
    form = MatterForm(
        request.POST or None,
        items=late.select_related("unit"),
        initial={"items": [int(asked)] if asked.isascii() and asked.isdigit() else []},
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["items"] = list(said["items"])
        made = pages.attempt(form, services.open_matter, by=request.user, now=now, **said)
        if made is not None:
            return pages.go(request, "campaign:enforcement_matter", made.pk)
    context = {"form": form, "any": late.exists()}
    return pages.render(request, "campaign/enforcement/new.html", context=context)


# -- one matter ------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter with its documents and what was published."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest, found: EnforcementMatter, *, bound: dict[str, Any] | None = None
) -> HttpResponse:
    """``bound``: forms that were sent and not taken, by name."""
    bound, user, now = bound or {}, request.user, clock.now()
    manages = not workflow.manage_refusal(found, by=user)
    works = works_for(user, MANAGE, found.regulator)
    on = now.astimezone(clock.ZONE).date()
    steps = EnforcementStep.objects.visible_to(user).filter(matter=found)
    disclosures = EnforcementDisclosure.objects.visible_to(user).filter(matter=found)
    seen = RectificationItem.objects.visible_to(user).filter(enforcement_matters=found)
    listed = [_step(step, request, bound) for step in steps.select_related(*STEP_RELATED)]
    ended = _closings(found, request)
    listed_items = list(seen.select_related("unit"))
    context = {
        "matter": found,
        "closings": ended,
        "closing_waits": any(one["waits"] for one in ended),
        "items": listed_items,
        "unfinished": [one for one in listed_items if one.state in UNFINISHED],
        "ended_why": _ended_why(found),
        "works": works,
        "steps": listed,
        "drafted": any(one["draft"] for one in listed),
        "disclosures": [
            {
                "disclosure": one,
                "publish_refusal": workflow.publish_refusal(one, by=user),
                "may_take_back": works and one.state != "dropped",
                **_recall(one, request),
            }
            for one in disclosures.select_related("proposed_by", "published_by", "matter")
        ],
        "step_form": bound.get("step") or StepForm(on=on) if manages else None,
        "close_form": bound.get("close") or closing_form(found) if manages else None,
        "disclosure_form": bound.get("disclose") or DisclosureForm() if works else None,
        "rungs": _rungs(found),
        "bound": set(bound),
    }
    if bound:
        context["form"] = next(iter(bound.values()))
    return pages.render(request, "campaign/enforcement/matter.html", context=context)


def _recall(one: EnforcementDisclosure, request: HttpRequest) -> dict[str, Any]:
    """What is asked to be taken back of a public text, and why the reader may not decide on it."""
    asked = recalls.waiting(one) if one.state == DisclosureState.PUBLISHED else None
    if asked is None:
        return {}
    asked.disclosure = one
    return {"recall": asked, "recall_refusal": recalls.settle_refusal(asked, by=request.user)}


def closing_form(found: EnforcementMatter, data: Any = None) -> ClosingForm:
    return ClosingForm(data, unfinished=found.items.unfinished().exists())


def _ended_why(found: EnforcementMatter) -> str:
    """Why a matter ended with items that were not written off: a part of its conclusion."""
    agreed = found.closings.filter(state=ClosingState.APPROVED)
    return (agreed.values_list("why", flat=True).first() or "") if found.closed_at else ""


def _closings(found: EnforcementMatter, request: HttpRequest) -> list[dict[str, Any]]:
    """What was proposed to end the matter and what became of it, the last first."""
    seen = EnforcementClosing.objects.visible_to(request.user).filter(matter=found)
    told = []
    for one in seen.select_related("proposed_by", "decided_by"):
        one.matter = found
        told.append(
            {
                "closing": one,
                "lamp": CLOSING_LAMPS[one.state],
                "waits": one.state == ClosingState.PROPOSED,
                "refusal": workflow.closing_refusal(one, by=request.user),
                "may_withdraw": not closings.withdraw_refusal(one, by=request.user),
            }
        )
    return told


def _answer(step: EnforcementStep, data: Any = None) -> WordsForm:
    return WordsForm(data, name="answer", label=_("反馈"), auto_id=f"a{step.pk}_%s")


def _step(step: EnforcementStep, request: HttpRequest, bound: dict[str, Any]) -> dict[str, Any]:
    draft, waits = (step.state == one for one in (workflow.StepState.DRAFT, ISSUED))
    refusal = workflow.issue_refusal(step, by=request.user) if draft else ""
    answering = not workflow.answer_refusal(step, by=request.user)
    return {
        "step": step,
        "lamp": sla.lamp(clock.now(), step.due_at) if waits else LAMPS[step.state],
        "articles": step.articles.all(),
        "draft": draft,
        "issue_refusal": refusal,
        "answer_form": bound.get(f"answer{step.pk}") or _answer(step) if answering else None,
        "may_drop": draft and not workflow.manage_refusal(step.matter, by=request.user),
    }


def _rungs(found: EnforcementMatter) -> list[tuple[str, bool]]:
    """The ladder in words, and which rungs were taken."""
    taken = set(found.steps.out().values_list("measure", flat=True))
    last = _("行政处罚或立案调查")
    return [
        (str(kinds[0].label) if len(kinds) == 1 else last, bool(taken & {*kinds}))
        for kinds in workflow.RUNGS
    ]


@policy.needs(MANAGE)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next document."""
    found, now = find(request, pk), clock.now()
    form = StepForm(request.POST, on=now.astimezone(clock.ZONE).date())
    if form.is_valid():
        told = {"matter": found, "by": request.user, "now": now, **form.cleaned_data}
        if pages.attempt(form, services.draft_step, **told) is not None:
            messages.success(request, _("已起草，请另一人签发。"))
            return pages.go(request, "campaign:enforcement_matter", found.pk)
    return shown(request, found, bound={"step": form})


@policy.needs(MANAGE)
@require_POST
def disclose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what the public shall read."""
    found, form = find(request, pk), DisclosureForm(request.POST)
    told = {"matter": found, "by": request.user, "now": clock.now()}
    if form.is_valid() and pages.attempt(
        form, services.propose_disclosure, **told, **form.cleaned_data
    ):
        messages.success(request, _("已提交，请另一人批准公开。"))
        return pages.go(request, "campaign:enforcement_matter", found.pk)
    return shown(request, found, bound={"disclose": form})


@policy.needs(MANAGE, APPROVE, HANDLE)
@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Sign, answer or throw away one document."""
    step, now = find_step(request, pk), clock.now()
    if act == "drop":
        services.drop_step(step=step, by=request.user, now=now)
        return pages.go(request, "campaign:enforcement_matter", step.matter_id)
    if act == "issue":
        signed = services.issue_step(step=step, by=request.user, now=now)
        told = {"number": signed.document_number}
        messages.success(request, _("已签发，发文字号%(number)s。") % told)
        return pages.go(request, "campaign:enforcement_matter", step.matter_id)
    if act != "answer":
        raise Http404
    form = _answer(step, request.POST)
    sent = {"step": step, "by": request.user, "now": now}
    if form.is_valid() and pages.attempt(form, services.answer_step, **sent, **form.cleaned_data):
        return pages.go(request, "campaign:enforcement_matter", step.matter_id)
    return shown(request, find(request, step.matter_id), bound={f"answer{pk}": form})


@policy.needs(VIEW)
@require_GET
def document(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The document in official format, as .docx or PDF; a draft has no number."""
    step = find_step(request, pk)
    if kind not in CONTENT:
        raise Http404
    content = documents.WRITERS[kind](documents.document(step))
    response = HttpResponse(content, content_type=CONTENT[kind])
    name = quote(f"{step}.{kind}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(MANAGE, APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Approve a publication, or take it back: a public one when another person agrees."""
    seen = EnforcementDisclosure.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("matter"), pk=pk)
    told = {"disclosure": found, "by": request.user, "now": clock.now()}
    if act == "publish":
        services.publish(**told)
        messages.success(request, _("已向社会公开。"))
    elif act == "take-back":
        done = recalls.take_back(reason=request.POST.get("reason", ""), **told)
        gone = done.state == DisclosureState.DROPPED
        messages.success(request, _("已撤回。") if gone else _("已提请撤回，请另一人办理。"))
    elif act in ("recall", "keep"):
        recalls.settle(grant=act == "recall", **told)
        messages.success(request, _("已办理。"))
    else:
        raise Http404
    return pages.go(request, "campaign:enforcement_matter", found.matter_id)


@policy.needs(VIEW)
@require_GET
def history(request: HttpRequest, code: str) -> HttpResponse:
    """What became of an enterprise's problems in every campaign, and what was done about it."""
    user, now = request.user, clock.now()
    enterprise = get_object_or_404(Organisation.objects.visible_to(user).companies(), code=code)
    items = RectificationItem.objects.visible_to(user).filter(unit=enterprise)
    told = {
        "total": Count("pk"),
        "late": Count("pk", filter=Q(state__in=TO_DO, due_at__lt=now)),
        "closed": Count("pk", filter=Q(state="closed")),
        "again": Count("pk", filter=Q(reopen_count__gt=0)),
    }
    rows = items.order_by().values("campaign", "campaign__name").annotate(**told)
    matters = EnforcementMatter.objects.visible_to(user).filter(enterprise=enterprise)
    steps = Prefetch("steps", EnforcementStep.objects.visible_to(user).out())
    context = {
        "enterprise": enterprise,
        "rows": rows.order_by("-campaign__starts_on"),
        "matters": matters.select_related(*RELATED).prefetch_related(steps),
        "published": EnforcementDisclosure.objects.published().filter(
            matter__enterprise=enterprise
        ),
    }
    return pages.render(request, "campaign/enforcement/history.html", context=context)


# -- public ----------------------------------------------------------------------------------------


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """What offices published, newest first."""
    found = EnforcementDisclosure.objects.published().select_related("matter__regulator")
    page = keyset(found, request.GET, order=("-published_at", "-pk"))
    return pages.render(request, "campaign/enforcement/public_list.html", context={"page": page})


@policy.public
@require_GET
def public(request: HttpRequest, pk: int) -> HttpResponse:
    """One published text."""
    related = ("matter__regulator", "matter__enterprise")
    seen = EnforcementDisclosure.objects.published().select_related(*related)
    context = {"disclosure": get_object_or_404(seen, pk=pk)}
    return pages.render(request, "campaign/enforcement/public.html", context=context)
