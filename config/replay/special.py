"""The demo's special groups of one county: consent, helpers, checks and visits. Invented people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from grids import special_terms as terms
from grids.models import GovernmentGrid, GridMember, PowerGrid, SpecialHousehold
from grids.queries import special as queries
from grids.services import special, special_care, special_consent
from grids.services.special import Agreed, Particulars

Somebody = Callable[[Organisation, Permission], User | None]
UNIT, STATION = "CSG-GD-ZQ-SH", "CSG-GD-ZQ-SH-01"
TOWN = "广东省四会市东城街道"


@dataclass(frozen=True)
class Home:
    """A household: entered how many days before the demo's first, and how it went on."""

    kind: str
    name: str
    address: str
    ago: int
    grid: str = "SH-01"
    guardian: str = ""
    needs: str = ""
    shared: bool = True
    helped: bool = True
    # Result of the first check: "" for none yet.
    found: str = ""
    checked: bool = True
    left: str = ""


HOMES = (
    Home("lonely", "梁阿满", f"{TOWN}光明路31号", 160, needs="听力差，上门前由邻居转告"),
    Home("five_guarantees", "谢广福", f"{TOWN}清平路9号", 150, found="漏电保护器失灵，已更换"),
    Home("left_child", "欧阳小禾", f"{TOWN}光明路50号", 120, guardian="欧阳伯庸"),
    Home("alone", "陆桂香", f"{TOWN}南街17号", 100, "SH-02", shared=False, helped=False),
    Home("disabled", "伍志坚", f"{TOWN}南街22号", 70, "SH-02", shared=False, checked=False),
    Home("life_support", "冼秀莲", f"{TOWN}清平路33号", 20, needs="使用制氧机，停电须提前告知"),
    Home("lonely", "麦水根", f"{TOWN}光明路72号", 140, left="moved"),
    Home("lonely", "邝大年", f"{TOWN}清平路61号", 130, left="withdrawn"),
)


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Enter the households, each on its own day, and let the past go by; through the services."""
    unit = Organisation.objects.get(code=UNIT)
    by = somebody(unit, Permission.SPECIAL_KEEP)
    grids = {one.code: one for one in PowerGrid.objects.filter(enterprise=unit)}
    helpers = list(GridMember.objects.filter(organisation__code=STATION).order_by("pk"))
    if by is None or not grids or not helpers:
        return
    for place, home in enumerate(HOMES):
        _enter(home, grids[home.grid], helpers[place % len(helpers)], by, until)
    with clock.standing_at(until):
        near = [one for one in queries.holidays(now=until) if one.first > until.date()]
        for one in near[:1]:
            special_care.plan_visits(holiday=one.name, year=one.year, by=by, now=until)


def _enter(home: Home, grid: PowerGrid, helper: GridMember, by: User, until: datetime) -> None:
    now = until - timedelta(days=home.ago)
    giver = "guardian" if home.guardian else "self"
    with clock.standing_at(now):
        made = special_care.enter(
            kind=home.kind,
            grid=grid,
            government_grid=_government(grid) if home.shared else None,
            person=Particulars(
                name=home.name,
                address=home.address,
                guardian=home.guardian,
                guardian_phone="13800000009" if home.guardian else "",
                phone="" if home.guardian else "13800000008",
                needs=home.needs,
            ),
            agreed=Agreed(giver, now.date(), "written", home.shared),
            by=by,
            now=now,
        )
        if home.helped:
            special_care.help(
                made,
                helper=helper,
                role="main",
                valid_from=now.date(),
                task="每月上门一次，停电前电话告知",
                by=by,
                now=now,
            )
    if home.checked and home.ago > 30:
        _check(made, home, by, now + timedelta(days=25))
    later = now + timedelta(days=60)
    with clock.standing_at(later):
        if home.left == "withdrawn":
            given = {"withdrawn_by": "self", "withdrawn_on": later.date()}
            special_consent.withdraw(made, **given, by=by, now=later)
        elif home.left:
            special_consent.end(made, reason=home.left, ended_on=later.date(), by=by, now=later)
        elif home.needs and home.ago > 100:
            special.reveal(made, purpose="service", words="上门检修前联系", by=by, now=later)


def _government(grid: PowerGrid) -> GovernmentGrid | None:
    """The government grid of the place: one with an officer, where there is one."""
    paired = GovernmentGrid.objects.filter(pairings__power_grid=grid).order_by("pk")
    return paired.filter(assignments__post="officer").first() or paired.first()


def _check(made: SpecialHousehold, home: Home, by: User, now: datetime) -> None:
    items = {one.code: "fit" for one in terms.terms("items", on=now.date())}
    if home.found:
        items["breaker"] = "bad"
    with clock.standing_at(now):
        special_care.check(
            made, done_on=now.date(), results=items, finding=home.found, by=by, now=now
        )
