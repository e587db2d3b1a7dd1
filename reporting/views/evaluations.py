"""Trial evaluations of chosen units, and improvement tasks from set to checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from campaign.rectification_sources import entry
from core import clock, pages, policy
from core.paging import keyset
from reporting.ledger_sources import of_task
from reporting.models import Dimension, Evaluation, ImprovementTask
from reporting.queries import indicators as queries
from reporting.queries import scorecards
from reporting.services import evaluations as services
from reporting.views.indicators import MANAGE, VIEW, section
from reporting.views.scorecard import drawn_radar

ANSWER = Permission.INDICATOR_ANSWER
# A score below this is a weak point.
WEAK = 80
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def office_of(request: HttpRequest) -> Organisation | None:
    """The regulator for which the person manages indicators."""
    places = workplaces(request.user, MANAGE)
    return next((one for one in places if one.is_regulator), None)


def _units(request: HttpRequest) -> list[Organisation]:
    """Units that the person may evaluate."""
    reached = Organisation.objects.filter(request.user.sight(MANAGE)).order_by()
    codes = set(reached.values_list("code", flat=True))
    return [one for one in queries.units(request.user) if one.code in codes]


class EvaluationForm(forms.Form):
    """Which units, over which period, with which weights."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    period = forms.ChoiceField(label=gettext_lazy("统计期"))
    units = forms.MultipleChoiceField(
        label=gettext_lazy("试点单位"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        spans = queries.periods(clock.today())
        fields["period"].choices = [(queries.written(one), one.text) for one in spans]
        fields["units"].choices = [(one.code, str(one)) for one in units]
        for key, label in Dimension.choices:
            self.fields[key] = forms.IntegerField(
                label=_("%(dimension)s权重") % {"dimension": label},
                min_value=0,
                max_value=100,
                initial=scorecards.weights().get(key, 0),
            )

    @property
    def weights(self) -> dict[str, int]:
        return {key: self.cleaned_data[key] for key in Dimension.values}


class TaskForm(forms.Form):
    """A weak point, what is asked for, and by when."""

    unit = forms.ChoiceField(label=gettext_lazy("责任单位"))
    indicator = forms.ChoiceField(label=gettext_lazy("指标"))
    problem = forms.CharField(label=gettext_lazy("薄弱环节"), max_length=300)
    demand = forms.CharField(label=gettext_lazy("改进要求"), max_length=300)
    due_on = forms.DateField(label=gettext_lazy("完成期限"), widget=DATE)

    def __init__(self, *args: Any, units: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].choices = [(one.code, str(one)) for one in units]
        period = queries.period_of("", clock.today())
        fields["indicator"].choices = [(one.code, one.name) for one in queries.in_force(period)]


@policy.needs(VIEW)
@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """Evaluations in sight, newest first, and the form that begins one."""
    return _list(request, None)


def _list(request: HttpRequest, form: EvaluationForm | None) -> HttpResponse:
    office = office_of(request)
    if form is None and office is not None:
        initial = {"title": _("供电监管综合评价试点")}
        form = EvaluationForm(initial=initial, units=_units(request))
    seen = Evaluation.objects.visible_to(request.user).select_related("organisation")
    context = {
        "sections": section("evaluations"),
        "page": keyset(seen, request.GET, order=("-created_at", "-pk")),
        "form": form,
        "office": office,
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    template = "reporting/indicators/evaluations.html"
    return pages.render(request, template, context=context, status=status)


@policy.needs(MANAGE)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an evaluation of chosen units."""
    office = office_of(request)
    if office is None:
        raise Http404
    units = _units(request)
    form = EvaluationForm(request.POST, units=units)
    if form.is_valid():
        made = pages.attempt(
            form,
            services.begin,
            organisation=office,
            title=form.cleaned_data["title"],
            period=queries.period_of(form.cleaned_data["period"], clock.today()),
            units=[one for one in units if one.code in form.cleaned_data["units"]],
            weights=form.weights,
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            return pages.go(request, "reporting:evaluation", made.pk)
    return _list(request, form)


def find(request: HttpRequest, pk: int) -> Evaluation:
    seen = Evaluation.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_safe
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """Scores of the chosen units side by side, and their weak points."""
    found = find(request, pk)
    mine = works_for(request.user, MANAGE, found.organisation)
    kept = found.results
    if not found.concluded_at:
        cards = services.cards_of(found, by=request.user)
        kept = {one.unit.code: one.kept() for one in cards}
    seen = {one.code for one in queries.units(request.user)}
    # A unit reads its own results only; the ranks of others are the office's.
    kept = {code: one for code, one in kept.items() if code in seen}
    context = {
        "sections": section("evaluations"),
        "evaluation": found,
        "labels": [(key, label, found.weights.get(key, 0)) for key, label in Dimension.choices],
        "cards": _ordered(kept),
        "weak": list(_weak(kept)),
        "svg": drawn_radar({one["name"]: _numbers(one["dimensions"]) for one in kept.values()})
        if any(one["total"] for one in kept.values())
        else "",
        "tasks": ImprovementTask.objects.visible_to(request.user)
        .filter(evaluation=found)
        .select_related("organisation", "indicator"),
        "mine": mine,
        "may_conclude": mine and not found.concluded_at,
    }
    return pages.render(request, "reporting/indicators/evaluation.html", context=context)


def _numbers(given: dict[str, str | None]) -> dict[str, Any]:
    return {key: float(value) if value else None for key, value in given.items()}


def _ordered(kept: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"code": code, **one, "cells": _cells(one["dimensions"])} for code, one in kept.items()]
    return sorted(rows, key=lambda one: (one["rank"] is None, one["rank"] or 0, one["code"]))


def _cells(dimensions: dict[str, str | None]) -> list[tuple[Any, str | None]]:
    return [(label, dimensions.get(key)) for key, label in Dimension.choices]


def _weak(kept: dict[str, Any]) -> Any:
    """Indicators that scored less than so much, the worst first."""
    found = [
        {"code": code, "unit": one["name"], "indicator": name, **given}
        for code, one in kept.items()
        for name, given in one["values"].items()
        if given["score"] is not None and float(given["score"]) < WEAK
    ]
    return sorted(found, key=lambda one: (float(one["score"]), one["unit"]))


@policy.needs(MANAGE)
@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the scores and the opinion."""
    found = find(request, pk)
    words = request.POST.get("conclusion", "")
    services.conclude(found, conclusion=words, by=request.user, now=clock.now())
    messages.success(request, _("评价已完成，试点单位可以查阅。"))
    return pages.go(request, "reporting:evaluation", found.pk)


# -- improvement -----------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_safe
def improvements(request: HttpRequest) -> HttpResponse:
    """Tasks in sight, those still open first."""
    given = {name: request.GET.get(name, "") for name in ("unit", "indicator", "problem")}
    return _tasks(request, None, given)


def _tasks(
    request: HttpRequest, form: TaskForm | None, given: dict[str, str] | None = None
) -> HttpResponse:
    office = office_of(request)
    if form is None and office is not None:
        form = TaskForm(initial=given, units=_units(request))
    context = {
        "sections": section("improvements"),
        "page": keyset(_seen(request), request.GET, order=("state_order", "due_on", "pk")),
        "form": form,
        "office": office,
        "today": clock.today(),
        "evaluation": request.GET.get("evaluation", ""),
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    template = "reporting/indicators/improvements.html"
    return pages.render(request, template, context=context, status=status)


def _seen(request: HttpRequest) -> QuerySet[ImprovementTask]:
    from django.db.models import Case, IntegerField, Value, When

    checked = When(state=ImprovementTask.State.CHECKED, then=Value(1))
    seen = ImprovementTask.objects.visible_to(request.user).select_related(
        "organisation", "indicator", "office"
    )
    return seen.annotate(state_order=Case(checked, default=Value(0), output_field=IntegerField()))


@policy.needs(MANAGE)
@require_POST
def set_task(request: HttpRequest) -> HttpResponse:
    """Tell a unit to do better."""
    office = office_of(request)
    if office is None:
        raise Http404
    units = _units(request)
    form = TaskForm(request.POST, units=units)
    if form.is_valid():
        said = form.cleaned_data
        unit = next(one for one in units if one.code == said["unit"])
        period = queries.period_of("", clock.today())
        chosen = [one for one in queries.in_force(period) if one.code == said["indicator"]]
        line = queries.lines(request.user, period, [unit], chosen)[0]
        given = {name: said[name] for name in ("problem", "demand", "due_on")}
        made = pages.attempt(
            form,
            services.set_task,
            office=office,
            organisation=unit,
            indicator=line.indicator,
            value=line.value,
            evaluation=_evaluation(request),
            by=request.user,
            now=clock.now(),
            **given,
        )
        if made is not None:
            messages.success(request, _("改进任务已下达。"))
            return pages.go(request, "reporting:improvement", made.pk)
    return _tasks(request, form)


def _evaluation(request: HttpRequest) -> Evaluation | None:
    pk = request.POST.get("evaluation", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10):
        return None
    return Evaluation.objects.visible_to(request.user).filter(pk=int(pk)).first()


def find_task(request: HttpRequest, pk: int) -> ImprovementTask:
    return get_object_or_404(_seen(request).select_related("value", "evaluation"), pk=pk)


@policy.needs(VIEW)
@require_safe
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what is weak, what is asked, what was done, what the check found."""
    task = find_task(request, pk)
    context = {
        "sections": section("improvements"),
        "task": task,
        "shown": queries.shown(task.indicator, task.value),
        "lamp": lamp_of(task, clock.today()),
        "entry": entry(of_task(task), request.user, now=clock.now()),
        "may_report": works_for(request.user, ANSWER, task.organisation) and task.state == "set",
        "may_check": works_for(request.user, MANAGE, task.office) and task.state == "done",
    }
    return pages.render(request, "reporting/indicators/improvement.html", context=context)


def lamp_of(task: ImprovementTask, today: date) -> str:
    if task.state == ImprovementTask.State.CHECKED:
        return "done"
    if task.state == ImprovementTask.State.DONE:
        return "near"
    return "late" if task.due_on < today else "ok"


@policy.needs(ANSWER)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit says what it does, or that it is done."""
    task = find_task(request, pk)
    services.report(
        task,
        measure=request.POST.get("measure", ""),
        result=request.POST.get("result", ""),
        done=request.POST.get("done") == "1",
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已保存。"))
    return pages.go(request, "reporting:improvement", task.pk)


@policy.needs(MANAGE)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The office checks what was done."""
    task = find_task(request, pk)
    services.check(
        task,
        passed=request.POST.get("passed") == "1",
        opinion=request.POST.get("opinion", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("核查意见已保存。"))
    return pages.go(request, "reporting:improvement", task.pk)
