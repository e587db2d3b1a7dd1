"""The ledger of a replay: items opened over the year, and what is done about each in its time.

Each evening every unfinished item that has come to its next move makes it; how long a move waits,
and which items are late, sent back or opened again, is drawn by the item, the same for a seed.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.models import RectificationItem
from campaign.people import people_of
from campaign.rectification_workflow import UNFINISHED, ItemState
from campaign.services import rectification
from campaign.services import rectification_checks as checks
from campaign.services import rectification_moves as moves
from config.replay import rounds
from config.replay.rectification import PAPER
from core import clock

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act

SOURCES = ("case", "self_inspection", "outage", "bulletin", "indicator")
# How likely an item is late, is sent back once, does not last, or is left until it is enforced.
LATE, RETURNED, RELAPSED = 0.15, 0.15, 0.08
STUBBORN = "stubborn"
# Days that a stubborn item is behind its day.
BEHIND = 75


@dataclass(frozen=True)
class Life:
    """How an item goes on: days after what went before."""

    plan: int
    progress: int
    ahead: int
    verify: int
    close: int
    returned: bool
    relapsed: bool

    @classmethod
    def of(cls, seed: int, item: RectificationItem) -> Life:
        rng = random.Random(f"{seed}/ledger/{item.number}")
        stubborn = item.source_key.endswith(STUBBORN)
        late = rng.random() < LATE
        return cls(
            plan=rng.randint(1, 5),
            progress=rng.randint(6, 12),
            ahead=-BEHIND if stubborn else rng.randint(-12, -3) if late else rng.randint(1, 6),
            verify=rng.randint(2, 6),
            close=rng.randint(1, 4),
            returned=rng.random() < RETURNED,
            relapsed=rng.random() < RELAPSED,
        )


def paper(item: RectificationItem) -> IO[bytes]:
    """Evidence of its own for each item."""
    content = io.BytesIO(PAPER + f"% {item.number}\n".encode())
    content.name = "整改佐证.pdf"
    return content


# -- opening ---------------------------------------------------------------------------------------


def enter(player: Player, act: Act) -> None:
    """Open the item that the script names."""
    told = act.details
    rectification.open_item(
        campaign=player.running,
        source_kind=told["source"],
        source_ref=told["ref"],
        source_key=f"replay:{act.subject}" + (f":{STUBBORN}" if told.get(STUBBORN) else ""),
        unit=Organisation.objects.get(code=act.organisation),
        problem=told["problem"],
        requirement=told["requirement"],
        due_on=told["due"],
        by=None,
        now=act.at,
    )


def enter_some(player: Player, *, now: datetime) -> None:
    """Problems of a day, out of complaints and the like; the scale says how many."""
    day = now.astimezone(clock.ZONE).date()
    if player.campaign is None or day.weekday() > 4 or not player.scale.ledger_from <= day:
        return
    rng = random.Random(f"{player.seed}/opened/{day}")
    known, units = rounds.problems(), player.units
    for number in range(player.scale.opened_on(day)):
        problem, unit = rng.choice(known), rng.choice(units)
        source = rng.choice(SOURCES)
        rectification.open_item(
            campaign=player.campaign,
            source_kind=source,
            source_ref=f"{day:%Y%m%d}-{number + 1:02}",
            source_key=f"replay:{day:%Y%m%d}-{number + 1}",
            unit=unit,
            problem=problem["problem"],
            requirement=problem["requirement"],
            due_on=day + timedelta(days=problem["days"]),
            by=None,
            now=now,
        )


# -- going on --------------------------------------------------------------------------------------


def evening(player: Player, *, now: datetime) -> None:
    """Every item makes the move that it has come to; at weekends nobody works on them."""
    if now.astimezone(clock.ZONE).weekday() > 4:
        return
    enter_some(player, now=now)
    related = ("unit", "regulator", "responsible_person")
    found = RectificationItem.objects.filter(state__in=UNFINISHED).select_related(*related)
    for item in found.order_by("number"):
        _Turn(player, item, now).take()
    over = RectificationItem.objects.filter(
        state=ItemState.CLOSED, looked_back_at__isnull=True, look_back_due_at__lte=now + WEEK
    )
    for item in over.select_related(*related).order_by("number"):
        _Turn(player, item, now).look_back()


WEEK = timedelta(days=7)


class _Turn:
    """One item on one evening."""

    def __init__(self, player: Player, item: RectificationItem, now: datetime) -> None:
        self.player, self.item, self.now = player, item, now
        self.life = Life.of(player.seed, item)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(clock.ZONE).date()

    @cached_property
    def person(self) -> User | None:
        """Who answers for it in the unit; nobody where the unit has no people."""
        found = people_of(self.item.unit, Permission.RECTIFICATION_HANDLE, on=self.today)
        return min(found, key=lambda one: one.username, default=None)

    def checker(self, besides: set[int | None] | None = None) -> User:
        return self.player.someone(self.item.regulator.code, "regulator_officer", besides=besides)

    def since(self, at: datetime | None) -> int:
        assert at is not None
        return (self.today - at.astimezone(clock.ZONE).date()).days

    def take(self) -> None:
        if move := STEPS.get(self.item.state):
            move(self)

    def plan(self) -> None:
        # An item of a unit without people stays open, and so never comes to a later move.
        if self.since(self.item.opened_at) >= self.life.plan and (person := self.person):
            moves.plan(
                item=self.item,
                measure=f"{self.item.requirement or '逐项整改'}，责任到人，按周通报。",
                responsible_unit=self.item.unit,
                responsible_person=person,
                by=person,
                now=self.now,
            )

    def work(self) -> None:
        """Half-way told, then reported some days before its day, or after it."""
        due = self.item.due_at.astimezone(clock.ZONE).date()
        again = self.item.return_count or self.item.reopen_count
        ahead = min(self.life.ahead, 1) if again else self.life.ahead
        if self.today >= due - timedelta(days=ahead):
            self.tell(
                moves.report_done, text="整改完成，佐证材料附后。", uploads=[paper(self.item)]
            )
        elif not self.item.percent and self.since(self.item.opened_at) >= self.life.progress:
            self.tell(moves.progress, text="已完成一半，其余按计划推进。", percent=50)

    def tell(self, move: Callable[..., Any], **told: Any) -> None:
        move(item=self.item, by=self.person, now=self.now, **told)

    def verify(self) -> None:
        if self.since(self.item.reported_at) < self.life.verify:
            return
        told: dict[str, Any] = {"item": self.item, "by": self.checker(), "now": self.now}
        if self.life.returned and not self.item.return_count:
            later = self.today + timedelta(days=15)
            checks.send_back(text="佐证材料不全，整改不彻底。", due_on=later, **told)
        else:
            checks.verify(text="现场抽查，整改到位。", **told)

    def close(self) -> None:
        if self.since(self.item.verified_at) >= self.life.close:
            by = self.checker({self.item.verified_by_id})
            checks.close(item=self.item, text="", by=by, now=self.now)

    def look_back(self) -> None:
        relapsed = self.life.relapsed and not self.item.reopen_count
        later = self.today + timedelta(days=30) if relapsed else None
        words = "问题反弹，重新整改。" if relapsed else "整改成果保持，未见反弹。"
        checks.look_back(
            item=self.item,
            kept=not relapsed,
            text=words,
            due_on=later,
            by=self.checker({self.item.closed_by_id}),
            now=self.now,
        )


STEPS: dict[str, Callable[[_Turn], None]] = {
    ItemState.OPEN: _Turn.plan,
    ItemState.WORKING: _Turn.work,
    ItemState.REPORTED: _Turn.verify,
    ItemState.VERIFIED: _Turn.close,
}
ACTS = {"enter_item": enter}
