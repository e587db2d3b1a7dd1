"""Inspections, ledger, enforcement and ordered use in the folder of a replay, and figures.

Everything that a figure of a report counts stands in a table, so that anybody can count again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Min

from accounts.models import Organisation
from campaign.models import (
    Campaign,
    EnforcementStep,
    Finding,
    Inspection,
    RecordEntry,
    RectificationEntry,
    RectificationItem,
)
from complaints.models import Supervision
from config.replay.output_cases import Row, shown
from core import clock
from reporting.models import (
    Activation,
    ExecutionRow,
    FindingProposal,
    OrderedUsePlan,
    OutageLead,
    StageReport,
)

# How an item of the ledger names the finding that it comes from.
INSPECTED = "inspection-finding:"


def tables(campaign: Campaign) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "organisations", organisations()
    yield "inspections", inspections(campaign)
    yield "findings", findings(campaign)
    yield "ledger", ledger(campaign)
    yield "ledger_entries", entries(campaign)
    yield "enforcement", enforcement(campaign)
    yield "outage_leads", leads()
    yield "proposals", proposals()
    yield "supervisions", supervisions()
    yield "plans", plans()
    yield "ordered_use", events()
    yield "executions", executions()
    yield "figures", figures(campaign)


def organisations() -> Iterator[Row]:
    """The tree: of whom a unit is part, and in which province it stands."""
    found = list(Organisation.objects.order_by("path"))
    by_path = {one.path: one.code for one in found}
    for one in found:
        yield {
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "above": by_path.get(one.path[: -Organisation.steplen], ""),
            "region": one.region_id or "",
        }


def inspections(campaign: Campaign) -> Iterator[Row]:
    found = Inspection.objects.filter(round__campaign=campaign)
    related = ("round__lead", "organisation", "draw")
    begun = dict(
        RecordEntry.objects.order_by().values_list("inspection").annotate(first=Min("happened_at"))
    )
    for one in found.select_related(*related).order_by("round__created_at", "organisation__code"):
        yield {
            "round": one.round.title,
            "office": one.round.lead.code,
            "unit": one.organisation.code,
            "state": one.state,
            "notice": one.notice_number,
            "drawn_at": shown(one.draw.drawn_at) if one.draw else "",
            "seal": one.draw.seal if one.draw else "",
            "first_day": one.first_day or "",
            "last_day": one.last_day or "",
            "announced_at": shown(one.announced_at),
            "on_site_at": shown(begun.get(one.pk)),
            "facts_sent_at": shown(one.facts_sent_at),
            "concluded_at": shown(one.concluded_at),
            "findings": one.findings.count(),
        }


def findings(campaign: Campaign) -> Iterator[Row]:
    found = Finding.objects.filter(inspection__round__campaign=campaign)
    related = ("inspection__organisation", "inspection__round__lead")
    entered = RectificationItem.objects.filter(source_key__startswith=INSPECTED)
    items = dict(entered.values_list("source_key", "number"))
    for one in found.select_related(*related).order_by("created_at", "pk"):
        yield {
            "office": one.inspection.round.lead.code,
            "unit": one.inspection.organisation.code,
            "notice": one.inspection.notice_number,
            "number": one.number,
            "problem": one.problem,
            "severity": one.severity,
            "articles": "、".join(sorted(one.articles.values_list("code", flat=True))),
            "state": one.state,
            "created_at": shown(one.created_at),
            "sent_at": shown(one.inspection.facts_sent_at),
            "answered_at": shown(one.answered_at),
            "decided_at": shown(one.decided_at),
            "item": items.get(f"{INSPECTED}{one.pk}", ""),
        }


def ledger(campaign: Campaign) -> Iterator[Row]:
    found = RectificationItem.objects.filter(campaign=campaign)
    for one in found.select_related("unit", "regulator").order_by("opened_at", "number"):
        yield {
            "number": one.number,
            "source": one.source_kind,
            "unit": one.unit.code,
            "regulator": one.regulator.code,
            "problem": one.problem,
            "state": one.state,
            "opened_at": shown(one.opened_at),
            "due_at": shown(one.due_at),
            "reported_at": shown(one.reported_at),
            "verified_at": shown(one.verified_at),
            "closed_at": shown(one.closed_at),
            "looked_back_at": shown(one.looked_back_at),
            "returned": one.return_count,
            "reopened": one.reopen_count,
        }


def entries(campaign: Campaign) -> Iterator[Row]:
    found = RectificationEntry.objects.filter(item__campaign=campaign)
    for one in found.select_related("item", "by", "organisation").order_by("at", "pk"):
        yield {
            "item": one.item.number,
            "act": one.act,
            "at": shown(one.at),
            "by": one.by.username if one.by else "",
            "organisation": one.organisation.code if one.organisation else "",
            # The deadline that it set; empty where the one before stands.
            "due_at": shown(datetime.fromisoformat(due)) if (due := one.data.get("due_at")) else "",
        }


def enforcement(campaign: Campaign) -> Iterator[Row]:
    found = EnforcementStep.objects.filter(matter__campaign=campaign)
    for one in found.select_related("matter__enterprise", "matter__regulator").order_by("pk"):
        yield {
            "matter": one.matter.title,
            "enterprise": one.matter.enterprise.code,
            "office": one.matter.regulator.code,
            "measure": one.measure,
            "state": one.state,
            "number": one.document_number,
            "drafted_at": shown(one.drafted_at),
            "issued_at": shown(one.issued_at),
            "answered_at": shown(one.answered_at),
            "matter_state": one.matter.state,
        }


def leads() -> Iterator[Row]:
    for one in OutageLead.objects.select_related("organisation").order_by("starts_at", "pk"):
        yield {
            "unit": one.organisation.code,
            "starts_at": shown(one.starts_at),
            "count": one.count,
            "state": one.state,
            "created_at": shown(one.created_at),
            "decided_at": shown(one.decided_at),
        }


def proposals() -> Iterator[Row]:
    for one in FindingProposal.objects.select_related("organisation").order_by("created_at", "pk"):
        yield {
            "unit": one.organisation.code,
            "title": one.title,
            "clause": one.clause,
            "state": one.state,
            "created_at": shown(one.created_at),
            "decided_at": shown(one.decided_at),
        }


def supervisions() -> Iterator[Row]:
    found = Supervision.objects.select_related("case__owner").order_by("issued_at", "pk")
    for one in found:
        yield {
            "case": one.case.number,
            "owner": one.case.owner.code,
            "issued_at": shown(one.issued_at),
            "answered_at": shown(one.answered_at),
        }


def plans() -> Iterator[Row]:
    found = OrderedUsePlan.objects.select_related("organisation", "region")
    for one in found.order_by("year", "organisation__code", "number"):
        yield {
            "unit": one.organisation.code,
            "year": one.year,
            "version": one.number,
            "state": one.state,
            "filed_at": shown(one.filed_at),
            "late": int(bool(one.is_late)),
        }


def events() -> Iterator[Row]:
    for number, one in enumerate(_events(), start=1):
        yield {
            "event": number,
            "unit": one.organisation.code,
            "grade": one.grade,
            "gap_mw": one.gap_mw,
            "announced_at": shown(one.announced_at),
            "started_at": shown(one.started_at),
            "released_at": shown(one.released_at),
            "reported_at": shown(one.reported_at),
            "state": one.state,
        }


def executions() -> Iterator[Row]:
    """What was carried out, without the names of users."""
    numbers = {one.pk: number for number, one in enumerate(_events(), start=1)}
    found = ExecutionRow.objects.order_by("activation__announced_at", "activation", "number")
    for one in found:
        yield {
            "event": numbers[one.activation_id],
            "row": one.number,
            "measure": one.measure,
            "executed_kw": one.executed_kw,
            "from_at": shown(one.from_at),
            "to_at": shown(one.to_at),
            "energy_kwh": one.energy_kwh,
            "feeder_cut": int(one.feeder_cut),
            "households": one.households,
        }


def _events() -> Iterable[Activation]:
    related = Activation.objects.select_related("organisation")
    return related.order_by("announced_at", "organisation__code")


def figures(campaign: Campaign) -> Iterator[Row]:
    """What each report says: every figure of its frozen numbers, as it is printed."""
    found = StageReport.objects.filter(campaign=campaign, snapshot__isnull=False)
    related = ("snapshot", "template", "organisation", "phase")
    for report in found.select_related(*related).order_by("phase__number", "pk"):
        for key, told in sorted(report.snapshot.figures.items()):
            yield {
                "report": report.template.code,
                "office": report.organisation.code,
                "phase": report.phase.number,
                "taken_at": _instant(report.snapshot.taken_at),
                "figure": key,
                "value": _value(told),
            }


def _instant(at: datetime) -> str:
    return at.astimezone(clock.ZONE).isoformat(timespec="microseconds")


def _value(told: dict[str, Any]) -> Any:
    return told.get("value", "")
