"""What a bulletin is counted from: cells of equal cases with their number, and periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

COMPLAINT, REPORT, APPEAL = "投诉", "举报", "申诉"
COMPLAINTS_AND_REPORTS = (COMPLAINT, REPORT)
SUBSTANTIATED = ("属实", "部分属实")
# Codes of satisfaction (满意, 基本满意) that count as satisfied.
SATISFIED = ("content", "fairly")


@dataclass(frozen=True, slots=True)
class Cell:
    """Cases alike in everything that a bulletin asks, and how many. Words as they were current."""

    nature: str
    channel: str = ""
    industry: str = ""
    business: str = ""
    target: str = ""
    place: str = ""
    outcome: str = ""
    accepted: bool = False
    # Closed by the end of the period in which it was received.
    closed: bool = False
    # Closed in the period, but received before it (往期结转).
    carried: bool = False
    n: int = 1

    @property
    def is_complaint_or_report(self) -> bool:
        return self.nature in COMPLAINTS_AND_REPORTS


@dataclass(frozen=True, slots=True)
class Due:
    """Complaints whose handling falls due in the period, of one enterprise."""

    unit: str
    due: int
    in_time: int


@dataclass(frozen=True)
class Tally:
    """All that is counted for one bulletin.

    ``received`` in the period; ``closed`` in it whenever received; ``previous`` maps mom and yoy to
    the natures of the base period (nature → count), which is empty where that has no data.
    """

    received: Sequence[Cell]
    closed: Sequence[Cell] = ()
    due: Sequence[Due] = ()
    # Complaints received, by whom they are about; where empty, the cells' targets are counted.
    complained_of: Mapping[str, int] = field(default_factory=dict)
    # Complaints closed in the period by what their complainants said (code of satisfaction).
    ratings: Mapping[str, int] = field(default_factory=dict)
    previous: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    # All places of the territory, so that one without cases is known.
    places: Sequence[str] = ()
