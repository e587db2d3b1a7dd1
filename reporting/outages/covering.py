"""Which notice covers a call, and why another does not; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from reporting.outages.calls import Call, Near, Notice, Settings, akin

# So many notices near a lead are shown with why they do not cover it.
NEAREST = 3


def covering(calls: Sequence[Call], notices: Sequence[Notice], settings: Settings) -> int | None:
    """The notice that covers most of these calls; None where none does."""
    book = Book(notices, settings)
    found = Counter(one.key for call in calls for one in book.covering(call))
    return found.most_common(1)[0][0] if found else None


def covered_keys(calls: list[Call], book: Book, settings: Settings) -> set[int]:
    """Keys of calls that a notice covers.

    Who names line or transformer area is judged by it, together with the neighbours of the same
    transformer area; who gives only a street goes with those of the street who say more, and only
    where there are none by the street's name in the notice.
    """
    strong = [call for call in calls if call.area or call.feeder]
    covered = {call.key for call in strong if book.covers(call)}
    covered |= _beside(strong, covered, settings)
    streets: dict[str, list[Call]] = defaultdict(list)
    for call in strong:
        streets[call.street].append(call)
    for call in calls:
        if call.area or call.feeder or not call.street:
            continue
        near = [
            one
            for one in streets[call.street]
            if akin(one.unit, call.unit) and abs(one.at - call.at) <= settings.gap
        ]
        told = sum(1 if one.key in covered else -1 for one in near)
        if told > 0 or (not told and book.covers(call)):
            covered.add(call.key)
    return covered


def _beside(calls: list[Call], covered: set[int], settings: Settings) -> set[int]:
    """Calls of a transformer area close to a covered one of the same."""
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for call in calls:
        if call.key in covered and call.area:
            times[call.unit, call.area].append(call.at)
    return {
        call.key
        for call in calls
        if call.area
        and any(abs(at - call.at) <= settings.gap for at in times.get((call.unit, call.area), ()))
    }


class Book:
    """The notices of a unit, to be asked whether one covers a call."""

    def __init__(self, notices: Sequence[Notice], settings: Settings) -> None:
        self.settings = settings
        # By day, so that a year of notices is not walked through for every call.
        self._by_day: dict[int, list[Notice]] = defaultdict(list)
        for one in notices:
            begin, end = one.start - settings.before, one.end + settings.after
            for day in range(_day(begin) - 1, _day(end) + 2):
                self._by_day[day].append(one)

    def covers(self, call: Call) -> bool:
        return any(True for _one in self.covering(call))

    def covering(self, call: Call) -> Iterator[Notice]:
        near = self._by_day.get(_day(call.at), ())
        return (one for one in near if not self.why_not(one, call))

    def why_not(self, one: Notice, call: Call) -> str:
        """Why a notice does not cover a call; empty: it does."""
        if not _same_place(one, call):
            return "place"
        if one.cancelled:
            return "cancelled"
        if not one.start - self.settings.before <= call.at <= one.end + self.settings.after:
            return "time"
        if one.published_at is None:
            return "unpublished"
        if one.fault:
            return "late" if one.published_at > one.start + self.settings.fault else ""
        # What could be foreseen is told of before it begins, or nobody was told.
        return "late" if one.published_at > min(call.at, one.start) else ""

    def nearest(self, event: Sequence[Call]) -> tuple[Near, ...]:
        """The notices that come nearest: those of the place first, then those of the time."""
        found: dict[int, tuple[int, timedelta, str]] = {}
        order = {"late": 0, "unpublished": 0, "cancelled": 0, "time": 1, "place": 2}
        for call in event:
            for one in self._by_day.get(_day(call.at), ()):
                why = self.why_not(one, call)
                if not why:
                    continue
                rank = (order[why], abs(one.start - call.at), why)
                found[one.key] = min(found.get(one.key, rank), rank)
        ranked = sorted(found.items(), key=lambda item: (item[1][0], item[1][1], item[0]))
        return tuple(Near(key, why) for key, (_rank, _apart, why) in ranked[:NEAREST])


def _day(moment: datetime) -> int:
    return moment.date().toordinal()


def _same_place(one: Notice, call: Call) -> bool:
    """Whether a notice speaks of where the call comes from, as far as either says."""
    if not akin(one.unit, call.unit):
        return False
    if call.area and one.areas:
        return call.area in one.areas
    if call.feeder and one.lines:
        return call.feeder in one.lines
    return bool(call.street and call.street in one.text)
