"""The record of a repair: when on site, when restored, what was seen to, which photos."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from accounts.models import User
from complaints import queries
from complaints.models import Case, CaseAttachment, CaseEvent, Repair
from complaints.workflow import Act
from core import arithmetic, masking


@dataclass
class Card:
    """One repair as its page shows it; the last round where it was done again."""

    repair: Repair
    arrived: CaseEvent | None = None
    restored: CaseEvent | None = None
    met: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    reason: str = ""
    photos: int = 0

    @property
    def minutes(self) -> int | None:
        """Minutes from arrival to restoration."""
        arrived, restored = self.repair.arrived_at, self.repair.restored_at
        if arrived is None or restored is None:
            return None
        return int((restored - arrived).total_seconds() // 60)

    @property
    def hours(self) -> str:
        """What the households went without, in household hours; empty where nobody counted them."""
        one = self.repair
        if one.restored_at is None or one.households is None:
            return ""
        lasted = int((one.restored_at - (one.interrupted_at or one.started_at)).total_seconds())
        return arithmetic.printed(
            arithmetic.half_up(Fraction(one.households * lasted, 3600), 2), strip_zeros=True
        )


def record_of(
    case: Case, user: User, events: list[CaseEvent], labels: queries.Labels
) -> Card | None:
    """The repair, with what the events say that the person may read (newest first)."""
    last = Repair.objects.visible_to(user).filter(case=case).order_by("-round").first()
    if last is None:
        return None
    card = Card(last)
    for event in events:
        if event.kind == Act.ARRIVE and card.arrived is None and event.at == last.arrived_at:
            card.arrived = event
        if event.kind == Act.RESTORE and card.restored is None and event.at == last.restored_at:
            card.restored = event
    if card.restored is not None:
        _checklist(card, card.restored, case.received_at, labels)
    seen = CaseAttachment.objects.visible_to(user).filter(case=case)
    card.photos = seen.filter(kind=CaseAttachment.Kind.PHOTO).count()
    return card


def _checklist(card: Card, event: CaseEvent, at: datetime, labels: queries.Labels) -> None:
    card.met = [labels.of("safety", code, at=at) for code in event.data.get("safety", [])]
    card.unmet = [labels.of("safety", code, at=at) for code in event.data.get("unmet", [])]
    card.reason = masking.mask_text(event.text) if card.unmet else ""
