"""What must always be true of plans, emergency plans, outages and returns: sums, states, chains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext as _

from core import clock
from core.invariants import register
from reporting.models import (
    EmergencyPlanVersion,
    OrderedUsePlan,
    OutageLead,
    OutageNotice,
    OutageVersion,
    PlanEvent,
    PlanReceipt,
    Return,
    ReturnReceiptCounter,
    ReturnVersion,
)
from reporting.outage_records import Record
from reporting.outages import judging
from reporting.queries.outages import Rulebook, facts_of
from reporting.services import emergency, return_filing
from reporting.services.plans import checking, drafting
from reporting.workflow import plan as plan_workflow
from reporting.workflow.emergency import FILED_STATES as EMERGENCY_FILED
from reporting.workflow.plan import FILED_STATES, State
from reporting.workflow.returns import FILED_STATES as RETURNS_FILED

PIECE = 200


def _said(found: Iterable[Any], words: str) -> list[str]:
    return [words.format(one=one) for one in found]


# --- Ordered-use plans ----------------------------------------------------------------------------


@register("reporting.plans-add-up")
def plans_add_up() -> list[str]:
    """What a plan and its grades say of their rows is what the rows add up to."""
    plans = OrderedUsePlan.objects.prefetch_related("grades").iterator(chunk_size=PIECE)
    wrong = (plan.pk for plan in plans if drafting.sums_of(plan) != _told(plan))
    return _said(wrong, _("有序用电方案 {one} 的合计与明细不一致。"))


def _told(plan: OrderedUsePlan) -> drafting.Summed:
    grades = {one.order: (one.reducible_kw, one.user_count) for one in plan.grades.all()}
    return drafting.Summed(grades, plan.row_count, plan.user_count, plan.reducible_kw)


@register("reporting.plans-as-certified")
def plans_as_certified() -> list[str]:
    """From certifying on nothing in a plan has changed; it says so with its digest."""
    certified = OrderedUsePlan.objects.exclude(state=State.DRAFT)
    wrong = (
        plan.pk
        for plan in certified.iterator(chunk_size=PIECE)
        if not plan.certified_by_id or checking.digest_of(plan) != plan.digest
    )
    return _said(wrong, _("有序用电方案 {one} 的内容与复核时的摘要不一致。"))


@register("reporting.plans-went-their-way")
def plans_went_their_way() -> list[str]:
    """The steps of a plan lead from the draft to where it stands, each from where it may begin."""
    moves = {move.name: move for move in plan_workflow.MOVES}
    stood: dict[int, str] = {}
    wrong: set[int] = set()
    rows = PlanEvent.objects.order_by("plan", "at", "pk").values_list("plan", "move")
    for plan, name in rows.iterator(chunk_size=5000):
        before, move = stood.get(plan, State.DRAFT), moves.get(name)
        if move is None or before not in move.sources:
            wrong.add(plan)
        stood[plan] = move.target if move else before
    states = OrderedUsePlan.objects.order_by().values_list("pk", "state")
    wrong |= {pk for pk, state in states if stood.get(pk, State.DRAFT) != state}
    return _said(sorted(wrong), _("有序用电方案 {one} 的办理记录与状态不一致。"))


@register("reporting.plans-numbered-and-replaced-in-order")
def plans_in_order() -> list[str]:
    """Versions of an area and year are 1..n; each replaces the one before it."""
    groups = OrderedUsePlan.objects.order_by().values("organisation", "region", "year")
    counted = groups.annotate(n=Count("pk"), last=Max("number"))
    gaps = (
        f"{one['organisation']}/{one['region']}/{one['year']}"
        for one in counted
        if one["n"] != one["last"]
    )
    later = OrderedUsePlan.objects.filter(number__gt=1).select_related("replaces")
    apart = (
        one.pk
        for one in later
        if one.replaces is None
        or (one.replaces.organisation_id, one.replaces.region_id, one.replaces.year)
        != (one.organisation_id, one.region_id, one.year)
        or one.replaces.number != one.number - 1
    )
    return [
        *_said(gaps, _("有序用电方案 {one} 的版本号不连续。")),
        *_said(apart, _("有序用电方案 {one} 没有接续上一版。")),
    ]


@register("reporting.filed-plans-have-one-receipt")
def filed_plans_have_one_receipt() -> list[str]:
    """Filed means one receipt, with the plan's digest and time; not filed means none."""
    bare = OrderedUsePlan.objects.filter(state__in=FILED_STATES, receipt__isnull=True)
    apart = PlanReceipt.objects.select_related("plan").filter(
        ~Q(plan__state__in=FILED_STATES)
        | ~Q(digest=F("plan__digest"))
        | ~Q(issued_at=F("plan__filed_at"))
    )
    return [
        *_said(bare.values_list("pk", flat=True), _("已报送的有序用电方案 {one} 没有回执。")),
        *_said(
            apart.values_list("number", flat=True),
            _("回执 {one} 与有序用电方案的摘要、时间或状态不一致。"),
        ),
    ]


# --- Emergency plans ------------------------------------------------------------------------------


@register("reporting.emergency-plans-as-filed")
def emergency_plans_as_filed() -> list[str]:
    """Filed words still give the digest of their receipt; serials of an office run without gap."""
    filed = EmergencyPlanVersion.objects.filter(state__in=EMERGENCY_FILED)
    changed = (
        one.pk
        for one in filed.select_related("plan__organisation").iterator(chunk_size=PIECE)
        if emergency.digest_of(one) != one.digest
    )
    given = filed.order_by().values("receipt_office", "receipt_year")
    counted = given.annotate(n=Count("pk"), last=Max("receipt_serial"))
    gaps = (f"{c['receipt_office']}/{c['receipt_year']}" for c in counted if c["n"] != c["last"])
    return [
        *_said(changed, _("应急预案版本 {one} 的内容与报备时的摘要不一致。")),
        *_said(gaps, _("应急预案回执编号 {one} 不连续。")),
    ]


# --- Outages --------------------------------------------------------------------------------------


@register("reporting.outages-as-their-last-version")
def outages_as_their_last_version() -> list[str]:
    """Versions of a notice are 1..n, and it stands as the last one says."""
    return _said(_apart(), _("停限电信息 {one} 与其最后一个版本不一致。"))


def _apart() -> Iterator[int]:
    counted = OutageNotice.objects.annotate(n=Count("versions"), last=Max("versions__number"))
    for some in _pieces(counted.order_by("pk").iterator(chunk_size=PIECE)):
        last = {
            one.notice_id: one.content
            for one in OutageVersion.objects.filter(notice__in=some).order_by("number")
        }
        for notice in some:
            content = Record.standing(notice).content() | {"state": notice.state}
            numbers = (notice.n, notice.last or 0, notice.version)  # type: ignore[attr-defined]
            if len(set(numbers)) != 1 or last.get(notice.pk) != content:
                yield notice.pk


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    some = []
    for row in rows:
        some.append(row)
        if len(some) == PIECE:
            yield some
            some = []
    if some:
        yield some


@register("reporting.outages-as-judged")
def outages_as_judged() -> list[str]:
    """Lead time and flags are those that the rules of the day find; what waits is left out."""
    book, now = Rulebook(), clock.now()
    settled = OutageNotice.objects.filter(Q(judge_at__isnull=True) | Q(judge_at__gt=now))
    rows = settled.select_related("organisation").prefetch_related("flags")
    wrong = []
    for notice in rows.iterator(chunk_size=PIECE):
        found = judging.judge(facts_of(notice, book), book.on(notice.planned_start), now=now)
        lead = None if found.lead is None else int(found.lead.total_seconds())
        flags = {flag.code for flag in notice.flags.all()}
        if (notice.lead_seconds, notice.lead_ok, flags) != (lead, found.lead_ok, set(found.codes)):
            wrong.append(notice.pk)
    return _said(wrong, _("停限电信息 {one} 的判断与当日规则不一致。"))


@register("reporting.outage-leads-count-their-cases")
def outage_leads_count_their_cases() -> list[str]:
    """A lead says how many cases it stands on."""
    rows = OutageLead.objects.annotate(n=Count("cases")).exclude(n=F("count"))
    return _said(
        rows.values_list("pk", flat=True), _("疑似未公告停电线索 {one} 的诉求件数不一致。")
    )


# --- Returns --------------------------------------------------------------------------------------


@register("reporting.returns-in-order")
def returns_in_order() -> list[str]:
    """Versions are 1..n, the last is in hand, and the return stands where it stands."""
    counted = Return.objects.annotate(n=Count("versions"), last=Max("versions__number"))
    related = ("current_version", "filed_version", "accepted_version")
    wrong = []
    for one in counted.select_related(*related).iterator(chunk_size=PIECE):
        last, current = one.last or 0, one.current_version
        numbered = one.n == last and (current.number if current else 0) == last
        stands = current is None or one.state in (current.state, "waived")
        filed = one.filed_version is None or one.filed_version.state in RETURNS_FILED
        accepted = one.accepted_version is None or one.accepted_version.accepted_at is not None
        if not (numbered and stands and filed and accepted):
            wrong.append(one.pk)
    return _said(wrong, _("报表 {one} 的版本或状态不一致。"))


@register("reporting.returns-as-filed")
def returns_as_filed() -> list[str]:
    """Filed contents still give their digest; receipts of a year are as many as were counted."""
    filed = ReturnVersion.objects.filter(state__in=RETURNS_FILED)
    related = filed.select_related("entry__form", "entry__organisation", "entry__recipient")
    changed, given = [], {}
    for one in related.iterator(chunk_size=PIECE):
        if return_filing.digest_of(one) != one.digest or not one.receipt_number:
            changed.append(one.pk)
        if one.submitted_at is not None:
            year = one.submitted_at.astimezone(clock.ZONE).year
            given.setdefault((one.entry.recipient_id, year), set()).add(one.receipt_number)
    counted = {(c.recipient_id, c.year): c.last for c in ReturnReceiptCounter.objects.all()}
    keys = sorted({*given, *counted})
    gaps = (f"{k[0]}/{k[1]}" for k in keys if len(given.get(k, ())) != counted.get(k, 0))
    return [
        *_said(changed, _("报表版本 {one} 的内容与报送时的摘要不一致。")),
        *_said(gaps, _("报表回执编号 {one} 与计数不一致。")),
    ]
