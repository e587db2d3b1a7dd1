"""What ``verify`` says of cases that were tampered with."""

import pytest

from complaints import invariants
from complaints.models import Case, CaseEvent, Procedure
from complaints.registrations import cases as find_cases
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
ALL = (
    invariants.earliest_deadline,
    invariants.timelines_whole,
    invariants.done_is_silent,
    invariants.reports_kept_apart,
    invariants.procedures_unchanged,
)


@pytest.fixture
def case(people):
    report = received(received_at=MONDAY, nature="report", number="R")
    played(report, ("accept", people.officer, {}), start=MONDAY)
    return played(
        received(received_at=MONDAY),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )


def tampered_procedure():
    procedure = Procedure.objects.get(code="12398-2017")
    procedure.definition["clocks"][0]["allowance"]["value"] = 70
    procedure.save()


def test_what_services_made_is_sound(case):
    assert [problem for invariant in ALL for problem in invariant()] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda case: case.update(due_at=MONDAY), "最近时限"),
        (lambda case: case.update(due_at=None), "最近时限"),
        (lambda case: case.update(state="refused"), "仍在计时"),
        (lambda case: CaseEvent.objects.filter(sequence=2).delete(), "不连续"),
        (lambda case: case.update(nature="report"), "被举报单位承办"),
        (lambda case: tampered_procedure(), "12398-2017"),
    ],
)
def test_tampering_is_told(case, change, problem):
    change(Case.objects.filter(pk=case.pk))
    told = [one for invariant in ALL for one in invariant()]
    assert any(problem in one for one in told), told


def test_the_global_search_finds_what_is_in_sight(case, people):
    (own,) = find_cases(people.handler, "停电")
    assert (own.title, case.content[:20] in own.detail) == (case.number, True)
    assert {found.title for found in find_cases(people.officer, "停电")} == {case.number, "R"}
    assert list(find_cases(people.stranger, "停电")) == []
