"""Shortage in a replay: plans of the year filed, warnings, ordered use carried out and reported."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import Organisation, User
from accounts.permissions import Permission
from config.replay import plans, supply
from config.replay.script import FOLDER, instant
from core import catalogue_files, clock
from reporting.models import Activation
from reporting.queries import plans_called
from reporting.services import activations, executions

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act


def file_plan(player: Player, act: Act) -> None:
    """A unit draws its plan of the year up and brings it as far as the script says."""
    content = catalogue_files.read(FOLDER / "demo_plans.yaml")
    day = act.at.astimezone(clock.ZONE).date()
    one = {**act.details, "unit": act.organisation, "at": day}
    number = int(act.details["number"])
    year = {**content, "year": day.year}
    plans.draw_up(number, one, year, player.casework.somebody, now=act.at)


def play(player: Player, act: Act) -> None:
    """The step of an event that is due."""
    unit = Organisation.objects.get(code=act.organisation)
    by = player.casework.somebody(unit, Permission.FILING_DRAFT)
    assert by is not None
    STEPS[act.details["step"]](player, act, unit, by)


def _event(unit: Organisation) -> Activation:
    found = Activation.objects.filter(organisation=unit).order_by("-announced_at", "-pk").first()
    assert found is not None
    return found


def _warn(player: Player, act: Act, unit: Organisation, by: User) -> None:
    told = act.details
    activations.announce(
        unit,
        grade=told["grade"],
        gap_mw=Decimal(told["gap"]),
        peak_mw=Decimal(told["peak"]),
        announced_at=act.at,
        body=told["body"],
        reason=told["reason"],
        by=by,
        now=act.at,
    )


def _start(player: Player, act: Act, unit: Organisation, by: User) -> None:
    told = act.details
    activations.start(
        _event(unit),
        started_at=act.at,
        until=instant(told["until"]),
        body=told["body"],
        number=told["number"],
        by=by,
        now=act.at,
    )


def _release(player: Player, act: Act, unit: Organisation, by: User) -> None:
    told = act.details
    activations.release(
        _event(unit), released_at=act.at, body=told["body"], reason="缺口消除", by=by, now=act.at
    )


def _record(player: Player, act: Act, unit: Organisation, by: User) -> None:
    """What was carried out by the plan; where told, a feeder with residents that was cut."""
    event = _event(unit)
    assert event.started_at is not None
    day = event.started_at.astimezone(clock.ZONE).date()
    called = plans_called.rows(event).exclude(measure="拉闸")[: supply.ROWS]
    done = [supply.as_planned(one, day) for one in called]
    done = done or [supply.invented(n, day) for n in range(1, supply.ROWS + 1)]
    if act.details.get("cut"):
        done.append(supply.invented(supply.CUT, day))
    for values in done:
        executions.add(event, values=values, by=by, now=act.at)


def _report(player: Player, act: Act, unit: Organisation, by: User) -> None:
    event = _event(unit)
    lead = player.casework.somebody(unit, Permission.FILING_CERTIFY)
    activations.report(event, seen=event.revision, by=lead, now=act.at)


STEPS: dict[str, Callable[[Player, Act, Organisation, User], None]] = {
    "warn": _warn,
    "start": _start,
    "release": _release,
    "record": _record,
    "report": _report,
}
ACTS = {"ordered_use": play, "use_plan": file_plan}
