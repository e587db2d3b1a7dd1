"""Returns, indicators, demonstration units and papers in the folder of a replay.

Limits that a figure is judged by stand in the tables too: what an indicator has to come to is a
row beside its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaign.models import Campaign, Demonstration, Evaluation, MonthlyCheck
from complaints.models import InspectionProposal
from config.replay.output_cases import Row, shown
from reporting.models import (
    Circular,
    ImprovementTask,
    IndicatorValue,
    Return,
    ReturnReview,
    ReturnVersion,
    ReturnWaiver,
    Target,
)

SELF_INSPECTION = "self_inspection"


def tables(campaign: Campaign) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "returns", returns()
    yield "return_versions", return_versions()
    yield "return_reviews", return_reviews()
    yield "return_waivers", return_waivers()
    yield "self_inspections", self_inspections()
    yield "demonstrations", demonstrations(campaign)
    yield "evaluations", evaluations(campaign)
    yield "monthly_checks", monthly_checks(campaign)
    yield "indicator_values", indicator_values()
    yield "targets", targets()
    yield "improvements", improvements()
    yield "circulars", circulars()
    yield "inspection_proposals", inspection_proposals()


# --- returns --------------------------------------------------------------------------------------

ENTRY = ("entry__code", "entry__period_start", "entry__organisation__code")


def _entry(one: Return) -> Row:
    return {"return": one.code, "unit": one.organisation.code, "from": one.period_start}


def returns() -> Iterator[Row]:
    found = Return.objects.select_related("organisation", "recipient", "form")
    for one in found.order_by("code", "period_start", "organisation__code"):
        yield {
            **_entry(one),
            "to": one.period_end,
            "title": one.form.title,
            "recipient": one.recipient.code,
            "state": one.state,
            "opened_at": shown(one.created_at),
            "due_at": shown(one.due_at),
            # The deadline at which it came first; what is sent back gets another one.
            "first_due_at": shown(one.first_due_at),
        }


def return_versions() -> Iterator[Row]:
    found = ReturnVersion.objects.filter(submitted_at__isnull=False)
    for one in found.select_related("entry__organisation").order_by(*ENTRY, "number"):
        yield {
            **_entry(one.entry),
            "version": one.number,
            "state": one.state,
            "submitted_at": shown(one.submitted_at),
            "due_at_submission": shown(one.due_at_submission),
            "accepted_at": shown(one.accepted_at),
        }


def return_reviews() -> Iterator[Row]:
    found = ReturnReview.objects.select_related("version__entry__organisation")
    for one in found.order_by("at", "pk"):
        told = {"version": one.version.number, "decision": one.decision, "at": shown(one.at)}
        yield _entry(one.version.entry) | told


def return_waivers() -> Iterator[Row]:
    for one in ReturnWaiver.objects.select_related("organisation").order_by("asked_at", "pk"):
        yield {
            "return": one.code,
            "unit": one.organisation.code,
            # Empty: of the whole return.
            "check": one.check_name,
            "state": one.state,
            "expires_on": one.expires_on,
            "asked_at": shown(one.asked_at),
            "decided_at": shown(one.decided_at),
            "revoked_at": shown(one.revoked_at),
        }


def self_inspections() -> Iterator[Row]:
    """The lines of the self-inspection tables in numbers; who looked and at what is left out."""
    found = ReturnVersion.objects.filter(submitted_at__isnull=False, entry__code=SELF_INSPECTION)
    for one in found.select_related("entry__organisation").order_by(*ENTRY, "number"):
        for number, line in enumerate(one.sheet("clauses"), start=1):
            yield {
                **_entry(one.entry),
                "version": one.number,
                "line": number,
                "clause": line.get("clause", ""),
                "sampled": line.get("sampled") or 0,
                "problems": line.get("problems") or 0,
                "corrected": line.get("corrected") or 0,
            }


# --- demonstration units --------------------------------------------------------------------------


def demonstrations(campaign: Campaign) -> Iterator[Row]:
    found = Demonstration.objects.filter(campaign=campaign).select_related("organisation")
    for one in found.order_by("kind", "selected_on", "name"):
        yield {
            "demonstration": one.name,
            "kind": one.kind,
            "unit": one.organisation.code,
            "level": one.level,
            "selected_on": one.selected_on,
            "entered_at": shown(one.selected_at),
            "state": one.state,
        }


def evaluations(campaign: Campaign) -> Iterator[Row]:
    found = Evaluation.objects.filter(unit__campaign=campaign).select_related("unit")
    for one in found.order_by("proposed_at", "pk"):
        yield {
            "demonstration": one.unit.name,
            "kind": one.unit.kind,
            "result": one.result,
            "state": one.state,
            "proposed_at": shown(one.proposed_at),
            "decided_at": shown(one.decided_at),
        }


def monthly_checks(campaign: Campaign) -> Iterator[Row]:
    found = MonthlyCheck.objects.filter(unit__campaign=campaign).select_related("unit")
    for one in found.order_by("unit__kind", "unit__name", "number"):
        yield {
            "demonstration": one.unit.name,
            "kind": one.unit.kind,
            "number": one.number,
            "due_at": shown(one.due_at),
            "checked_on": one.checked_on or "",
            "done_at": shown(one.done_at),
        }


# --- indicators -----------------------------------------------------------------------------------


def indicator_values() -> Iterator[Row]:
    """Every value with the limit of its indicator; a target of the area goes before that."""
    found = IndicatorValue.objects.filter(value__isnull=False)
    related = found.select_related("indicator", "organisation", "superseded_by")
    for one in related.order_by("indicator__code", "organisation__code", "last_day", "pk"):
        later = one.superseded_by
        yield {
            "indicator": one.indicator.code,
            "unit": one.organisation.code,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "value": one.value,
            "computed_at": shown(one.computed_at),
            "replaced_at": shown(later.computed_at) if later else "",
            # Of a sum that lacks some of its units nothing is judged.
            "partial": int(one.is_partial),
            "direction": one.indicator.direction,
            "limit": "" if one.indicator.threshold is None else one.indicator.threshold,
        }


def targets() -> Iterator[Row]:
    for one in Target.objects.select_related("paper").order_by("year", "region", "pk"):
        yield {
            "indicator": one.indicator_code,
            "region": one.region_id,
            "year": one.year,
            "value": one.value,
            "issued_at": shown(one.paper.issued_at),
            "replaced_at": shown(one.replaced_at),
        }


def improvements() -> Iterator[Row]:
    found = ImprovementTask.objects.select_related("office", "organisation", "indicator")
    for one in found.order_by("set_at", "pk"):
        yield {
            "office": one.office.code,
            "unit": one.organisation.code,
            "indicator": one.indicator.code,
            "state": one.state,
            "set_at": shown(one.set_at),
            "done_at": shown(one.done_at),
            "checked_at": shown(one.checked_at),
        }


# --- papers ---------------------------------------------------------------------------------------


def circulars() -> Iterator[Row]:
    found = Circular.objects.select_related("organisation", "redress")
    for one in found.order_by("created_at", "pk"):
        yield {
            "organisation": one.organisation.code,
            "kind": one.form,
            "state": one.state,
            "document_number": one.document_number,
            "issued_at": shown(one.issued_at),
        }


def inspection_proposals() -> Iterator[Row]:
    """Where cases gather: what was proposed to be inspected, and what was decided."""
    found = InspectionProposal.objects.select_related("organisation", "respondent")
    for one in found.order_by("created_at", "pk"):
        yield {
            "office": one.organisation.code,
            "unit": one.respondent.code,
            "category": one.category,
            "count": one.count,
            "state": one.state,
            "created_at": shown(one.created_at),
            "decided_at": shown(one.decided_at),
        }
