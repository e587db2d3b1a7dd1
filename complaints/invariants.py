"""What must always be true of cases; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from complaints import feed
from complaints.models import Case, DisposalItem, Procedure
from complaints.procedure_definition import check, digest
from complaints.procedures import definition_of
from complaints.services import disposing
from complaints.workflow import DONE, TICKING
from core.invariants import register


@register("complaints.earliest-deadline")
def earliest_deadline() -> list[str]:
    """What lists sort by is the earliest deadline of the running clocks."""
    first = Min("clocks__due_at", filter=Q(clocks__state="running"))
    cases = Case.objects.annotate(first=first)
    wrong = cases.exclude(due_at=F("first")).exclude(due_at__isnull=True, first__isnull=True)
    # A comparison with nothing is neither true nor false: say it in words.
    return [
        _("诉求 {number} 的最近时限与时限记录不一致。").format(number=number)
        for number in _numbers(wrong | cases.filter(due_at__isnull=True, first__isnull=False))
    ]


@register("complaints.timelines-whole")
def timelines_whole() -> list[str]:
    """The lines of every timeline are numbered 1..n."""
    counted = Case.objects.annotate(count=Count("events"), last=Max("events__sequence"))
    wrong = counted.filter(Q(count=0) | ~Q(last=F("count")))
    return [
        _("诉求 {number} 的办理记录序号不连续。").format(number=number)
        for number in _numbers(wrong)
    ]


@register("complaints.done-is-silent")
def done_is_silent() -> list[str]:
    """Where nobody has to act any more, only clocks that survive still run."""
    ticking = Case.objects.filter(state__in=DONE, clocks__state__in=TICKING).distinct()
    problems = []
    for case in ticking.select_related("procedure").prefetch_related("clocks"):
        rules = definition_of(case.procedure).clocks
        left = [one for one in case.clocks.all() if one.state in TICKING]
        if not all(rules[one.code].survives for one in left):
            problems.append(_("诉求 {number} 已经结束，时限仍在计时。").format(number=case.number))
    return problems


@register("complaints.reports-kept-apart")
def reports_kept_apart() -> list[str]:
    """No report lies with those whom it is about."""
    reports = Case.objects.filter(nature="report", organisation__isnull=False)
    apart = reports.exclude(holder=F("owner")).select_related("holder", "organisation")
    return [
        _("举报 {number} 由被举报单位承办。").format(number=case.number)
        for case in apart
        if case.holder.path.startswith(case.organisation.path)
    ]


@register("complaints.procedures-unchanged")
def procedures_unchanged() -> list[str]:
    """Every stored procedure is sound and is what its digest says."""
    return [
        _("办理程序 {code} 第 {version} 版与登记的内容不一致。").format(
            code=one.code, version=one.version
        )
        for one in Procedure.objects.all()
        if digest(one.definition) != one.digest or list(check(one.definition))
    ]


@register("complaints.disposed-is-gone")
def disposed_is_gone() -> list[str]:
    """Of a case whose time is over nothing is left that tells who somebody is."""
    return [
        _("诉求 {number} 的个人信息已经处置，{table}中仍有内容。").format(
            number=number, table=table
        )
        for number, table in disposing.left_over()
    ]


@register("complaints.held-is-kept")
def held_is_kept() -> list[str]:
    """What is held back was not disposed of, and what was disposed of stands in a record."""
    disposed = Case.objects.filter(disposed_at__isnull=False)
    recorded = DisposalItem.objects.filter(case=OuterRef("pk"), disposed=True)
    problems = [
        _("诉求 {number} 已暂缓处置，个人信息却已处置。").format(number=number)
        for number in _numbers(disposed.filter(holds__released_at__isnull=True, holds__pk__gt=0))
    ]
    problems += [
        _("诉求 {number} 的个人信息处置没有经审批的记录。").format(number=number)
        for number in _numbers(disposed.filter(~Exists(recorded)))
    ]
    return problems


@register("complaints.changes-in-order")
def changes_in_order() -> list[str]:
    """Every write of a case takes its place in the order of changes."""
    if feed.is_stamped(Case.objects.all()):
        return []
    return [_("诉求变更的顺序没有登记，请执行 manage.py migrate。")]


def _numbers(cases: QuerySet[Case]) -> list[str]:
    return list(cases.order_by("pk").values_list("number", flat=True))
