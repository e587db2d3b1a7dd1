"""What a plan is checked for as a whole: targets, sums, gap, quotas, text, approval, filing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reporting.plans.findings import Finding
from reporting.plans.hours import at_once
from reporting.plans.rules import Rules
from reporting.plans.table_checks import ONCE, Sums


@dataclass(frozen=True)
class Quota:
    """What an area below gets and its residents need: kW, MWh."""

    area: str
    supply_kw: int
    resident_kw: int
    energy_mwh: int | None = None
    resident_mwh: int | None = None
    cut_kw: int = 0


@dataclass(frozen=True)
class Figures:
    """What stands above the table; kW. ``areas`` are those below that get quotas."""

    peak_kw: int | None
    supply_kw: int | None
    targets: Mapping[str, int]
    historic_peak_kw: int | None = None
    sections: frozenset[str] = frozenset()
    gap_reported: bool = False
    gap_from: str = ""
    gap_to: str = ""
    quotas: Sequence[Quota] = ()
    areas: Sequence[str] = ()
    listing: str = ONCE

    @property
    def gap_hours(self) -> tuple[str, str] | None:
        return (self.gap_from, self.gap_to) if self.gap_from and self.gap_to else None

    @property
    def gap_kw(self) -> int:
        return max(0, (self.peak_kw or 0) - (self.supply_kw or self.peak_kw or 0))


@dataclass(frozen=True)
class Approval:
    """The government's approval and the filing; ``due_on`` the last day to file in time."""

    year: int
    begun_on: date
    filed_on: date
    body: str = ""
    number: str = ""
    approved_on: date | None = None
    has_document: bool = False
    due_on: date | None = None
    due_days: int = 0
    # The last day is that of a deficiency letter, not the one that the approval gives.
    correcting: bool = False


def whole(
    rules: Rules, figures: Figures, sums: Sums, *, parts: Mapping[int, int] | None = None
) -> list[Finding]:
    """Everything that is wrong with a plan as a whole.

    ``parts``: kW that the plans below can call by the order of the grade; they count with its own.
    """
    parts = parts or {}
    own = sums.reached([grade.order for grade in rules.grades], figures.listing)
    reached = {order: kw + parts.get(order, 0) for order, kw in own.items()}
    return [
        *_given(rules, figures, reached),
        *_targets(rules, figures, reached),
        *_gap(rules, figures, reached),
        *_hours(rules, figures, sums, reached, parts),
        *_size(rules, figures, reached),
        *_control(rules, figures, sums, parts),
        *_quotas(rules, figures),
    ]


def _given(rules: Rules, figures: Figures, reached: Mapping[int, int]) -> Iterator[Finding]:
    if not any(reached.values()):
        yield Finding("no_rows", 0, "rows", {})
    if not figures.peak_kw:
        yield Finding("peak_missing", 0, "peak_demand_kw", {})
    if figures.supply_kw is None:
        yield Finding("supply_missing", 0, "supply_kw", {})
    for section in rules.sections:
        if section["code"] not in figures.sections:
            yield Finding("section_missing", 0, section["code"], {"value": section["title"]})
    if len(figures.targets) < rules.limit("min_grades"):
        facts = {"value": len(figures.targets), "least": rules.limit("min_grades")}
        yield Finding("grades_too_few", 0, "grades", facts)


def _targets(rules: Rules, figures: Figures, reached: Mapping[int, int]) -> Iterator[Finding]:
    before = None
    for grade in rules.grades:
        name = grade.grade
        if name not in figures.targets:
            yield Finding("grade_missing", 0, name, {"grade": name})
            continue
        target = figures.targets[name]
        facts = {"grade": name, "value": target}
        if not target:
            yield Finding("target_missing", 0, name, facts)
            continue
        need = grade.needed_kw(figures.peak_kw or 0, rules.unit)
        if target < need:
            yield Finding("target_below_band", 0, name, {**facts, "need": need})
        if before is not None and target < before[1]:
            more = {"other": before[0], "more": before[1]}
            yield Finding("target_not_rising", 0, name, {**facts, **more})
        if (found := reached[grade.order]) < target:
            short = {"value": found, "need": target, "less": target - found}
            yield Finding("grade_short", 0, name, {**facts, **short})
        before = (name, target)


def _gap(rules: Rules, figures: Figures, reached: Mapping[int, int]) -> Iterator[Finding]:
    gap, peak = figures.gap_kw, figures.peak_kw or 0
    most = max(reached.values(), default=0)
    if gap > most:
        yield Finding("gap_uncovered", 0, "supply_kw", {"need": gap, "value": most})
    limit = rules.limit("gap_report_percent")
    if peak and gap * 100 > peak * limit and not figures.gap_reported:
        share = (Decimal(gap) * 100 / peak).quantize(Decimal("0.1"), ROUND_HALF_UP)
        yield Finding("gap_not_reported", 0, "gap_report_number", {"value": share, "limit": limit})


def _hours(
    rules: Rules,
    figures: Figures,
    sums: Sums,
    reached: Mapping[int, int],
    parts: Mapping[int, int],
) -> Iterator[Finding]:
    """Sums that suffice on paper, held against the hours: of the gap, or of any moment at all.

    When the parts can be called is not known here: each of them is asked itself.
    """
    hours = figures.gap_hours
    if figures.gap_kw and hours is None:
        yield Finding("gap_hours_missing", 0, "gap_from", {"value": figures.gap_kw})
    days, found = rules.content["rest_days"], 0
    when = f"缺口时段{hours[0]}—{hours[1]}内最少" if hours else "任一时刻最多"
    for grade in rules.grades:
        orders = [grade.order] if figures.listing != ONCE else list(range(1, grade.order + 1))
        found = at_once(sums.bands, orders=orders, days=days, hours=hours)
        found += parts.get(grade.order, 0)
        target = figures.targets.get(grade.grade, 0)
        if found < target <= reached[grade.order]:
            facts = {"grade": grade.grade, "when": when, "value": found, "need": target}
            yield Finding("grade_short_at_once", 0, grade.grade, facts)
    if hours and found < figures.gap_kw <= max(reached.values(), default=0):
        facts = {"need": figures.gap_kw, "when": when, "value": found}
        yield Finding("gap_uncovered_at_once", 0, "supply_kw", facts)


def _size(rules: Rules, figures: Figures, reached: Mapping[int, int]) -> Iterator[Finding]:
    limit = rules.limit("plan_size_percent")
    need = -(-(figures.historic_peak_kw or figures.peak_kw or 0) * limit // 100)
    most = max(reached.values(), default=0)
    if most < need:
        facts = {"value": most, "limit": limit, "need": need}
        yield Finding("plan_size", 0, "historic_peak_kw", facts)


def _control(
    rules: Rules, figures: Figures, sums: Sums, parts: Mapping[int, int]
) -> Iterator[Finding]:
    """Of the parts it is not known here how they are controlled: each of them is asked itself."""
    share = rules.limit("control_share_percent")
    need = -(-(figures.peak_kw or 0) * share // 100)
    if sums.by_terminal < need and not parts:
        facts = {"value": sums.by_terminal, "limit": share, "need": need}
        yield Finding("control_share", 0, "control_means", facts)


def _quotas(rules: Rules, figures: Figures) -> Iterator[Finding]:
    quotas = figures.quotas
    given = {quota.area for quota in quotas}
    for area in figures.areas:
        if area not in given:
            yield Finding("quota_missing", 0, area, {"area": area})
    for quota in quotas:
        yield from _quota(quota, figures.areas)
    if not quotas:
        return
    supply = sum(quota.supply_kw for quota in quotas)
    if figures.supply_kw is not None and supply > figures.supply_kw:
        facts = {"value": supply, "need": figures.supply_kw}
        yield Finding("quota_over_supply", 0, "supply_kw", facts)
    cut = sum(quota.cut_kw for quota in quotas)
    target = figures.targets.get(rules.grades[-1].grade, 0)
    if cut < target:
        yield Finding("quota_cut_short", 0, "cut_kw", {"value": cut, "need": target})


def _quota(quota: Quota, areas: Sequence[str]) -> Iterator[Finding]:
    facts = {"area": quota.area, "value": quota.supply_kw, "need": quota.resident_kw}
    if areas and quota.area not in areas:
        yield Finding("quota_outside", 0, quota.area, facts)
    if not quota.resident_kw:
        yield Finding("quota_residents_unknown", 0, quota.area, facts)
    if quota.supply_kw < quota.resident_kw:
        yield Finding("quota_below_residents", 0, quota.area, facts)
    if (quota.energy_mwh or 0) < (quota.resident_mwh or 0):
        facts |= {"value": quota.energy_mwh or 0, "need": quota.resident_mwh or 0}
        yield Finding("quota_energy_below_residents", 0, quota.area, facts)


def approval(given: Approval) -> list[Finding]:
    """What stands against filing, or wants a reason: approval before filing, filing in time."""
    return list(_approval(given))


def _approval(given: Approval) -> Iterator[Finding]:
    on = given.approved_on
    if on is None or not given.body or not given.number:
        yield Finding("approval_missing", 0, "approved_on", {})
        return
    if not given.has_document:
        yield Finding("approval_document_missing", 0, "approval_file", {})
    facts = {"value": on.isoformat(), "other": given.filed_on.isoformat()}
    if on > given.filed_on:
        yield Finding("approval_after_filing", 0, "approved_on", facts)
    if on < given.begun_on:
        facts = {"value": on.isoformat(), "other": given.begun_on.isoformat()}
        yield Finding("approval_before_draft", 0, "approved_on", facts)
    if abs(on.year - given.year) > 1:
        facts = {"value": on.isoformat(), "other": str(given.year)}
        yield Finding("approval_other_year", 0, "approved_on", facts)
    if given.due_on is not None and given.filed_on > given.due_on:
        facts = {"value": given.filed_on.isoformat(), "due": given.due_on.isoformat()}
        code = "correction_late" if given.correcting else "filing_late"
        yield Finding(code, 0, "filed_at", {**facts, "limit": str(given.due_days)})
