"""Changes of definitions: the list, one with what it moves, and the acts of a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Change, Tab
from core.errors import Refused
from core.paging import keyset
from reporting.models import DefinitionChange, ReturnForm
from reporting.returns import comparing
from reporting.rule_forms import IndicatorForm, OutageRuleForm
from reporting.services import definitions as services
from reporting.views import catalogues, indicator_rules
from reporting.workflow import definition as workflow
from reporting.workflow.definition import State, Subject

MAINTAIN = (Permission.RULE_MANAGE, Permission.RETURN_FORM_MANAGE)
LAMPS = {
    State.WAITING: "near",
    State.ADOPTED: "done",
    State.RETURNED: "late",
    State.WITHDRAWN: "pause",
}
FORMS: dict[Subject, Any] = {
    Subject.INDICATOR: IndicatorForm,
    Subject.OUTAGE_RULE: OutageRuleForm,
}
PREVIEWS: dict[Subject, Any] = {
    Subject.INDICATOR: (indicator_rules.indicator_preview, "reporting/indicators/_moved.html"),
    Subject.OUTAGE_RULE: (indicator_rules.rule_preview, "reporting/outages/_moved.html"),
}


def find(request: HttpRequest, pk: int) -> DefinitionChange:
    """The change, if it is in the person's sight; otherwise there is none (404)."""
    seen = DefinitionChange.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("drafted_by", "decided_by"), pk=pk)


@policy.needs(*MAINTAIN)
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Changes in sight: what waits, or all that there were."""
    seen = DefinitionChange.objects.visible_to(request.user)
    chosen = "all" if request.GET.get("state") == "all" else State.WAITING.value
    tabs = [
        Tab(State.WAITING.label, "?", chosen != "all", seen.waiting().count()),
        Tab(_("全部"), "?state=all", chosen == "all", None),
    ]
    shown = (seen if chosen == "all" else seen.waiting()).select_related("drafted_by", "decided_by")
    page = keyset(shown, request.GET, order=("-drafted_at", "-pk"))
    keeps_rules = request.user.can(Permission.RULE_MANAGE)
    context = {"page": page, "lamps": LAMPS, "tabs": tabs, "keeps_rules": keeps_rules}
    return pages.render(request, "reporting/definitions/list.html", context=context)


@policy.needs(*MAINTAIN)
@require_GET
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: why, by whom, what it says otherwise and what it moves."""
    found = find(request, pk)
    user: Any = request.user
    context = {
        "change": found,
        "lamp": LAMPS[State(found.state)],
        "own": found.drafted_by_id == user.pk,
        "acts": {
            name: workflow.refusal(move, found, by=user) for name, move in workflow.MOVES.items()
        },
    }
    show = _show_form if found.subject == Subject.RETURN_FORM else _show_values
    show(request, found, context)
    return pages.render(request, "reporting/definitions/detail.html", context=context)


def _show_form(request: HttpRequest, found: DefinitionChange, context: dict[str, Any]) -> None:
    form = ReturnForm.objects.filter(pk=found.base).first()
    if form is None:
        return
    words = {"title": form.title, "version": form.version}
    context["form_url"] = reverse("reporting:return_form", args=[form.pk])
    context["form_title"] = _("%(title)s 第%(version)d版") % words
    earlier = ReturnForm.objects.published().filter(code=form.code, version__lt=form.version)
    if (before := earlier.order_by("-version").first()) is not None:
        context["differences"] = [
            Change(kind, label, *((text, "") if kind == "removed" else ("", text)))
            for kind, label, text in comparing.differences(before, form)
        ]


def _show_values(request: HttpRequest, found: DefinitionChange, context: dict[str, Any]) -> None:
    subject = Subject(found.subject)
    labels = (FORMS | catalogues.FORMS)[subject].base_fields
    context["differences"] = [
        Change("changed", labels[name].label, before, after)
        for name, (before, after) in found.changes.items()
    ]
    if found.state != State.WAITING:
        return
    try:
        base, made = services.drafted(found)
    except Refused as reason:
        context["stale"] = str(reason)
        return
    if subject not in PREVIEWS:
        return
    preview, context["moved"] = PREVIEWS[subject]
    context["preview"] = preview(request, base, made, FORMS[subject](base=base))


def _act(service: Callable[..., Any], said: Any, *asked: str) -> Callable[..., HttpResponse]:
    """A door that makes one move."""

    @policy.needs(*MAINTAIN)
    @require_POST
    def act(request: HttpRequest, pk: int) -> HttpResponse:
        given = {name: request.POST.get(name, "")[:500] for name in asked}
        service(find(request, pk), by=request.user, now=clock.now(), **given)
        messages.success(request, str(said))
        return pages.go(request, "reporting:definition_change", pk)

    return act


adopt = _act(services.adopt, gettext_lazy("已核准，自启用日期起生效。"))
send_back = _act(services.send_back, gettext_lazy("已退回。"), "reason")
withdraw = _act(services.withdraw, gettext_lazy("已撤回。"))
