"""Two people press at the same moment: one wins, the other is told."""

import threading

import pytest
from django.db import OperationalError, connections

from complaints import services
from complaints.models import Case
from core.errors import Refused
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received, record, regulator_lead, regulator_officer

MONDAY = at("2018-03-05 09:00")


def together(*jobs):
    """Run every job in a thread of its own, all at once; what each gave or raised."""
    barrier, found = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            barrier.wait(timeout=20)
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
