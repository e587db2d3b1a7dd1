"""What a campaign template holds, as frozen values; ``campaign.template`` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time

from django.utils.translation import gettext as _

from core.errors import Refused

LINE = "__line__"


@dataclass(frozen=True)
class Problem:
    """One fault of a template, and how to mend it; ``soft``: worth a look, nothing more."""

    place: str
    message: str
    remedy: str = ""
    soft: bool = False

    def __str__(self) -> str:
        return _("%(place)s：%(message)s") % {"place": self.place, "message": self.message}


class TemplateRefused(Refused):
    """The content is no template; ``problems`` names every fault."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]
    clause: str = ""


@dataclass(frozen=True)
class Statement:
    """A principle or a goal."""

    code: str
    clause: str
    name: str
    text: str


@dataclass(frozen=True)
class ObjectiveNode:
    code: str
    kind: str
    clause: str
    name: str
    children: tuple[ObjectiveNode, ...] = ()

    def walk(self) -> Iterator[ObjectiveNode]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class CheckItem:
    text: str
    clause: str = ""


@dataclass(frozen=True)
class PhasePlan:
    number: int
    name: str
    starts_on: date
    ends_on: date
    clause: str = ""
    checks: tuple[CheckItem, ...] = ()


@dataclass(frozen=True)
class DueRule:
    """A dated deadline: the duty is in time until the end of that day (23:59:59).

    With an anchor the date follows from the phase: so many working days after its first day, or
    before its last.
    """

    date: date
    wording: str
    source: str
    anchor: str = "none"
    workdays: int = 0


@dataclass(frozen=True)
class DutyPlan:
    code: str
    phase: int
    title: str
    short_title: str
    clauses: tuple[str, ...]
    kind: str
    party: str
    recipient: str
    opens_on: date
    due: DueRule
    copy: str = "none"
    parts: tuple[str, ...] = ()
    certified_by: str = ""
    objectives: tuple[str, ...] = ()
    livelihood: bool = False


@dataclass(frozen=True)
class StepPlan:
    code: str
    offset: int
    hour: time
    audience: str
    text: str


@dataclass(frozen=True)
class Ladder:
    steps: tuple[StepPlan, ...]
    digest: bool = True
    letters_per_day: int = 1


@dataclass(frozen=True)
class GroupPlan:
    kind: str
    name: str
    duties: str
    clause: str = ""
    office_department: str = ""
    office_duties: str = ""


@dataclass(frozen=True)
class Content:
    """Everything that a campaign is made from."""

    code: str
    version: int
    valid_from: date
    name: str
    starts_on: date
    ends_on: date
    phases: tuple[PhasePlan, ...]
    duties: tuple[DutyPlan, ...]
    ladder: Ladder
    clauses: tuple[str, ...] = ()
    text: tuple[Section, ...] = ()
    principles: tuple[Statement, ...] = ()
    goals: tuple[Statement, ...] = ()
    objectives: tuple[ObjectiveNode, ...] = ()
    groups: tuple[GroupPlan, ...] = field(default=())
    # Codes of the reports that will be built and of the checklists that inspections go by.
    reports: tuple[str, ...] = ()
    checklists: tuple[str, ...] = ()

    def nodes(self) -> list[ObjectiveNode]:
        """Every node of the duty tree, parents first."""
        return [node for root in self.objectives for node in root.walk()]


CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (ObjectiveNode, "kind"): ("protection", "guarantee", "implementation", "measure"),
    (DutyPlan, "kind"): ("report", "task", "meeting", "document"),
    (DutyPlan, "party"): ("executors", "issuer", "supervisors"),
    (DutyPlan, "recipient"): ("supervisor", "self", "national"),
    (DutyPlan, "copy"): ("territory", "none"),
    (DueRule, "anchor"): ("none", "phase_start", "phase_end"),
    (StepPlan, "audience"): ("person", "leader"),
    (GroupPlan, "kind"): ("leading", "joint"),
}
# How long a text may be, and between which numbers a number may lie: what the tables take.
LONGEST: dict[tuple[type, str], int] = {
    (Content, "code"): 40,
    (Content, "name"): 80,
    (PhasePlan, "name"): 60,
    (CheckItem, "text"): 200,
    (CheckItem, "clause"): 40,
    (ObjectiveNode, "code"): 40,
    (ObjectiveNode, "name"): 200,
    (ObjectiveNode, "clause"): 40,
    (DutyPlan, "code"): 40,
    (DutyPlan, "title"): 80,
    (DutyPlan, "short_title"): 20,
    (DutyPlan, "certified_by"): 80,
    (DueRule, "wording"): 120,
    (DueRule, "source"): 120,
    (StepPlan, "code"): 20,
    (StepPlan, "text"): 200,
    (Section, "heading"): 60,
    (Section, "clause"): 40,
    (Statement, "code"): 40,
    (Statement, "clause"): 40,
    (Statement, "name"): 60,
    (Statement, "text"): 400,
    (GroupPlan, "name"): 100,
    (GroupPlan, "duties"): 2000,
    (GroupPlan, "office_department"): 60,
    (GroupPlan, "office_duties"): 2000,
}
BETWEEN: dict[tuple[type, str], tuple[int, int]] = {
    (PhasePlan, "number"): (1, 20),
    (DueRule, "workdays"): (0, 250),
    (StepPlan, "offset"): (-60, 60),
    (Ladder, "letters_per_day"): (1, 20),
}
