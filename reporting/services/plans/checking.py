"""Checks of a plan that ask the database: its rows anew, its parts, and who else has its users."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from core import jobs
from core.errors import Refused
from core.models import Job
from reporting.models import MixedLine, OrderedUsePlan, PlanRow
from reporting.plans.findings import Finding, mark
from reporting.plans.plan_checks import Figures, Quota, whole
from reporting.plans.row_checks import RowChecks, Shared, line_of
from reporting.plans.rules import Rules
from reporting.plans.table_checks import Sums, TableChecks
from reporting.services.plans.drafting import FIGURES, PIECE, ROW_FIELDS, lock, record, rules_of
from reporting.workflow import plan as workflow
from reporting.workflow.plan import State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

JOB = "reporting.plan-check"
# Told: how far the check is, and of how much.
Progress = Callable[[int, int], None]
# Findings that are kept with the plan and shown; all are counted.
SHOWN = 1000
# Rows asked for at a time, by their lines.
ASKED = 900
# Users named who stand in another plan too.
ELSEWHERE = 200


def table_checks(plan: OrderedUsePlan, rules: Rules) -> TableChecks:
    """The checks of a plan's rows, with the names that they may hold."""
    checks = RowChecks(
        rules,
        area=str(plan.region),
        regions=regions_of(plan.region),
        units=units_of(plan),
        shared=shared_lines(plan),
    )
    return TableChecks(rules, checks, listing=plan.listing)


def within(region: Region) -> Q:
    """Condition on Region: the region or what lies in it."""
    code = region.code
    if code.endswith("0000"):
        return Q(pk__startswith=code[:2])
    return Q(pk__startswith=code[:4]) if code.endswith("00") else Q(pk=code)


def regions_of(region: Region) -> frozenset[str]:
    """Names and codes that rows may give as their area."""
    found = Region.objects.filter(within(region)).values_list("code", "name", "short_name")
    return frozenset(word for row in found for word in row)


def units_of(plan: OrderedUsePlan) -> frozenset[str]:
    """Names that rows may give as the supply unit: the unit's own and those below."""
    below = Organisation.objects.filter(path__startswith=plan.organisation.path)
    found = below.values_list("code", "name", "short_name")
    return frozenset(word for row in found for word in row)


def registered_lines(plan: OrderedUsePlan) -> QuerySet[MixedLine]:
    """Lines that enterprises of the unit share with residents, not parted yet."""
    lines = MixedLine.objects.filter(organisation__path__startswith=plan.organisation.path)
    return lines.filter(separated_on__isnull=True)


def shared_lines(plan: OrderedUsePlan) -> list[Shared]:
    """The same, as the checks take them."""
    fields = ("code", "name", "substation", "residents", "done_on")
    return [
        Shared(*known, device=done_on is not None)
        for *known, done_on in registered_lines(plan).values_list(*fields)
    ]


def areas_below(region: Region) -> list[str]:
    """Names of the areas that get a quota: prefectures of a province, counties of a prefecture."""
    return list(Region.objects.filter(parent=region).values_list("name", flat=True))


def figures_of(plan: OrderedUsePlan) -> Figures:
    """What stands above the table. Areas are asked for only once some have a quota."""
    quotas = [
        Quota(
            quota.region.name,
            quota.supply_kw,
            quota.resident_kw,
            quota.energy_mwh,
            quota.resident_mwh,
            quota.cut_kw,
        )
        for quota in plan.quotas.select_related("region")
    ]
    return Figures(
        peak_kw=plan.peak_demand_kw,
        supply_kw=plan.supply_kw,
        historic_peak_kw=plan.historic_peak_kw,
        targets=dict(plan.grades.values_list("grade", "target_kw")),
        sections=frozenset(code for code, text in plan.sections.items() if str(text).strip()),
        gap_reported=bool(plan.gap_report_number and plan.gap_reported_on),
        gap_from=plan.gap_from,
        gap_to=plan.gap_to,
        quotas=quotas,
        areas=areas_below(plan.region) if quotas else (),
        listing=plan.listing,
    )


def parts_of(plan: OrderedUsePlan) -> Any:
    """The plans in force of the units that file with this one, for the same year."""
    return OrderedUsePlan.objects.in_force(year=plan.year).filter(recipient=plan.organisation)


def reached_by_parts(plan: OrderedUsePlan) -> dict[int, int]:
    """kW that the plans below can call by the order of the grade, theirs below included."""
    found: dict[int, int] = {}
    for part in parts_of(plan):
        own = part.grades.values_list("order", "reducible_kw")
        below = reached_by_parts(part)
        for order, kw in own:
            found[order] = found.get(order, 0) + kw + below.get(order, 0)
    return found


def rows_of(
    plan: OrderedUsePlan, progress: Progress = lambda done, total: None
) -> Iterator[dict[str, Any]]:
    """The plan's rows as the checks take them, in order; a piece at a time, as others may write."""
    rows, last, done = plan.rows.order_by("line").values("line", *ROW_FIELDS), 0, 0
    while some := list(rows.filter(line__gt=last)[:PIECE]):
        yield from some
        last, done = some[-1]["line"], done + len(some)
        progress(done, plan.row_count)


def elsewhere(plan: OrderedUsePlan, *, since: datetime | None = None) -> Iterator[Finding]:
    """Users that stand in the plan of another area, too, that is in force or on its way.

    ``since``: only plans that were certified from then on.
    """
    others = OrderedUsePlan.objects.filter(year=plan.year).exclude(region=plan.region)
    # Approved without its document, a plan is in force only once it is filed.
    coming = Q(state=State.APPROVED, approval_file__isnull=True)
    others = others.filter(Q(in_force=True) | Q(state=State.CERTIFIED) | coming)
    if since is not None:
        others = others.filter(certified_at__gte=since)
    if not others.exists():
        return
    twin = PlanRow.objects.filter(plan__in=others, user_no=OuterRef("user_no"))
    found = plan.rows.annotate(other=Subquery(twin.values("plan")[:1])).filter(other__isnull=False)
    names = {one.pk: str(one) for one in others.select_related("region")}
    for line, other in found.order_by("line").values_list("line", "other")[:ELSEWHERE]:
        yield Finding("user_in_other_plan", line, "user_no", {"other": names[other]})


def found_in(
    plan: OrderedUsePlan, progress: Progress = lambda done, total: None
) -> tuple[list[Finding], Sums]:
    """Everything that the checks find in the rows as they stand."""
    rules = rules_of(plan)
    checks = table_checks(plan, rules)
    found = [one for row in rows_of(plan, progress) for one in checks.row(row["line"], row)]
    return [*found, *checks.finish()], checks.sums


def digest_of(plan: OrderedUsePlan) -> str:
    """SHA-256 of what the plan says: figures, grades, quotas and every row. Contacts are not in it:
    they may be put right without another plan."""
    found = hashlib.sha256()
    fields = [name for name in ROW_FIELDS if name not in ("contact", "phone")]
    head = {name: getattr(plan, name) for name in FIGURES}
    grades = list(plan.grades.values_list("grade", "target_kw"))
    quotas = list(plan.quotas.values_list("region", "supply_kw", "resident_kw", "cut_kw"))
    found.update(json.dumps([head, grades, quotas], default=str, sort_keys=True).encode())
    for row in plan.rows.order_by("line").values_list("line", *fields).iterator(chunk_size=5000):
        found.update(repr(row).encode())
    return found.hexdigest()


def on_the_whole(plan: OrderedUsePlan, sums: Sums) -> list[Finding]:
    """What concerns the plan as a whole: its sums, its parts, its users in other plans."""
    parts = reached_by_parts(plan)
    return [*whole(rules_of(plan), figures_of(plan), sums, parts=parts), *elsewhere(plan)]


def keep(plan: OrderedUsePlan, found: Sequence[Finding], *, digest: str, now: datetime) -> None:
    """Write down what was found, and the digest of what it was found in.

    Every soft finding is named by what it is about, those that are not shown in their kind.
    """
    source = rules_of(plan).source
    hard = [one for one in found if one.hard]
    soft = [one for one in found if not one.hard]
    about = whom(plan, soft)
    kinds: dict[str, list[str]] = {}
    for one in soft:
        kinds.setdefault(one.code, []).append(one.place_key(about.get((one.line, one.key), "")))
    plan.checked_at, plan.digest = now, digest
    plan.findings = [
        one.as_dict(source=source, about=about.get((one.line, one.key), ""))
        for one in [*hard, *soft][:SHOWN]
    ]
    plan.finding_counts = {
        "hard": len(hard),
        "soft": len(soft),
        "kinds": {code: kind_of(code, places) for code, places in kinds.items()},
    }
    plan.save(update_fields=["checked_at", "digest", "findings", "finding_counts"])


def kind_of(code: str, places: Sequence[str]) -> dict[str, Any]:
    """All findings of a kind: how many, and what one reason for all of them belongs to."""
    return {"count": len(places), "key": f"{code}:*:{mark(sorted(places))}"}


def whom(plan: OrderedUsePlan, found: Sequence[Finding]) -> dict[tuple[int, str], str]:
    """Whom findings of rows concern, by line and column: the user on a line, its telephone."""
    lines = sorted({one.line for one in found if one.line})
    fields = ("line", "user_no", "user_name", "line_code", "line_name", "phone_index")
    rows: dict[int, dict[str, Any]] = {}
    for first in range(0, len(lines), ASKED):
        some = plan.rows.filter(line__in=lines[first : first + ASKED]).values(*fields)
        rows |= {row["line"]: row for row in some}
    told = {}
    for one in found:
        if row := rows.get(one.line):
            words = [row["user_no"], row["user_name"], line_of(row)]
            words += [row["phone_index"]] if one.key == "phone" else []
            told[one.line, one.key] = "|".join(words)
    return told


def check_refusal(plan: OrderedUsePlan, *, by: User) -> str:
    """Why the person may not have the plan checked; empty when they may: its editors and its
    certifiers."""
    why_not = workflow.refusal(workflow.SAVE, plan, by=by)
    return why_not and workflow.refusal(workflow.CERTIFY, plan, by=by) and why_not


@transaction.atomic
def start_check(*, plan: OrderedUsePlan, by: User, now: datetime) -> Job:
    """Have the whole plan checked in the background; asked again meanwhile, it is the same work.

    Raises ``Refused``.
    """
    plan = lock(plan)
    if why_not := check_refusal(plan, by=by):
        raise Refused(why_not)
    standing = Job.objects.unfinished().filter(pk=plan.check_job_id).first()
    if standing is not None and standing.payload["revision"] == plan.revision:
        return standing
    job = jobs.start(
        kind=JOB,
        by=by,
        now=now,
        payload={"plan": plan.pk, "revision": plan.revision, "by": by.pk},
        key=f"plan-check-{plan.pk}-{now.isoformat()}-after-{plan.check_job_id}",
        title=_("检查%(plan)s") % {"plan": plan},
    )
    plan.check_job = job
    plan.save(update_fields=["check_job"])
    return job


def check(
    *,
    plan: OrderedUsePlan,
    by: User,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> OrderedUsePlan:
    """Check the whole plan anew and keep what was found.

    Nothing is locked while the rows are read: raises ``Refused`` where they were changed meanwhile.
    """
    plan = OrderedUsePlan.objects.select_related("organisation", "region", "rule").get(pk=plan.pk)
    revision = plan.revision
    found, sums = found_in(plan, progress)
    found = [*on_the_whole(plan, sums), *found]
    digest = digest_of(plan)
    with transaction.atomic():
        plan = lock(plan)
        if plan.revision != revision or plan.state != State.DRAFT:
            raise Refused(_("检查期间方案有改动，请重新检查。"))
        keep(plan, found, digest=digest, now=now)
        counts = {name: plan.finding_counts[name] for name in ("hard", "soft")}
        record(plan, "check", by=by, now=now, **counts)
    return plan
