"""Which of the required documents an enterprise has, which it lacks, and when it is reminded.

Source: campaign plan 四 (S1-4.1g, S1-4.1h).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation, User
from campaign.models import Campaign, Objective, Participant, Safeguard, SafeguardVersion
from campaign.scope import organisations_seen
from core import catalogue_files, clock, sla
from core.workdays import WorkCalendar

RULES = Path(__file__).parent / "catalogue" / "safeguards" / "rules.yaml"
REQUIRED = (Objective.Kind.GUARANTEE, Objective.Kind.IMPLEMENTATION)


@dataclass(frozen=True)
class Rule:
    """By the end of which phase the documents are due, and when it is reminded of them."""

    valid_from: date
    phase: int
    # Working days from the due day, negative before it; the hour of the day.
    reminders: tuple[int, ...]
    hour: int
    basis: str


@cache
def _rules() -> tuple[Rule, ...]:
    rows = catalogue_files.read(RULES)
    return tuple(Rule(**{**one, "reminders": tuple(one["reminders"])}) for one in rows)


def rule(campaign: Campaign) -> Rule | None:
    """The rule that counts for a campaign: the one in force on its first day."""
    return catalogue_files.in_force(_rules(), on=campaign.starts_on)


def due_day(campaign: Campaign) -> date | None:
    """By when the documents are due; None where no rule asks for them."""
    found = rule(campaign)
    if found is None:
        return None
    phase = campaign.phases.filter(number=found.phase).first()
    return phase.ends_on if phase else None


def nodes(campaign: Campaign) -> list[Objective]:
    """The guarantees and implementations that ask for a document each."""
    return list(
        campaign.objectives.filter(kind__in=REQUIRED, parent__isnull=True).order_by("order")
    )


def enterprises(campaign: Campaign, user: User | None = None) -> QuerySet[Organisation]:
    """The companies that carry the campaign out, those in sight of a person."""
    parts = campaign.participants.filter(part=Participant.Part.EXECUTOR)
    found = Organisation.objects.filter(pk__in=parts.values("organisation")).companies()
    if user is not None:
        found = found.filter(organisations_seen(user)).distinct()
    return found.order_by("code")


@dataclass(frozen=True)
class Line:
    """One enterprise: its document of each node, None where it lacks one."""

    organisation: Organisation
    held: tuple[tuple[Objective, SafeguardVersion | None], ...]

    @property
    def missing(self) -> list[Objective]:
        """Nodes without a document, or whose document was sent back."""
        return [node for node, one in self.held if one is None or one.returned_at is not None]


def lines(campaign: Campaign, organisations: QuerySet[Organisation]) -> list[Line]:
    """The completeness of some enterprises. A constant number of queries."""
    asked = nodes(campaign)
    versions = (
        SafeguardVersion.objects.filter(
            safeguard__campaign=campaign, safeguard__organisation__in=organisations
        )
        .select_related("safeguard")
        .order_by("number")
    )
    # Of each document the last version; of several documents of a node one that stands.
    last: dict[int, SafeguardVersion] = {one.safeguard_id: one for one in versions}
    held: dict[tuple[int, int], SafeguardVersion] = {}
    for one in last.values():
        key = (one.safeguard.organisation_id, one.safeguard.objective_id)
        if key not in held or held[key].returned_at is not None:
            held[key] = one
    return [
        Line(place, tuple((node, held.get((place.pk, node.pk))) for node in asked))
        for place in organisations
    ]


def of_node(objective: Objective, user: User) -> QuerySet[Safeguard]:
    """Documents in sight for a node."""
    seen = Safeguard.objects.visible_to(user).filter(objective=objective)
    return seen.select_related("organisation", "duty__definition")


@dataclass(frozen=True)
class Occasion:
    """A reminder of missing documents: when, to which enterprise, by which step."""

    when: datetime
    line: Line
    offset: int
    due_at: datetime

    @property
    def key(self) -> str:
        """Unique by campaign, due day, step and enterprise."""
        campaign = self.line.held[0][0].campaign_id
        day = clock.day_of(self.due_at)
        place = self.line.organisation.pk
        return f"safeguard-{campaign}-{day:%Y%m%d}-{self.offset}-{place}"

    @property
    def rule(self) -> str:
        return f"safeguard{self.offset:+d}"


def occasions(
    campaign: Campaign, *, calendar: WorkCalendar, until: datetime | None = None
) -> Iterator[Occasion]:
    """Every reminder to enterprises that lack something as things stand, in order of time; those
    up to an instant, where one is given."""
    found, day = rule(campaign), due_day(campaign)
    if found is None or day is None:
        return
    steps = [
        (clock.at(calendar.add_workdays(day, offset), found.hour), offset)
        for offset in sorted(found.reminders)
    ]
    steps = [(when, offset) for when, offset in steps if until is None or when <= until]
    # Who lacks what is asked only where a step has come.
    lacking = (
        [line for line in lines(campaign, enterprises(campaign)) if line.missing] if steps else []
    )
    for when, offset in steps:
        for line in lacking:
            yield Occasion(when, line, offset, sla.day_end(day))


def totals(found: list[Line]) -> dict[str, Any]:
    """How many documents are asked for, there, and lacking."""
    asked = sum(len(line.held) for line in found)
    lacking = sum(len(line.missing) for line in found)
    return {"asked": asked, "there": asked - lacking, "lacking": lacking}
