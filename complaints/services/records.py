"""A case as it is handed in, and everything that may be wrong with it."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, OrganisationName, Region
from complaints.models import Procedure, Term
from complaints.procedures import Book
from complaints.services import repairing
from complaints.services.words import Words
from complaints.workflow import DONE, Source
from core import clock, crypto, editions, one_text, workdays
from core.errors import Refused
from core.models import CalendarVersion
from core.workdays import WorkCalendar

_one_text = one_text.encoder(sort_keys=True)
INSTANTS = ("received_at", "closed_at", "interrupted_at", "arrived_at", "restored_at")
# What only a repair has; records from before these fields were known keep their digest.
REPAIR = ("interrupted_at", "arrived_at", "restored_at", "households")


MOMENT = gettext_lazy("须为带时区的 ISO 8601 时间，例如 2026-03-02T09:00:00+08:00。")


class Faulty(Refused):
    """A record with mistakes: what is wrong, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("".join(errors.values()))


@dataclass(frozen=True)
class Record:
    """A case as it is handed in. Lists by code or by a word of the day on which it was received;
    organisations and regions by code or name."""

    number: str
    received_at: datetime
    channel: str
    nature: str
    industry: str = "power"
    category: str = ""
    organisation: str = ""
    target: str = ""
    region: str = ""
    complainant_name: str = ""
    complainant_phone: str = ""
    anonymous: bool = False
    confidential: bool = False
    address: str = ""
    account_no: str = ""
    feeder: str = ""
    transformer_area: str = ""
    area_type: str = ""
    urgency: str = ""
    content: str = ""
    linked_number: str = ""
    # Where the case was handled elsewhere before it came here.
    accepted: bool | None = None
    state: str = ""
    closed_at: datetime | None = None
    outcome: str = ""
    satisfaction: str = ""
    # How a fault was repaired: without power since, on site, restored, and how many households.
    interrupted_at: datetime | None = None
    arrived_at: datetime | None = None
    restored_at: datetime | None = None
    households: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Record:
        """``Record(**values)`` for very many: one step instead of one for each field."""
        made = object.__new__(cls)
        made.__dict__.update(DEFAULTS, **values)
        if made.__dict__.keys() != NAMES:
            return cls(**values)
        return made

    def digest(self, source: str) -> str:
        """Tells a repeated message from a changed one; says nothing to whoever reads it."""
        values: dict[str, Any] = {"source": source, **vars(self)}
        for name in INSTANTS:
            if values[name] is not None:
                values[name] = values[name].astimezone(clock.ZONE).isoformat()
        for name in REPAIR:
            if values[name] is None:
                del values[name]
        content = hashlib.sha256(_one_text(values).encode()).hexdigest()
        return crypto.blind_index(content, context="case digest")


DEFAULTS = {one.name: one.default for one in fields(Record) if one.default is not MISSING}
NAMES = {one.name for one in fields(Record)}
TEXTS = [one.name for one in fields(Record) if one.type == "str"]
_texts = attrgetter(*TEXTS)
# What no database keeps in a text.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# What nobody sees: with it a number is taken for another one.
UNSEEN = re.compile("[\x01-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# Before this year nobody kept cases; dates far away cannot be reckoned with.
FIRST_YEAR, LAST_YEAR = 1990, 2200
LIMITS = {"number": 40, "feeder": 60, "transformer_area": 60, "linked_number": 40, "content": 20000}
LISTS = {
    "channel": True,
    "nature": True,
    "industry": True,
    "category": False,
    "target": False,
    "area_type": False,
    "urgency": False,
    "outcome": False,
    "satisfaction": False,
}
_said = attrgetter(*LISTS)
SOURCES = frozenset(Source.values)
# So many different sets of words are remembered, and for so many single cases.
REMEMBERED, MOST_USES = 10_000, 1_000
# Everything that a desk reads. The days of a calendar never change: others are another version.
READ = (Term, Procedure, Organisation, OrganisationName, Region, CalendarVersion)


def moment_of(text: Any) -> datetime | None:
    """An instant with its offset; None for anything else."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    # Near the ends of the calendar an instant cannot be told in every zone.
    return found if found is not None and found.tzinfo and 1900 < found.year < 9000 else None


class Desk:
    """What taking in many cases reads only once: terms, procedures, places by name."""

    def __init__(self) -> None:
        self.book = Book()
        self.words = Words()
        self._organisations: dict[tuple[str, date], Organisation | None] = {}
        self._by_code: dict[str, Organisation] = {}
        self._regions: dict[str, Region | None] = {}
        days = CalendarVersion.objects.filter(valid_from__isnull=False)
        self._changes = sorted({day for day in days.values_list("valid_from", flat=True) if day})
        self._calendars: dict[int, WorkCalendar] = {}
        self._coded: dict[tuple[Any, ...], dict[str, str]] = {}
        self._right: set[tuple[Any, ...]] = set()
        self._uses = 0

    @classmethod
    def shared(cls) -> Desk:
        """The desk that this process used before, as long as what it has read still stands; for
        single cases, of which each would read everything anew. Also used by several at once."""
        global _shared
        edition = editions.edition(*READ)
        if edition is None:
            return cls()
        # What it remembers of single messages must not grow for ever.
        if _shared is None or _shared[0] != edition or _shared[1]._uses >= MOST_USES:
            _shared = edition, cls()
        desk = _shared[1]
        desk._uses += 1
        return desk

    def calendar(self, at: datetime) -> WorkCalendar:
        """The working calendar in use on a day; read once between two changes."""
        before = bisect_right(self._changes, clock.day_of(at))
        if before not in self._calendars:
            self._calendars[before] = workdays.calendar(now=at)
        return self._calendars[before]

    def knows(self, kind: str, code: str, *, source: str, on: date) -> bool:
        """Whether a code stands in a list on a day, for a source."""
        return self.words.code(kind, code, source=source, on=on) == code

    def coded(self, record: Record, *, source: str) -> Record:
        """The record with codes for the words of its day; unknown words stay."""
        on = clock.day_of(record.received_at)
        said = _said(record)
        # Many records of a day say the same.
        found = self._coded.get((source, on, said))
        if found is None:
            found = {}
            for kind, word in zip(LISTS, said, strict=True):
                code = self.words.code(kind, word, source=source, on=on) if word else None
                if code is not None and code != word:
                    found[kind] = code
            if len(self._coded) < REMEMBERED:
                self._coded[source, on, said] = found
        return Record.of({**vars(record), **found}) if found else record

    def lists_are_right(self, record: Record, *, source: str, on: date) -> bool:
        """Whether it is known already that every list of a record in codes is as it should be."""
        return (source, on, _said(record)) in self._right

    def lists_found_right(self, record: Record, *, source: str, on: date) -> None:
        """Remember it, for the next records that say the same."""
        if len(self._right) < REMEMBERED:
            self._right.add((source, on, _said(record)))

    def organisation(self, words: str, *, on: date) -> Organisation | None:
        """The organisation with this code, or with this name on the day."""
        if (found := self._by_code.get(words)) is not None:
            return found
        key = (words, on)
        if key not in self._organisations:
            found = self._organisations[key] = find_organisation(words, on=on)
            if found is not None and found.code == words:
                # A code means the same on every day.
                self._by_code[words] = found
        return self._organisations[key]

    def region(self, words: str) -> Region | None:
        """The region with this code or name."""
        if words not in self._regions:
            self._regions[words] = find_region(words)
        return self._regions[words]


# The last shared desk, with the edition of what it read.
_shared: tuple[Any, Desk] | None = None


def find_organisation(words: str, *, on: date) -> Organisation | None:
    """By code, else by full or short name, also one that it bore on the day."""
    words = words.strip()
    if found := Organisation.objects.filter(code=words).first():
        return found
    for name in ("name", "short_name"):
        named = list(Organisation.objects.in_force().filter(**{name: words})[:2])
        if len(named) == 1:
            return named[0]
    borne = OrganisationName.objects.filter(name=words, valid_from__lte=on).order_by("-valid_from")
    former = borne.select_related("organisation").first()
    return former.organisation if former else None


def find_region(words: str) -> Region | None:
    """By code, else by name; of several with one name none."""
    words = words.strip()
    if found := Region.objects.filter(pk=words).first():
        return found
    for name in ("name", "short_name"):
        named = list(Region.objects.filter(**{name: words})[:2])
        if len(named) == 1:
            return named[0]
    return None


def problems(
    record: Record, *, source: str, owner: Organisation, desk: Desk, now: datetime
) -> dict[str, str]:
    """Everything that is wrong with a record of an owner, by field."""
    on = clock.day_of(record.received_at)
    if source not in SOURCES:
        return {"source": _("来源不正确。")}
    lists: dict[str, str] = {}
    if not desk.lists_are_right(record, source=source, on=on):
        lists = dict(_wrong_lists(record, source, desk, on))
        if not lists:
            desk.lists_found_right(record, source=source, on=on)
    return {
        **lists,
        **dict(_wrong_places(record, owner, desk, on)),
        **dict(_wrong_values(record, now)),
    }


def unusable(record: Record) -> Iterator[tuple[str, str]]:
    """What cannot even be looked at or stored; to be asked before anything else."""
    for name in INSTANTS:
        moment = getattr(record, name)
        if moment is None and name != "received_at":
            continue
        if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            yield name, _("时间不正确，或者没有时区。")
    if UNSEEN.search(record.number):
        yield "number", _("含有不能保存的字符。")
    # All at once first: hardly any record has such a character.
    if not UNSTORABLE.search("".join(_texts(record))):
        return
    for name in TEXTS:
        if UNSTORABLE.search(getattr(record, name)):
            yield name, _("含有不能保存的字符。")


def _wrong_lists(record: Record, source: str, desk: Desk, on: date) -> Iterator[tuple[str, str]]:
    for kind, required in LISTS.items():
        code = getattr(record, kind)
        if required and not code:
            yield kind, _("请填写%(label)s。") % {"label": Term.Kind(kind).label}
        elif code and not desk.knows(kind, code, source=source, on=on):
            yield (
                kind,
                _("%(label)s“%(code)s”不在当时的目录中。")
                % {
                    "label": Term.Kind(kind).label,
                    "code": code,
                },
            )


def _wrong_places(
    record: Record, owner: Organisation, desk: Desk, on: date
) -> Iterator[tuple[str, str]]:
    if record.organisation:
        unit = desk.organisation(record.organisation, on=on)
        if unit is None:
            yield "organisation", _("找不到被反映单位“%(name)s”。") % {"name": record.organisation}
        elif owner.is_company and not unit.path.startswith(owner.path):
            # What it receives about others it passes on; it does not enter it in their name.
            yield "organisation", _("供电企业只能登记反映本单位及其下属单位的诉求。")
    if record.region and desk.region(record.region) is None:
        yield "region", _("找不到地区“%(name)s”。") % {"name": record.region}


def _wrong_values(record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    if not record.number.strip():
        yield "number", _("请填写编号。")
    if record.received_at > now:
        yield "received_at", _("受理时间晚于现在。")
    for name, limit in LIMITS.items():
        if len(getattr(record, name)) > limit:
            yield name, _("内容过长（最多%(limit)d个字）。") % {"limit": limit}
    if record.closed_at is not None and not record.received_at <= record.closed_at <= now:
        yield "closed_at", _("办结时间须在受理时间之后，且不晚于现在。")
    if record.state == "closed" and record.closed_at is None:
        yield "closed_at", _("办结的诉求须有办结时间。")
    if record.closed_at is not None and record.state not in DONE:
        yield "closed_at", _("未办结的诉求不能填写办结时间。")
    if any(getattr(record, name) is not None for name in REPAIR):
        yield from repairing.wrong(record, now)
