"""Quality of archives: accuracy by rule, risks with their trend, problems, tasks, samples.

Source: grid standard 5.5.1, 5.5.2 (S2-5.5.1c, S2-5.5.2a, S2-5.5.2b).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import charts, clock, offline, pages, policy
from core.components import Stat
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import Out
from grids import sharing_presenting as presenting
from grids.models import AccuracySample, DataProblem, FixTask, SampleItem
from grids.queries import quality as queries
from grids.queries.quality import Filters
from grids.services import quality as services
from grids.services import sampling
from grids.sharing import quality as rules
from grids.sharing_forms import JudgeForm, SampleForm, units_for
from grids.views import workbooks

VIEW, MANAGE = Permission.SHARING_VIEW, Permission.SHARING_MANAGE
FIX = Permission.ARCHIVE_FIX
CHART = (760, 300)
RELATED = ("record", "organisation", "task", "end")


@policy.needs(VIEW)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Accuracy by rule, risks by unit, how they went over the months."""
    user, now = request.user, clock.now()
    filters, today = Filters.of(request.GET), clock.today()
    known = rules.rules(on=today)
    if filters.rule not in known:
        filters = Filters()
    risks = queries.risks(user, now=now)
    months = queries.trend(user, filters, on=today)
    at_risk = sum(one.open for one in risks if one.rule.risk)
    late = queries.tasks(user, {"view": "late"}, now=now).count()
    open_url, late_url = Filters(view="open").url(), f"{reverse('grids:fix_tasks')}?view=late"
    context = {
        "sections": presenting.sections(user, "quality"),
        "stats": [
            Stat(_("未解决问题"), sum(one.open for one in risks), open_url),
            Stat(_("其中风险问题"), at_risk, "#risks", tone="late" if at_risk else "done"),
            Stat(_("逾期任务"), late, late_url, tone="late" if late else "done"),
        ],
        "checks": [(one, queries.by_rule(one)) for one in queries.last_checks(user)],
        "may_check": units_for(user, MANAGE).exclude(kind=Organisation.Kind.SUPPLY_STATION)
        if user.can(MANAGE)
        else [],
        "risks": [
            (one, works_for(user, MANAGE, one.unit) if user.can(MANAGE) else False) for one in risks
        ],
        "months": months,
        "filters": filters,
        "rules": list(known.values()),
        "svg": _trend(months),
    }
    return pages.render(request, "grids/sharing/quality.html", context=context)


def _trend(months: list[queries.Month]) -> str:
    labels = [one.label for one in months]
    series = {
        _("月末未解决"): [one.standing for one in months],
        _("新发现"): [one.opened for one in months],
        _("复核通过"): [one.closed for one in months],
    }
    return mark_safe(charts.svg(charts.line(labels, series), *CHART, title=_("问题趋势")))


class _UnitForm(forms.Form):
    """An enterprise that the person works for; for a task also the unit and the rule."""

    unit = forms.ModelChoiceField(Organisation.objects.none())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        given["unit"].queryset = units_for(request.user, MANAGE)


def _unit(request: HttpRequest) -> Organisation:
    """The unit that was posted. Raises ``Refused``."""
    form = _UnitForm(request.POST, request=request)
    if not form.is_valid():
        raise Refused(_("请选择您所在的供电企业或者其下属单位。"))
    return form.cleaned_data["unit"]  # type: ignore[no-any-return]


@policy.needs(MANAGE)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Hold all archives of an enterprise against the rules."""
    made = services.check(_unit(request), by=request.user, now=clock.now())
    text = _("已检查%(records)d条档案：新发现%(opened)d处问题，%(closed)d处复核通过。")
    messages.success(request, text % vars(made))
    return pages.go(request, "grids:quality")


@policy.needs(VIEW)
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Problems by rule, unit and time, the latest first."""
    filters = Filters.of(request.GET)
    rows = filters.problems(request.user)
    page = keyset(rows.select_related(*RELATED), request.GET, order=("-found_at", "-pk"))
    context = {
        "sections": presenting.sections(request.user, "problems"),
        "filters": filters,
        "rules": list(rules.rules(on=clock.today()).values()),
        "page": page,
        "rows": [_problem(one) for one in page],
        "total": rows.count(),
        "export_url": filters.url().replace(
            reverse("grids:problems"), reverse("grids:problems_export")
        ),
    }
    return pages.render(request, "grids/sharing/problems.html", context=context)


def _problem(one: DataProblem) -> dict[str, Any]:
    return {
        "one": one,
        "rule": rules.title_of(one.rule),
        "field": presenting.field_title(one.field),
        **presenting.problem(one),
    }


@policy.needs(VIEW)
@require_safe
def problems_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    rows = Filters.of(request.GET).problems(request.user)
    columns = [
        *(Out("number", _("档案编号"), 18), Out("rule", _("规则"), 20)),
        *(Out("field", _("字段")), Out("unit", _("维护单位"), 22)),
        *(Out("found_at", _("发现时间"), 18), Out("task", _("治理任务"), 22)),
        *(Out("closed_at", _("复核通过、终止时间"), 18), Out("word", _("状态"))),
        Out("ended", _("终止原因"), 36),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        ordered = rows.select_related(*RELATED).order_by("-found_at", "-pk")
        for one in ordered.iterator(chunk_size=1000):
            yield {
                **_problem(one),
                "number": one.record.number,
                "unit": one.organisation.name,
                "found_at": one.found_at,
                "task": one.task.number if one.task else "",
                "closed_at": one.closed_at,
                "ended": one.ended,
            }

    return workbooks.export(request, columns, lines(), title=_("问题清单"), count=rows.count())


# --- Tasks ----------------------------------------------------------------------------------------


@policy.needs(MANAGE)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Let a unit mend what fails a rule."""
    unit, rule = _unit(request), request.POST.get("rule", "")[:40]
    found = DataProblem.objects.visible_to(request.user).filter(organisation=unit, rule=rule)
    if (one := found.select_related("enterprise").first()) is None:
        raise Refused(_("该单位没有待下达任务的这类问题。"))
    made = services.issue(
        one.enterprise, organisation=unit, rule=rule, by=request.user, now=clock.now()
    )
    messages.success(request, _("已下达，编号%(number)s。") % {"number": made.number})
    return pages.go(request, "grids:fix_task", made.pk)


@policy.needs(VIEW)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Fix tasks in sight, the latest first."""
    now = clock.now()
    rows = queries.tasks(request.user, request.GET, now=now)
    counted = rows.select_related("organisation", "enterprise").annotate(
        all=Count("problems"),
        left=Count("problems", filter=Q(problems__closed_at__isnull=True)),
        ended=Count("problems__end"),
    )
    page = keyset(counted, request.GET, order=("-issued_at", "-pk"))
    context = {
        "sections": presenting.sections(request.user, "tasks"),
        "view": request.GET.get("view", ""),
        "views": [("", _("全部")), ("open", _("治理中")), ("late", _("逾期"))]
        + [("closed", _("复核通过"))],
        "page": page,
        "rows": [presenting.task(one, now=now, ended=one.ended) for one in page],
        "total": rows.count(),
    }
    return pages.render(request, "grids/sharing/tasks.html", context=context)


def find_task(request: HttpRequest, pk: int) -> FixTask:
    seen = FixTask.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "enterprise", "issued_by"), pk=pk)


@policy.needs(VIEW)
@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: its deadline with the reasons, and what is still wrong."""
    found, now = find_task(request, pk), clock.now()
    rows = found.problems.select_related(*RELATED).order_by("closed_at", "pk")
    ended = rows.filter(end__isnull=False).count()
    context = {
        "task": found,
        "row": presenting.task(found, now=now, ended=ended),
        "rule": rules.rules(on=clock.today()).get(found.rule),
        "now": now,
        "total": rows.count(),
        "left": rows.filter(closed_at__isnull=True).count(),
        "ended": ended,
        "rows": [_problem(one) for one in rows[:200]],
        "list_url": Filters(task=str(found.pk)).url(),
        "may_recheck": not services.recheck_refusal(found, by=request.user),
    }
    return pages.render(request, "grids/sharing/task.html", context=context)


@policy.needs(FIX, MANAGE)
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again: what passes its rule is closed, the rest stays."""
    found = find_task(request, pk)
    left = services.recheck(found, by=request.user, now=clock.now())
    if left:
        messages.warning(request, _("还有%(count)d处没有通过复核。") % {"count": left})
    else:
        messages.success(request, _("全部通过复核，任务完成。"))
    return pages.go(request, "grids:fix_task", found.pk)


# --- Samples --------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """Samples in sight with their rates; drawing a new one."""
    user, may = request.user, request.user.can(MANAGE)
    form = None
    if may:
        form = SampleForm(*((request.POST,) if request.method == "POST" else ()), user=user)
    elif request.method == "POST":
        raise Refused(_("抽查由供电企业办理。"))
    if form is not None and form.is_bound and form.is_valid():
        url = pages.attempt(form, _sampled, request=request, form=form)
        if url is not None:
            return pages.go(request, url)
    rows = AccuracySample.objects.visible_to(user).select_related("organisation", "drawn_by")
    page = keyset(rows, request.GET, order=("-drawn_at", "-pk"))
    context = {
        "sections": presenting.sections(user, "samples"),
        "form": form,
        "page": page,
        "rows": [(one, _rate(queries.by_sample(one)[-1])) for one in page],
    }
    return pages.render(request, "grids/sharing/samples.html", context=context)


def _sampled(*, request: HttpRequest, form: SampleForm) -> str:
    now, said = clock.now(), dict(form.cleaned_data)
    said["fields"] = said.pop("fields_")

    def work() -> str:
        made = sampling.draw(**said, by=request.user, now=now)
        return reverse("grids:sample", args=[made.pk])

    return offline.led(request, work, again=reverse("grids:samples"), now=now)


def _rate(one: queries.BySample) -> dict[str, Any]:
    title = presenting.field_title(one.field) if one.field else _("合计")
    return {"line": one, "title": title, "rate": presenting.percent(one.right, one.judged)}


@policy.needs(VIEW)
@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample: its rates, and the archives behind each number."""
    seen = AccuracySample.objects.visible_to(request.user)
    return _sample(
        request, get_object_or_404(seen.select_related("organisation", "drawn_by"), pk=pk)
    )


def _sample(request: HttpRequest, found: AccuracySample, bound: Any = None, item: int = 0) -> Any:
    may = works_for(request.user, FIX, found.organisation)
    field, answer = request.GET.get("field", ""), request.GET.get("answer", "")
    rows = found.items.select_related("record__grid", "judged_by").order_by("position")
    listed = [one for one in rows if _chosen(one, found, field, answer)]
    names = [(code, presenting.field_title(code)) for code in found.fields]
    context = {
        "sample": found,
        "sections": presenting.sections(request.user, "samples"),
        "rates": [_rate(one) for one in queries.by_sample(found)],
        "fields": names,
        "field": field,
        "answer": answer,
        "rows": [
            {
                "item": one,
                "archive": presenting.archive(one.record),
                "answers": [(label, one.answers.get(code)) for code, label in names],
                "form": (bound if one.pk == item else JudgeForm(item=one))
                if may and one.judged_at is None
                else None,
            }
            for one in listed
        ],
        "form": bound,
    }
    return pages.render(request, "grids/sharing/sample.html", context=context)


def _chosen(one: SampleItem, sample: AccuracySample, field: str, answer: str) -> bool:
    """Whether an archive is behind a number: judged, right or wrong in a field."""
    if answer not in ("judged", "right", "wrong"):
        return True
    if one.judged_at is None:
        return False
    said = [one.answers.get(name) for name in sample.fields if field in ("", name)]
    return answer == "judged" or any(bool(value) == (answer == "right") for value in said)


@policy.needs(FIX)
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a drawn archive what is right."""
    seen = SampleItem.objects.visible_to(request.user)
    item = get_object_or_404(seen.select_related("sample__organisation", "sample__drawn_by"), pk=pk)
    form = JudgeForm(request.POST, item=item)
    if form.is_valid():
        given = {"answers": form.answers(), "by": request.user, "now": clock.now()}
        if pages.attempt(form, sampling.judge, item=item, **given) is not None:
            messages.success(request, _("已核实第%(n)d条。") % {"n": item.position})
            return pages.go(request, "grids:sample", item.sample_id)
    return _sample(request, item.sample, form, item.pk)
