"""What the pages of inspections count: the record by item, rounds by their findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from campaign.inspection_workflow import STANDING, FindingState, InspectionState
from campaign.models import (
    ChecklistItem,
    Finding,
    Inspection,
    InspectionRound,
    RecordEntry,
)
from complaints.models import InspectionProposal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

LAMPS = {
    InspectionState.PLANNED: "pause",
    InspectionState.ANNOUNCED: "near",
    InspectionState.ON_SITE: "ok",
    InspectionState.FACTS: "near",
    InspectionState.CONCLUDED: "done",
    InspectionState.CANCELLED: "pause",
}
FINDING_LAMPS = {
    FindingState.DRAFT: "pause",
    FindingState.SENT: "near",
    FindingState.CONFIRMED: "done",
    FindingState.OBJECTED: "late",
    FindingState.UPHELD: "done",
    FindingState.DROPPED: "pause",
}


@dataclass
class ItemLine:
    """An item of the checklist with what was recorded on it."""

    item: ChecklistItem
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        """Samples looked at: entries that say whether it complies."""
        return self.counts["pass"] + self.counts["fail"]

    @property
    def lamp(self) -> str:
        if not sum(self.counts.values()):
            return "pause"
        if self.counts["fail"]:
            return "late"
        return "done" if self.taken >= self.item.sample_size else "near"


def item_lines(inspection: Inspection, entries: list[RecordEntry]) -> list[ItemLine]:
    """Every item in order, also those on which nothing was recorded."""
    lines = {one.pk: ItemLine(one) for one in inspection.round.checklist.items.all()}
    for entry in entries:
        if entry.item_id in lines and entry.withdrawn_at is None:
            lines[entry.item_id].counts[entry.result] += 1
    return list(lines.values())


def waiting_proposals(user: User) -> QuerySet[InspectionProposal]:
    """Accepted proposals in sight on which no inspection was opened yet."""
    used = InspectionRound.objects.filter(proposal__isnull=False).values("proposal")
    seen = InspectionProposal.objects.visible_to(user).exclude(pk__in=used)
    accepted = seen.filter(state=InspectionProposal.State.ACCEPTED)
    return accepted.select_related("respondent", "organisation")


def findings_by(inspections: Any) -> dict[int, Counter[str]]:
    """By inspection, how many findings are in which state; ``standing`` and ``all`` besides."""
    found: dict[int, Counter[str]] = {}
    rows = Finding.objects.filter(inspection__in=inspections).values_list("inspection", "state")
    for pk, state in rows:
        counts = found.setdefault(pk, Counter())
        counts[state] += 1
        counts["all"] += 1
        counts["standing"] += state in STANDING
    return found


def severities(round: InspectionRound) -> list[tuple[str, int]]:
    """Standing findings of a round by severity, the gravest first."""
    rows = Finding.objects.standing().filter(inspection__round=round)
    counts = Counter(rows.values_list("severity", flat=True))
    return [(str(one.label), counts[one]) for one in reversed(Finding.Severity)]


def cited_articles(round: InspectionRound) -> list[tuple[str, int]]:
    """Which articles the standing findings of a round cite, how often, the most cited first."""
    counts: Counter[str] = Counter()
    rows = Finding.objects.standing().filter(inspection__round=round)
    for finding in rows.prefetch_related("articles"):
        counts.update(str(one) for one in finding.articles.all())
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
