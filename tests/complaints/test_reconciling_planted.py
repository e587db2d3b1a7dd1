"""Days of a company's book that was damaged in every way: all of it is named, and nothing else.

The company keeps its book by itself: rows with a time, a state, a unit and a text, cut into days
and summed here as the integrator's guide says. No line, day or digest comes from our code.
"""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from complaints.models import Case, Reconciliation
from complaints.services import reconciling
from complaints.services.reconciling import Line, Sum
from core import clock
from core.clock import ZONE
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received
from tests.factories.memory import remembered

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2018, 3, 5), date(2018, 3, 6)
LATER = at("2018-03-07 09:00")
UNITS = ("CSG-GD-ZQ", "CSG-GD-FS", "CSG-GD-GZ")
# Both ends of both days, and their middle.
TIMES = ("00:00", "00:01", "09:30", "12:00", "23:58", "23:59")
DAYS = {MONDAY: "2018-03-05", TUESDAY: "2018-03-06"}


@dataclass(frozen=True)
class Row:
    """A case in the company's book."""

    number: str
    when: datetime
    unit: str
    category: str
    text: str
    state: str = "registered"

    def line(self):
        said = (self.number, self.when.isoformat(), "phone_95598", "enquiry", "power")
        content = "\n".join([*said, self.category, self.text])
        return Line("CSG-GD", self.number, self.unit, self.state, sha(content))


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def the_book():
    return [
        Row(f"{day[-1]}-{n}", at(f"{day} {hour}"), UNITS[n % 3], "", f"第{day[-1]}天咨询{n}")
        for day in DAYS.values()
        for n, hour in enumerate(TIMES)
    ]


@remembered
def both_have_it():
    """Two days of six cases, one of which a regulator's office registered and must not matter."""
    for row in the_book():
        received(
            source="95598",
            owner="CSG-GD",
            number=row.number,
            received_at=row.when,
            organisation=row.unit,
            channel="phone_95598",
            nature="enquiry",
            category="",
            content=row.text,
        )
    received(number="12398-9", received_at=at("2018-03-05 12:00"))


@pytest.fixture(autouse=True)
def two_days_on(people):
    with clock.standing_at(LATER):
        both_have_it()
        yield


def sums(lines):
    found = {}
    for unit in {one.unit for one in lines}:
        rows = [one for one in lines if one.unit == unit]
        said = sorted(f"{one.owner} {one.number} {one.state} {one.digest}" for one in rows)
        found[unit] = Sum(len(rows), sha("\n".join(said)))
    return found


def compare(book, day, *, only=None):
    """Sums first, then the lines of the units that are asked for (or of ``only``)."""
    place = organisation("CSG-GD")
    lines = [row.line() for row in book if row.when.date() == day]
    said = sums(lines)
    first = reconciling.reconcile(place, day, units=said, now=LATER)
    asked = {row["unit"] for row in first.units if row["state"] == "open"}
    chosen = [one for one in lines if one.unit in asked and (only is None or one.unit in only)]
    if not chosen:
        return first
    return reconciling.reconcile(place, day, units=said, lines=chosen, now=LATER)


def named(run):
    return sorted(run.differences.values_list("kind", "number"))


def with_(book, number, **changes):
    return [replace(row, **changes) if row.number == number else row for row in book]


def on(text):
    return datetime.strptime(f"2018-03-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)


ONE = {
    "missing there": (lambda book: [r for r in book if r.number != "5-2"], "missing_there", "5-2"),
    "missing here": (
        lambda book: [*book, replace(book[0], number="5-77")],
        "missing_here",
        "5-77",
    ),
    "other state": (lambda book: with_(book, "5-1", state="closed"), "state", "5-1"),
    "a second later": (lambda book: with_(book, "5-3", when=on("05 12:00:01")), "content", "5-3"),
    "still the same day": (
        lambda book: with_(book, "5-5", when=on("05 23:59:59")),
        "content",
        "5-5",
    ),
    "other words": (lambda book: with_(book, "5-4", text="另一件事"), "content", "5-4"),
    "other category": (lambda book: with_(book, "5-4", category="outage"), "content", "5-4"),
    "double": (lambda book: [*book, book[3]], "duplicate", "5-3"),
    "double, then changed": (
        lambda book: [replace(book[3], state="closed", text="改"), *book],
        "duplicate",
        "5-3",
    ),
    "double in another unit": (
        lambda book: [replace(book[3], unit=UNITS[1]), *book],
        "duplicate",
        "5-3",
    ),
    "other unit": (lambda book: with_(book, "5-2", unit=UNITS[0]), "unit", "5-2"),
    "unit that we do not know": (lambda book: with_(book, "5-2", unit="X-1"), "unit", "5-2"),
}


def test_one_damage_is_one_difference_with_its_name():
    for name, (damage, kind, number) in ONE.items():
        book = damage(the_book())
        assert named(compare(book, MONDAY)) == [(kind, number)], name
        assert compare(book, TUESDAY).state == "equal", name


def test_the_same_count_with_other_cases_is_not_equal():
    book = [row for row in the_book() if row.number != "5-0"]
    book.append(replace(the_book()[0], number="5-78"))
    run = compare(book, MONDAY)
    assert (run.here, run.there, run.state) == (6, 6, "different")
    assert named(run) == [("missing_here", "5-78"), ("missing_there", "5-0")]


def test_a_case_of_midnight_is_told_to_stand_on_another_day():
    """23:59:00 here, 00:00:00 of the next day there; sending it again would not mend it."""
    book = with_(the_book(), "5-5", when=on("06 00:00:00"))
    assert named(compare(book, MONDAY)) == [("missing_there", "5-5")]
    run = compare(book, TUESDAY)
    assert named(run) == [("day", "5-5")]
    told = run.differences.get()
    assert (told.here, told.there, told.case.number) == ("2018-03-05", "2018-03-06", "5-5")


def test_what_the_company_must_not_know_stays_missing_here():
    """A report about the company is not found out by asking for its number."""
    received(number="5-88", nature="report", organisation="CSG-GD", received_at=on("04 12:00:00"))
    lines = [replace(the_book()[0].line(), owner="SERC-NF", number="5-88")]
    lines += [row.line() for row in the_book() if row.when.date() == MONDAY]
    run = reconciling.reconcile(
        organisation("CSG-GD"), MONDAY, units=sums(lines), lines=lines, now=LATER
    )
    assert named(run) == [("missing_here", "5-88")]
    assert run.differences.get().case is None


def test_nothing_is_called_missing_while_a_unit_is_not_laid_open():
    book = with_(the_book(), "5-2", unit=UNITS[0])
    waiting = compare(book, MONDAY, only={UNITS[0]})
    assert (waiting.state, named(waiting)) == ("open", [])
    assert named(compare(book, MONDAY)) == [("unit", "5-2")]


def elsewhere(row):
    return TUESDAY if row.when.date() == MONDAY else MONDAY


def next_unit(row):
    return UNITS[(UNITS.index(row.unit) + 1) % 3]


# What becomes of a row, and what must then be named of its own day.
DAMAGES = {
    "lose": (lambda row: [], ["missing_there"]),
    "state": (lambda row: [replace(row, state="closed")], ["state"]),
    "time": (lambda row: [replace(row, when=row.when + timedelta(seconds=59))], ["content"]),
    "text": (lambda row: [replace(row, text=f"{row.text}。")], ["content"]),
    "twice": (lambda row: [row, row], ["duplicate"]),
    "twice, changed": (lambda row: [replace(row, text="改"), row], ["duplicate"]),
    "twice, elsewhere": (lambda row: [replace(row, unit=next_unit(row)), row], ["duplicate"]),
    "unit": (lambda row: [replace(row, unit=next_unit(row))], ["unit"]),
    "day": (
        lambda row: [replace(row, when=row.when.replace(day=elsewhere(row).day))],
        ["missing_there"],
    ),
    "both": (lambda row: [replace(row, state="replied", text="两处")], ["content", "state"]),
}


def damaged(book, chance):
    """Damage some rows; what must be named of each day is noted at the moment of the damage."""
    kept, truth = [], {MONDAY: [], TUESDAY: []}
    for row in book:
        if chance.random() < 0.4:
            kept.append(row)
            continue
        name = chance.choice(list(DAMAGES))
        damage, kinds = DAMAGES[name]
        kept += damage(row)
        truth[row.when.date()] += [(kind, row.number) for kind in kinds]
        if name == "day":
            truth[elsewhere(row)].append(("day", row.number))
    for extra in range(chance.randrange(3)):
        row = replace(chance.choice(book), number=f"X-{extra}")
        kept.append(row)
        truth[row.when.date()].append(("missing_here", row.number))
    chance.shuffle(kept)
    return kept, truth


def test_of_generated_days_every_planted_difference_is_found_and_no_other():
    planted = Counter()
    for seed in range(12):
        book, truth = damaged(the_book(), random.Random(seed))
        for day in DAYS:
            run = compare(book, day)
            assert named(run) == sorted(truth[day]), (seed, day)
            assert (run.state == "equal") == (not truth[day])
            planted.update(kind for kind, _number in truth[day])
    assert set(planted) == set(reconciling.Kind.values)
    # A result for each day stands; nothing was done to the cases themselves.
    assert Reconciliation.objects.latest().count() == 2
    assert {case.state for case in Case.objects.filter(owner__code="CSG-GD")} == {"registered"}
