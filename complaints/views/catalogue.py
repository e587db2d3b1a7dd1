"""Catalogue of cases: terms by list and era, and procedures with their drawings and clocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import drawing, queries
from complaints.forms import pairs
from complaints.models import Case, Procedure, Term
from complaints.presenting import kind_label
from complaints.procedure_definition import RECEIVED, ClockRule, Rung
from complaints.procedures import definition_of
from complaints.services import terms as services
from complaints.workflow import Act, Source, State
from core import clock, pages, policy, sla
from core.components import Tab
from core.widgets import Day

READING = (Permission.CASE_VIEW, Permission.CATALOGUE_MANAGE)
# From how long before its last day an entry is marked as ending.
SOON = timedelta(days=90)


class TermForm(forms.Form):
    """A new entry of a list."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=40)
    label = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=120)
    valid_from = forms.DateField(label=gettext_lazy("启用日期"), widget=Day())
    parent = forms.ModelChoiceField(
        None, label=gettext_lazy("上级"), required=False, empty_label="—"
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("适用来源（不选为全部）"),
        choices=Source.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    natures = forms.MultipleChoiceField(
        label=gettext_lazy("适用性质（不选为全部）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    livelihood = forms.BooleanField(label=gettext_lazy("民生"), required=False)

    def __init__(self, *args: Any, kind: str, on: date, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="term_%s", **kwargs)
        fields: Any = self.fields
        if kind != Term.Kind.CATEGORY:
            del fields["livelihood"]
        fields["parent"].queryset = Term.objects.of(kind).on(on).filter(parent__isnull=True)
        natures = Term.objects.of(Term.Kind.NATURE).on(on)
        fields["natures"].choices = pairs(list(natures), empty=False)


class EndForm(forms.Form):
    """Until when an entry counts; empty: without end again."""

    on = forms.DateField(label=gettext_lazy("停用日期"), widget=Day(), required=False)


@policy.needs(*READING)
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """One list, as it counts on a day or in all eras."""
    return _terms(request, request.GET.get("kind", ""))


def _terms(request: HttpRequest, kind: str, status: int = 200, **more: Any) -> HttpResponse:
    kind = kind if kind in Term.Kind.values else Term.Kind.NATURE.value
    today = clock.today()
    on = queries.day_of(request.GET.get("on", "")) or today
    every = request.GET.get("era") == "all"
    found = Term.objects.of(kind).select_related("parent").order_by("order", "code", "valid_from")
    may = services.may_manage(request.user)
    natures = Term.objects.labels("nature", on=on)
    rows = [
        {
            "term": term,
            "state": _state(term, today),
            "sources": "、".join(str(Source(one).label) for one in term.sources),
            "natures": "、".join(natures.get(one, one) for one in term.natures),
            "form": EndForm(auto_id=f"end{term.pk}_%s", initial={"on": term.valid_until or today})
            if may and not (term.valid_until and term.valid_until < today)
            else None,
        }
        for term in (found if every else found.on(on))
    ]
    context = {
        "tabs": [Tab(label, f"?kind={code}", code == kind) for code, label in Term.Kind.choices],
        "kind": Term.Kind(kind),
        "on": on,
        "every": every,
        "rows": rows,
        "may": may,
        "form": TermForm(kind=kind, on=today, initial={"valid_from": today}),
        **more,
    }
    return pages.render(request, "complaints/terms.html", context=context, status=status)


def _state(term: Term | Procedure, today: date) -> tuple[str, str]:
    if term.valid_from > today:
        return "pause", _("尚未启用")
    if term.valid_until is not None and term.valid_until < today:
        return "done", _("已停用")
    if term.valid_until is not None and term.valid_until - today <= SOON:
        return "near", _("将停用")
    return "ok", _("使用中")


@require_POST
@policy.needs(Permission.CATALOGUE_MANAGE)
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter a term."""
    if kind not in Term.Kind.values:
        raise Http404
    form = TermForm(request.POST, kind=kind, on=clock.today())
    if form.is_valid():
        given = {**form.cleaned_data, "kind": kind, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.add_term, **given):
            messages.success(request, _("已增加。"))
            return _back(request, kind)
    return _terms(request, kind, pages.status_of(form), form=form)


@require_POST
@policy.needs(Permission.CATALOGUE_MANAGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a term end on a day, or go on without end."""
    term = get_object_or_404(Term, pk=pk)
    form = EndForm(request.POST)
    if form.is_valid():
        given = {"term": term, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.end_term, on=form.cleaned_data["on"], **given):
            messages.success(request, _("“%(label)s”的停用日期已更改。") % {"label": term.label})
            return _back(request, term.kind)
    return _terms(request, term.kind, pages.status_of(form), end_form=form)


def _back(request: HttpRequest, kind: str) -> HttpResponse:
    response = pages.go(request, "complaints:terms")
    name = "Location" if "Location" in response else "HX-Redirect"
    response[name] += f"?kind={kind}&era=all"
    return response


# --- Procedures -----------------------------------------------------------------------------------


@policy.needs(*READING)
@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Every procedure and version, with the days on which it applies."""
    today = clock.today()
    # A procedure to come may know natures that begin with it.
    natures = {term.code: term.shown for term in Term.objects.of("nature").order_by("valid_from")}
    found = list(Procedure.objects.order_by("code", "version"))
    scopes = Organisation.objects.filter(code__in={one.scope for one in found if one.scope})
    names = {one.code: str(one) for one in scopes}
    rows = [
        {
            "procedure": one,
            "sources": "、".join(str(Source(code).label) for code in one.sources),
            "natures": "、".join(natures.get(code, code) for code in one.natures),
            "lamp": _state(one, today),
            "scope": names.get(one.scope, one.scope),
        }
        for one in found
    ]
    return pages.render(request, "complaints/procedures.html", context={"rows": rows})


@policy.needs(*READING)
@require_safe
def procedure(request: HttpRequest, pk: int) -> HttpResponse:
    """One procedure: its drawing, its acts, its clocks and ladders, and how many follow it."""
    found = get_object_or_404(Procedure, pk=pk)
    rules = definition_of(found)
    seen = request.user.can(Permission.CASE_VIEW)
    followers = Case.objects.visible_to(request.user).filter(procedure=found)
    context = {
        "procedure": found,
        "drawing": drawing.drawn(rules),
        "moves": [
            {
                "move": move,
                "sources": "、".join(str(State(one).label) for one in move.sources),
                "target": State(move.target).label if move.target else "",
            }
            for move in rules.moves.values()
        ],
        "clocks": [_clock(rule) for rule in rules.clocks.values()],
        "followers": followers.count() if seen else None,
        "open": followers.open().count() if seen else None,
    }
    return pages.render(request, "complaints/procedure.html", context=context)


def _clock(rule: ClockRule) -> dict[str, Any]:
    own = rule.allowance
    special = [(name, is_, amount(value, unit)) for name, is_, value, unit in own.special]
    labels = queries.Labels()
    now = clock.now()
    return {
        "rule": rule,
        "allowance": amount(own.value, own.unit),
        "special": [(labels.of(name, is_, at=now), words) for name, is_, words in special],
        "starts": _acts(rule.starts_on),
        "stops": _acts(rule.stops_on),
        "voids": _acts(rule.voids_on),
        "cap": amount(*rule.cap) if rule.cap else "",
        "ladder": [_rung(rung) for rung in rule.ladder],
    }


def amount(value: float, unit: str) -> str:
    """5 working days, as people say it."""
    words = {
        sla.Unit.MINUTES: _("%(value)s分钟"),
        sla.Unit.HOURS: _("%(value)s小时"),
        sla.Unit.CALENDAR_DAYS: _("%(value)s日"),
        sla.Unit.WORKING_DAYS: _("%(value)s个工作日"),
    }
    return words[sla.Unit(unit)] % {"value": f"{value:g}"}


def _acts(acts: tuple[str, ...]) -> str:
    return "、".join(kind_label(act) if act == RECEIVED else str(Act(act).label) for act in acts)


def _rung(rung: Rung) -> str:
    people = {
        "responsible": _("承办人"),
        "holder_lead": _("承办单位负责人"),
        "owner": _("首接单位"),
        "owner_lead": _("首接单位负责人"),
    }
    who = people[rung.to]
    if not rung.value:
        return _("到期：%(who)s") % {"who": who}
    words = _("提前%(time)s：%(who)s") if rung.value < 0 else _("逾期%(time)s：%(who)s")
    return words % {"time": amount(abs(rung.value), rung.unit), "who": who}
