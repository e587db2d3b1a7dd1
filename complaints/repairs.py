"""The record of a repair: when on site, when restored, what was seen to, which photos."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from complaints import queries
from complaints.models import Case, CaseAttachment, CaseEvent
from complaints.workflow import Act
from core import masking


@dataclass
class Repair:
    """One repair as its page shows it; the last round where it was done again."""

    arrived: CaseEvent | None = None
    restored: CaseEvent | None = None
    met: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    reason: str = ""
    photos: int = 0

    @property
    def minutes(self) -> int | None:
        """Minutes from arrival to restoration."""
        if self.arrived is None or self.restored is None:
            return None
        return int((self.restored.at - self.arrived.at).total_seconds() // 60)


def record_of(
    case: Case, user: User, events: list[CaseEvent], labels: queries.Labels
) -> Repair | None:
    """The repair among the events that the person may read (newest first); None without one."""
    repair = Repair()
    for event in events:
        if event.kind == Act.ARRIVE and repair.arrived is None:
            repair.arrived = event
        if event.kind == Act.RESTORE and repair.restored is None and repair.arrived is None:
            repair.restored = event
    if repair.arrived is None:
        return None
    if repair.restored is not None:
        _checklist(repair, repair.restored, case.received_at, labels)
    seen = CaseAttachment.objects.visible_to(user).filter(case=case)
    repair.photos = seen.filter(kind=CaseAttachment.Kind.PHOTO).count()
    return repair


def _checklist(repair: Repair, event: CaseEvent, at: datetime, labels: queries.Labels) -> None:
    repair.met = [labels.of("safety", code, at=at) for code in event.data.get("safety", [])]
    repair.unmet = [labels.of("safety", code, at=at) for code in event.data.get("unmet", [])]
    repair.reason = masking.mask_text(event.text) if repair.unmet else ""
