"""From where a problem enters the rectification ledger with one press, and which do so by rule.

The ledger knows nothing of circulars, leads or indicators: apps above register a finder for what
they keep, as news travels up only. Source: campaign plan 三(六)1, 五(四) (S1-3.3.6(1)b, S1-5.4c).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import rectification_presenting, rules
from campaign.models import RectificationItem, RuleSheet
from campaign.services.rectification import open_refusal, supervisor_of
from complaints.models import Case
from core import catalogue_files, clock

RULES = Path(__file__).parent / "catalogue" / "rectification" / "sources.yaml"
# Between the source and the unit in the key of an item: one item per source and unit.
OF = "@"


@dataclass(frozen=True)
class Origin:
    """A problem of one unit as its source tells it, without anybody's particulars."""

    # Which finder knows it, and by what.
    name: str
    key: str
    # As which source it counts (``RectificationItem.Source``).
    kind: str
    unit: Organisation
    # What it is called for those who may see it.
    label: str
    url: str
    # What the unit reads in the ledger; empty where it must not learn of the source.
    ref: str
    problem: str = ""
    requirement: str = ""
    basis: str = ""
    feeder: str = ""
    transformer_area: str = ""
    due_on: date | None = None
    articles: tuple[str, ...] = ()
    # Whose complainants no word of the item may name.
    cases: tuple[Case, ...] = ()
    # The rule that may enter it; empty where only a person does.
    rule: str = ""
    # Why it is no problem of the ledger, or not yet.
    why_not: str = ""

    @property
    def source_key(self) -> str:
        return f"{self.name}:{self.key}{OF}{self.unit.code}"

    @property
    def enter_url(self) -> str:
        return reverse("campaign:rectification_enter", args=[self.name, self.key])


# ``finder(key, user)``: what stands behind a key, if the user may see it; without a user, for the
# system.
Finder = Callable[[str, User | None], Origin | None]
_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Let the ledger ask for what may become an item."""
    _finders[name] = finder


def find(name: str, key: str, user: User | None) -> Origin | None:
    finder = _finders.get(name)
    return finder(key, user) if finder else None


def number(key: str) -> int | None:
    """A key that is the number of a record; None where it is not."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 10 else None


def standing(origin: Origin) -> RectificationItem | None:
    """The item that the source became."""
    return RectificationItem.objects.filter(source_key=origin.source_key).first()


def of_item(item: RectificationItem, user: User) -> Origin | None:
    """What an item came from, for whoever may see that too."""
    name, _colon, rest = item.source_key.partition(":")
    key, at, _unit = rest.rpartition(OF)
    return find(name, key, user) if at else None


def supervised_unit(unit: Organisation | None) -> Organisation | None:
    """Who puts right what a unit did: a company; for a supply station the one it belongs to."""
    if unit is None or not unit.is_company:
        return None
    station = unit.kind == Organisation.Kind.SUPPLY_STATION
    return (unit.get_parent() or unit) if station else unit


# -- on the page of the source ---------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """What the page of a source shows of the ledger: its item, or the way in."""

    origin: Origin
    item: RectificationItem | None
    lamp: str = ""
    word: str = ""


def entry(origin: Origin | None, user: User, *, now: datetime) -> Entry | None:
    """None where there is neither an item in sight nor a right to enter one."""
    found = entries([origin] if origin else [], user, now=now)
    return found[0] if found else None


def entries(origins: Iterable[Origin], user: User, *, now: datetime) -> list[Entry]:
    """What a page shows of the ledger, problem by problem."""
    listed = list(origins)
    rows = RectificationItem.objects.filter(source_key__in={one.source_key for one in listed})
    items = {one.source_key: one for one in rows} if listed else {}
    seen = set(rows.visible_to(user).values_list("pk", flat=True)) if items else set()
    units = {one.unit.pk: one.unit for one in listed if one.source_key not in items}
    barred = {pk: unit_refusal(unit, by=user, now=now) for pk, unit in units.items()}
    found = []
    for one in listed:
        if (item := items.get(one.source_key)) is not None:
            if item.pk in seen:
                found.append(Entry(one, item, *rectification_presenting.shown(item, now=now)))
        elif not one.why_not and not barred[one.unit.pk]:
            found.append(Entry(one, None))
    return found


def refusal(origin: Origin, *, by: User, now: datetime) -> str:
    """Why the person may not enter it; empty when they may."""
    return origin.why_not or unit_refusal(origin.unit, by=by, now=now)


def unit_refusal(unit: Organisation, *, by: User, now: datetime) -> str:
    """Why the person may not enter problems of a unit; empty when they may."""
    if not by.can(Permission.RECTIFICATION_MANAGE):
        return _("由具有“%(permission)s”权限的人员列入台账。") % {
            "permission": Permission.RECTIFICATION_MANAGE.label
        }
    return open_refusal(supervisor_of(unit, None, on=clock.day_of(now)), None, by=by)


# -- by rule ---------------------------------------------------------------------------------------


@cache
def _editions() -> tuple[dict[str, Any], ...]:
    return tuple(catalogue_files.read(RULES))


def _default(rule: str, on: date) -> bool:
    edition = catalogue_files.in_force(_editions(), on=on)
    return bool(edition and edition["automatic"].get(rule))


def automatic(rule: str, office: Organisation, *, on: date) -> bool:
    """Whether a source enters by itself: as the office laid down, else as the catalogue says."""
    key = rules.AUTOMATIC + rule
    sheet = rules.sheet(key, office, on=on)
    return bool(sheet.values[key]) if sheet else _default(rule, on)


def anywhere(rule: str, *, on: date) -> bool:
    """Whether any office has it so: asked first, where many records pass."""
    said = RuleSheet.objects.filter(valid_from__lte=on, **{f"values__{rules.AUTOMATIC}{rule}": 1})
    return _default(rule, on) or said.exists()
