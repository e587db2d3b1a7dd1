"""Drawing up a plan: start it, its figures, targets, quotas and rows.

Source: campaign plan 二(一)1 (S1-2.1.1b), 三(三)1 (S1-3.3.1(1)b), 三(三)4 (S1-3.3.4(1)).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from accounts.territory import regulator_for
from campaign.scope import works_for
from core import audit, bulk, crypto
from core.clock import day_of
from core.errors import Conflict, Refused
from reporting.catalogue import ordered_use_rules
from reporting.models import OrderedUsePlan, OrderedUseRule, PlanGrade, PlanQuota, PlanRow
from reporting.plans.rules import Rules
from reporting.workflow import plan as workflow

if TYPE_CHECKING:
    from accounts.models import User

PIECE = 5_000
PHONE = "reporting.plan.phone"
FIGURES = (
    "peak_demand_kw",
    "historic_peak_kw",
    "supply_kw",
    "gap_from",
    "gap_to",
    "listing",
    "sections",
    "gap_report_number",
    "gap_reported_on",
)
# What a row is stored with besides the fields of the table.
OWN = ("id", "plan", "line", "grade_order", "phone_index")
ROW_FIELDS = tuple(f.name for f in PlanRow._meta.concrete_fields if f.name not in OWN)


def rules_of(plan: OrderedUsePlan) -> Rules:
    """The rules that a plan is checked against."""
    return Rules(plan.rule.source, plan.rule.content)


def collector_of(organisation: Organisation, *, now: datetime) -> Organisation:
    """Who collects an organisation's plan: the company above, at the top the local regulator.

    Units of the water group file with the provincial grid company (S1-3.3.4(2)a). Raises
    ``Refused`` where nobody is above.
    """
    above = Organisation.objects.get_ancestors(organisation).in_force()
    for rule in ordered_use_rules.from_file()["collected_by"]:
        if above.filter(code=rule["below"]).exists():
            return Organisation.objects.get(code=rule["collector"])
    kinds = Organisation.Kind
    collecting = (kinds.PREFECTURE_ENTERPRISE, kinds.PROVINCIAL_COMPANY)
    company = above.filter(kind__in=collecting).order_by("-path").first()
    return company or regulator_for(organisation, day_of(now))[0]


def start_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not draw up a plan for the organisation; empty when they may."""
    if not organisation.is_company:
        return _("有序用电方案由供电企业编制报送。")
    if not works_for(by, Permission.FILING_DRAFT, organisation):
        return _("由%(organisation)s具有“%(permission)s”权限的人员编制。") % {
            "organisation": organisation,
            "permission": Permission.FILING_DRAFT.label,
        }
    return ""


@transaction.atomic
def start(
    *,
    organisation: Organisation,
    year: int,
    by: User,
    now: datetime,
    region: Region | None = None,
    rule: OrderedUseRule | None = None,
) -> OrderedUsePlan:
    """Begin the plan of an area for a year by the rules in force. Raises ``Refused``."""
    if why_not := start_refusal(organisation, by=by):
        raise Refused(why_not)
    region = region or organisation.region
    if region is None:
        raise Refused(_("该单位没有登记所在区划，不能编制方案。"))
    on = max(day_of(now), day_of(now).replace(year=year, month=1, day=1))
    rule = rule or OrderedUseRule.objects.in_force(on=on, region_code=region.code).first()
    if rule is None:
        raise Refused(_("%(year)d年没有适用的有序用电规则。") % {"year": year})
    standing = OrderedUsePlan.objects.filter(organisation=organisation, region=region, year=year)
    if standing.exists():
        raise Refused(
            _("该地区%(year)d年的方案已经在编制或者已经编成，请修订原方案。") % {"year": year}
        )
    try:
        with transaction.atomic():
            plan = OrderedUsePlan.objects.create(
                organisation=organisation,
                recipient=collector_of(organisation, now=now),
                region=region,
                year=year,
                rule=rule,
                editors=[by.pk],
                drafted_by=by,
                drafted_at=now,
                created_at=now,
            )
    except IntegrityError:
        raise Conflict(_("该地区的方案刚由他人建立，请刷新后再试。")) from None
    PlanGrade.objects.bulk_create(
        PlanGrade(plan=plan, **asdict(grade)) for grade in rules_of(plan).grades
    )
    record(plan, "start", by=by, now=now)
    return plan


def record(plan: OrderedUsePlan, what: str, *, by: User | None, now: datetime, **more: Any) -> None:
    """A line in the audit trail."""
    audit.record(
        f"plan.{what}",
        plan,
        by=by,
        now=now,
        organisation=plan.organisation,
        reason=more.pop("reason", ""),
        **more,
    )


def lock(plan: OrderedUsePlan) -> OrderedUsePlan:
    """The plan as it stands now, held until the end of the transaction."""
    found = OrderedUsePlan.objects.select_for_update(of=("self",))
    return found.select_related("organisation", "recipient", "region", "rule").get(pk=plan.pk)


def open_for(plan: OrderedUsePlan, *, by: User, seen: int | None = None) -> OrderedUsePlan:
    """Lock a plan that the person is about to change.

    ``seen``: the saving that was on the screen; what a colleague saved since is never overwritten.
    Raises ``Refused``, ``Conflict``.
    """
    plan = lock(plan)
    if why_not := workflow.refusal(workflow.SAVE, plan, by=by):
        raise Refused(why_not)
    if seen is not None and plan.revision != seen:
        raise Conflict(_("方案刚由他人改动，请另开本页核对最新内容，再把您的改动填上。"))
    return plan


def touched(plan: OrderedUsePlan, *fields: str, by: User) -> None:
    """Keep what changed; what was checked before does not hold any more."""
    if by.pk not in plan.editors:
        plan.editors = [*plan.editors, by.pk]
    plan.checked_at, plan.findings, plan.finding_counts, plan.digest = None, [], {}, ""
    plan.revision += 1
    checked = ("checked_at", "findings", "finding_counts", "digest", "revision")
    plan.save(update_fields=[*fields, "editors", *checked])


@transaction.atomic
def save_figures(
    *,
    plan: OrderedUsePlan,
    figures: Mapping[str, Any],
    targets: Mapping[str, int] | None = None,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> OrderedUsePlan:
    """Peak, supply, running text and what else stands above the table; kW to cut by grade.

    Raises ``Refused``, ``Conflict``.
    """
    plan = open_for(plan, by=by, seen=seen)
    for name, value in figures.items():
        if name not in FIGURES:
            raise TypeError(f"not a figure of a plan: {name}")
        setattr(plan, name, value)
    for grade in plan.grades.all() if targets else ():
        if grade.grade in (targets or {}):
            grade.target_kw = (targets or {})[grade.grade]
            grade.save(update_fields=["target_kw"])
    touched(plan, *figures, by=by)
    if "listing" in figures:
        sum_up(plan)
    record(plan, "figures", by=by, now=now, fields=sorted([*figures, *(targets or {})]))
    return plan


@transaction.atomic
def save_quotas(
    *,
    plan: OrderedUsePlan,
    quotas: Sequence[Mapping[str, Any]],
    seen: int | None = None,
    by: User,
    now: datetime,
) -> OrderedUsePlan:
    """What each area below gets and has to cut, in place of what stood there (S1-3.3.1(1)b).

    Raises ``Refused``, ``Conflict``.
    """
    plan = open_for(plan, by=by, seen=seen)
    plan.quotas.all().delete()
    PlanQuota.objects.bulk_create(PlanQuota(plan=plan, **quota) for quota in quotas)
    touched(plan, by=by)
    record(plan, "quotas", by=by, now=now, areas=len(quotas))
    return plan


@transaction.atomic
def put_rows(
    *, plan: OrderedUsePlan, rows: Iterable[Mapping[str, Any]], by: User, now: datetime
) -> OrderedUsePlan:
    """Store the rows of a table in place of all that stood there; each may bring its ``line``.

    Rows are what ``reporting.plans`` checked; nothing is checked here. May be very many: they are
    taken as they come.
    """
    plan = open_for(plan, by=by)
    plan.rows.all().delete()
    orders = {grade.grade: grade.order for grade in plan.grades.all()}
    some: list[dict[str, Any]] = []
    for row in _stored(plan, rows, orders):
        some.append(row)
        if len(some) == PIECE:
            _write(some)
            some = []
    _write(some)
    sum_up(plan)
    touched(plan, by=by)
    record(plan, "rows", by=by, now=now, rows=plan.row_count)
    return plan


def _stored(
    plan: OrderedUsePlan, rows: Iterable[Mapping[str, Any]], orders: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    defaults = {name: PlanRow._meta.get_field(name).get_default() for name in ROW_FIELDS}
    for number, row in enumerate(rows, start=1):
        stored = {name: row.get(name) or defaults[name] for name in ROW_FIELDS}
        yield stored | {
            "plan_id": plan.pk,
            "line": row.get("line") or number,
            "grade_order": orders.get(stored["grade"], 0),
            "phone_index": crypto.blind_index(stored["phone"], context=PHONE),
        }


def _write(rows: list[dict[str, Any]]) -> None:
    if rows:
        for row, key in zip(rows, bulk.keys(PlanRow, len(rows)), strict=True):
            row["id"] = key
        bulk.insert(PlanRow, rows)


@transaction.atomic
def change_row(
    *,
    plan: OrderedUsePlan,
    line: int,
    values: Mapping[str, Any],
    seen: str | None = None,
    by: User,
    now: datetime,
) -> PlanRow:
    """Write one row anew (a new one where the line is 0).

    ``seen``: its mark as it was shown; a row that a colleague wrote since is not overwritten.
    Raises ``Refused``, ``Conflict``.
    """
    plan = open_for(plan, by=by)
    if line:
        row = plan.rows.filter(line=line).first()
        if row is None:
            raise Refused(_("没有第 %(line)d 行。") % {"line": line})
        if seen is not None and mark_of(row) != seen:
            raise Conflict(_("该行刚由他人改动，请另开本页核对最新内容，再把您的改动填上。"))
    else:
        last = plan.rows.aggregate(last=Max("line"))["last"] or 0
        row = PlanRow(plan=plan, line=last + 1)
    for name in ROW_FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.grade_order = dict(plan.grades.values_list("grade", "order")).get(row.grade, 0)
    row.phone_index = crypto.blind_index(row.phone, context=PHONE)
    row.save()
    sum_up(plan)
    touched(plan, by=by)
    record(plan, "row", by=by, now=now, line=row.line)
    return row


def mark_of(row: PlanRow) -> str:
    """What tells a row from itself as it was before; it says nothing of anybody."""
    names = [name for name in ROW_FIELDS if name not in ("contact", "phone")]
    held = [*(getattr(row, name) for name in names), row.phone_index, row.contact]
    return hashlib.sha256(repr(held).encode()).hexdigest()[:16]


@transaction.atomic
def remove_row(*, plan: OrderedUsePlan, line: int, by: User, now: datetime) -> None:
    """Take one row out. Raises ``Refused``."""
    plan = open_for(plan, by=by)
    if not plan.rows.filter(line=line).delete()[0]:
        raise Refused(_("没有第 %(line)d 行。") % {"line": line})
    sum_up(plan)
    touched(plan, by=by)
    record(plan, "row_removed", by=by, now=now, line=line)


@dataclass(frozen=True)
class Summed:
    """What rows add up to: kW and users by the order of the grade, and of the whole plan."""

    grades: Mapping[int, tuple[int, int]]
    rows: int
    users: int
    kw: int


def sums_of(plan: OrderedUsePlan) -> Summed:
    """What the rows add up to, per grade with the milder ones' rows."""
    figures = (
        plan.rows.order_by()
        .values("grade_order")
        .annotate(kw=Sum("reducible_kw"), users=Count("user_no", distinct=True), rows=Count("pk"))
    )
    by_order = {item["grade_order"]: item for item in figures}
    each = plan.listing == OrderedUsePlan.Listing.EACH
    kw = users = 0
    grades = {}
    for order in sorted(grade.order for grade in plan.grades.all()):
        own = by_order.get(order, {"kw": 0, "users": 0})
        kw, users = (own["kw"], own["users"]) if each else (kw + own["kw"], users + own["users"])
        grades[order] = (kw, users)
    everybody = plan.rows.aggregate(n=Count("user_no", distinct=True))["n"]
    return Summed(grades, sum(item["rows"] for item in by_order.values()), everybody, kw)


def sum_up(plan: OrderedUsePlan) -> None:
    """Write down what the rows add up to, in the plan and per grade."""
    found = sums_of(plan)
    for grade in plan.grades.all():
        grade.reducible_kw, grade.user_count = found.grades[grade.order]
        grade.save(update_fields=["reducible_kw", "user_count"])
    plan.row_count, plan.user_count, plan.reducible_kw = found.rows, found.users, found.kw
    plan.save(update_fields=["row_count", "user_count", "reducible_kw"])
