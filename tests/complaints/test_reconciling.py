"""Days of a company's system held against ours: whatever differs is found, and nothing else."""

import hashlib
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints.models import Case, Reconciliation
from complaints.services import reconciling
from complaints.services.reconciling import Line, Sum
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.factories.memory import remembered

pytestmark = pytest.mark.django_db
DAY = date(2018, 3, 5)
NOON = at("2018-03-05 12:00")
LATER = at("2018-03-06 09:00")
UNITS = ("CSG-GD-ZQ", "CSG-GD-FS", "CSG-GD-GZ")


@pytest.fixture(autouse=True)
def next_morning():
    with clock.standing_at(LATER):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@remembered
def the_day():
    """Nine cases of three units that the company registered on the day."""
    for number in range(9):
        received(
            source="95598",
            owner="CSG-GD",
            number=f"GD-{number}",
            organisation=UNITS[number % 3],
            channel="phone_95598",
            nature="enquiry",
            category="",
            received_at=NOON,
            content=f"咨询第{number}项",
        )


def company():
    return organisation("CSG-GD")


def theirs():
    """What the company has when nothing is wrong: written out by itself, not by our code."""
    lines = []
    for case in Case.objects.filter(owner=company()).order_by("number"):
        said = "\n".join(
            [case.number, "2018-03-05T12:00:00+08:00", "phone_95598", "enquiry", "power", ""]
            + [f"咨询第{case.number[3:]}项"]
        )
        digest = hashlib.sha256(said.encode()).hexdigest()
        lines.append(Line("CSG-GD", case.number, case.organisation.code, case.state, digest))
    return lines


def sums(lines):
    found = {}
    for unit in {line.unit for line in lines}:
        rows = sorted(
            f"{one.owner} {one.number} {one.state} {one.digest}"
            for one in lines
            if one.unit == unit
        )
        found[unit] = Sum(len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def run(lines, *, detail=True, day=DAY, now=LATER):
    """Both steps of the protocol: sums, then the lines of the units that the answer asks for."""
    first = reconciling.reconcile(company(), day, units=sums(lines), now=now)
    asked = {row["unit"] for row in first.units if row["state"] == "open"}
    if not asked or not detail:
        return first
    chosen = [one for one in lines if one.unit in asked]
    return reconciling.reconcile(company(), day, units=sums(lines), lines=chosen, now=now)


def found(result):
    return sorted((one.kind, one.number) for one in result.differences.all())


def test_equal_days_are_equal_by_their_sums_alone(people):
    the_day()
    result = run(theirs())
    assert (result.state, result.here, result.there, found(result)) == ("equal", 9, 9, [])
    assert [row["here"]["count"] for row in result.units] == [3, 3, 3]
    nothing = reconciling.reconcile(company(), DAY + timedelta(days=1), units={}, now=LATER)
    assert (nothing.state, nothing.units) == ("equal", [])


def test_a_unit_that_differs_waits_for_its_lines(people):
    the_day()
    lines = [one for one in theirs() if one.number != "GD-4"]
    first = run(lines, detail=False)
    assert (first.state, found(first)) == ("open", [])
    states = {row["unit"]: row["state"] for row in first.units}
    assert states == {"CSG-GD-ZQ": "equal", "CSG-GD-FS": "open", "CSG-GD-GZ": "equal"}
    second = run(lines)
    assert (second.state, found(second)) == ("different", [("missing_there", "GD-4")])
    first.refresh_from_db()
    assert first.superseded_at == LATER
    assert list(Reconciliation.objects.latest()) == [second]


def test_a_company_that_has_nothing_needs_to_send_no_lines(people):
    the_day()
    result = reconciling.reconcile(company(), DAY, units={}, now=LATER)
    assert (result.state, result.there) == ("different", 0)
    assert found(result) == [("missing_there", f"GD-{n}") for n in range(9)]


def test_each_kind_of_difference_is_named(people):
    the_day()
    lines = {one.number: one for one in theirs()}
    del lines["GD-0"]
    lines["GD-1"] = replace(lines["GD-1"], state="closed")
    lines["GD-2"] = replace(lines["GD-2"], digest="0" * 64)
    lines["GD-3"] = replace(lines["GD-3"], unit="CSG-GD-FS")
    lines["GD-99"] = replace(lines["GD-4"], number="GD-99")
    result = run([*lines.values(), lines["GD-4"]])
    assert found(result) == [
        ("content", "GD-2"),
        ("duplicate", "GD-4"),
        ("missing_here", "GD-99"),
        ("missing_there", "GD-0"),
        ("state", "GD-1"),
        ("unit", "GD-3"),
    ]
    state = result.differences.get(kind="state")
    assert (state.here, state.there, state.case.number) == ("registered", "closed", "GD-1")


def plant(lines, chance):
    """Damage some of the lines; the truth is noted by hand at the moment of the damage."""
    kept, truth = [], []
    for line in lines:
        match chance.choice(["nothing", "nothing", "lose", "state", "content", "twice", "move"]):
            case "nothing":
                kept.append(line)
            case "lose":
                truth.append(("missing_there", line.number))
            case "state":
                kept.append(replace(line, state="archived"))
                truth.append(("state", line.number))
            case "content":
                kept.append(replace(line, digest="f" * 64))
                truth.append(("content", line.number))
            case "twice":
                kept += [line, line]
                truth.append(("duplicate", line.number))
            case "move":
                other = UNITS[(UNITS.index(line.unit) + 1) % 3]
                kept.append(replace(line, unit=other))
                truth.append(("unit", line.number))
    for extra in range(chance.randrange(3)):
        kept.append(replace(lines[extra], number=f"X-{extra}"))
        truth.append(("missing_here", f"X-{extra}"))
    chance.shuffle(kept)
    return kept, sorted(truth)


def test_every_planted_difference_is_found_and_no_other(people):
    the_day()
    lines, planted = theirs(), Counter()
    for seed in range(25):
        damaged, truth = plant(lines, random.Random(seed))
        result = run(damaged)
        assert found(result) == truth, seed
        assert (result.state == "equal") == (not truth)
        planted.update(kind for kind, _number in truth)
    assert set(planted) == {
        *("missing_here", "missing_there", "state", "content", "duplicate", "unit")
    }


def test_what_a_regulator_handed_over_belongs_to_the_day(people):
    case = received(number="12398-1", received_at=NOON)
    kept_back = received(number="12398-2", received_at=NOON)
    played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=NOON,
    )
    report = received(number="12398-3", received_at=NOON, nature="report", organisation="CSG")
    lines = reconciling.our_lines(company(), DAY)
    assert [(one.owner, one.number, one.unit) for one in lines] == [
        ("SERC-NF", "12398-1", "CSG-GD-ZQ")
    ]
    assert {kept_back.number, report.number}.isdisjoint({one.number for one in lines})
    assert reconciling.our_lines(company(), DAY + timedelta(days=1)) == []


def test_the_text_that_was_sent_counts_but_of_what_was_handed_over_the_masked_one(people):
    case = received(received_at=NOON, content="请回电13800001234")
    head = f"{case.number}\n2018-03-05T12:00:00+08:00\nphone\ncomplaint\npower\nsupply_service\n"
    sent = hashlib.sha256(f"{head}请回电13800001234".encode()).hexdigest()
    assert reconciling.content_digest(case, organisation("SERC-NF")) == sent
    read = hashlib.sha256(f"{head}请回电138****1234".encode()).hexdigest()
    assert reconciling.content_digest(case, company()) == read


def test_the_pages_show_days_units_and_each_case(as_, people):
    the_day()
    lines = [replace(one, state="closed") if one.number == "GD-1" else one for one in theirs()]
    result = run([one for one in lines if one.number != "GD-0"])
    url = reverse("complaints:reconciliation", args=[result.pk])
    list_url = reverse("complaints:reconciliations")
    for person in (people.desk, people.officer):
        client = as_(person)
        shown = client.get(list_url, {"view": "unequal", "since": "2018-03-05"}).content.decode()
        assert url in shown
        shown = client.get(url).content.decode()
        for words in ("状态不同", "企业缺失", ">GD-1<", ">GD-0<", "已登记", "已办结"):
            assert words in shown
        narrowed = client.get(url, {"unit": "CSG-GD-ZQ"}).content.decode()
        assert (">GD-0<" in narrowed, ">GD-1<" in narrowed) == (True, False)
        narrowed = client.get(url, {"kind": "state"}).content.decode()
        assert (">GD-0<" in narrowed, ">GD-1<" in narrowed) == (False, True)
    assert url not in client.get(list_url, {"until": "2018-03-04"}).content.decode()
    assert url not in client.get(list_url, {"organisation": "云南"}).content.decode()
    stranger = as_(people.stranger)
    assert stranger.get(url).status_code == 404
    assert "还没有对账" in stranger.get(list_url).content.decode()
