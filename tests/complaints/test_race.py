"""Two people press at the same moment: one wins, the other is told."""

import threading

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case
from complaints.workflow import State
from core import clock
from core.errors import Refused
from tests.factories.accounts import organisation
from tests.factories.complaints import (
    at,
    company_lead,
    handler,
    played,
    received,
    record,
    regulator_lead,
    regulator_officer,
)

MONDAY = at("2018-03-05 09:00")


def together(*jobs):
    """Run every job in a thread of its own, all at once; what each gave or raised."""
    barrier, found = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            barrier.wait(timeout=120)
            found[place] = job()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_one_stands_and_the_other_is_refused(catalogues):
    officer, lead = regulator_officer(), regulator_lead()
    case = received(received_at=MONDAY)
    refusal = {"ground": "court", "text": "法院已受理"}
    found = together(
        lambda: services.act(case, "accept", by=officer, now=MONDAY),
        lambda: services.act(case, "refuse", by=lead, now=MONDAY, **refusal),
    )
    lost = [one for one in found if isinstance(one, Exception)]
    assert len(lost) == 1, found
    assert isinstance(lost[0], Refused)
    assert not isinstance(lost[0], OperationalError)
    case = Case.objects.get(pk=case.pk)
    assert case.state in ("accepted", "refused")
    assert [event.sequence for event in case.events.all()] == [1, 2]
    assert case.clocks.get(code="decide").state == "met"


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_four_times_at_once_makes_one_case(catalogues):
    owner = organisation("SERC-NF")
    made = record("A1", received_at=MONDAY)

    def send():
        return services.receive(made, source="12398", owner=owner, by=None, now=MONDAY)

    found = together(send, send, send, send)
    assert not [one for one in found if isinstance(one, Exception)], found
    assert sorted(new for _case, new in found) == [False, False, False, True]
    assert Case.objects.count() == 1


def standing(state):
    """A complaint of 2018 in a state, with those who may do something about it."""
    officer, lead = regulator_officer(), regulator_lead()
    unit = organisation("CSG-GD-ZQ")
    takes, leads = handler("CSG-GD-ZQ"), company_lead("CSG-GD-ZQ")
    way = [
        ("accepted", "accept", officer, {}),
        ("dispatched", "transfer", officer, {"organisation": unit}),
        ("handling", "take", takes, {}),
        ("replied", "reply", takes, {"text": "已处理"}),
        ("verified", "verify", officer, {"outcome": "partly", "text": "部分属实"}),
    ]
    case = received(received_at=MONDAY)
    for reached, *step in way:
        if case.state == state:
            break
        case = played(case, tuple(step), start=MONDAY)
        assert case.state == reached
    return case, {"officer": officer, "lead": lead, "handler": takes, "chief": leads}


REPLY = {"text": "已处理"}
SLIP = {"reason": "not_ours", "text": "不属于本单位"}
FINDING = {"outcome": "partly", "text": "部分属实"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "one", "other"),
    [
        ("registered", ("lead", "accept", {}), ("officer", "pass_on", {"text": "移送"})),
        ("dispatched", ("handler", "take", {}), ("chief", "return_slip", SLIP)),
        ("handling", ("handler", "reply", REPLY), ("officer", "withdraw", {"text": "撤回"})),
        ("replied", ("officer", "rework", {"text": "重办"}), ("lead", "verify", FINDING)),
    ],
)
def test_of_two_acts_pressed_at_once_one_is_done_and_the_other_answers_409(
    catalogues, state, one, other
):
    """Both saw the same page; who comes second reads in what state the case is now."""
    case, people = standing(state)
    before = case.events.count()

    def pressing(who, what, answers):
        browser = Client()
        browser.force_login(people[who])
        address = reverse("complaints:act", args=[case.pk, what])
        return lambda: browser.post(address, {"seen_state": state, **answers})

    with clock.standing_at(MONDAY.replace(hour=11)):
        found = together(pressing(*one), pressing(*other))
    assert not [one for one in found if isinstance(one, Exception)], found
    assert sorted(answer.status_code for answer in found) == [302, 409]
    (lost,) = [answer for answer in found if answer.status_code == 409]
    case = Case.objects.get(pk=case.pk)
    said = lost.content.decode()
    assert f"“{State(case.state).label}”" in said
    # Nothing of the loser is left.
    assert case.events.count() == before + 1
    ticking = case.clocks.filter(state__in=("running", "paused"))
    assert ticking.count() == len(set(ticking.values_list("code", flat=True)))
