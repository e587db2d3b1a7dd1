"""Sequences of messages without gaps, also when many come at once; and what ``verify`` proves."""

import pytest

from complaints import sync_invariants
from complaints.models import HotlineCounter, HotlineMessage, Reconciliation
from complaints.services import ledger, reconciling
from complaints.services.ledger import Arrived
from tests.complaints.test_race import together
from tests.factories.accounts import organisation
from tests.factories.complaints import at

NOW = at("2018-03-05 09:00")


def take(number, **fields):
    arrived = Arrived("case", number, 201, **fields)
    return ledger.take_in(organisation("CSG-GD"), arrived, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_messages_that_come_at_once_have_sequences_without_gaps(catalogues):
    found = together(*[lambda n=n: take(f"N-{n}") for n in range(6)])
    assert not [one for one in found if isinstance(one, Exception)]
    sequences = HotlineMessage.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == [1, 2, 3, 4, 5, 6]
    assert HotlineCounter.objects.get().last == 6
    assert sync_invariants.messages_without_gap() == []


@pytest.mark.django_db
def test_the_same_event_without_a_number_of_its_own_is_another_message(catalogues):
    place = organisation("CSG-GD")
    for _time in range(2):
        ledger.take_in(place, Arrived("event.urged", "N-1", 201), now=NOW)
    ledger.take_in(place, Arrived("event.urged", "N-1", 409), now=NOW)
    # Sent again after a refusal it settles the refused one.
    ledger.take_in(place, Arrived("event.urged", "N-1", 201), now=NOW)
    rows = HotlineMessage.objects.order_by("sequence").values_list("attempts", "refused")
    assert list(rows) == [(1, False), (1, False), (2, False)]


@pytest.mark.django_db
def test_verify_sees_a_message_that_was_taken_away(catalogues):
    for number in range(3):
        take(f"N-{number}")
    assert sync_invariants.messages_without_gap() == []
    HotlineMessage.objects.filter(sequence=2).delete()
    assert len(sync_invariants.messages_without_gap()) == 1
    HotlineCounter.objects.all().delete()
    assert len(sync_invariants.messages_without_gap()) == 1


@pytest.mark.django_db
def test_verify_sees_a_day_that_was_made_to_look_equal(catalogues):
    line = reconciling.Line("CSG-GD", "N-1", "CSG-GD", "closed", "0" * 64)
    run = reconciling.reconcile(organisation("CSG-GD"), NOW.date(), units={}, lines=[line], now=NOW)
    assert sync_invariants.reconciliations_add_up() == []
    Reconciliation.objects.filter(pk=run.pk).update(state="equal")
    assert len(sync_invariants.reconciliations_add_up()) == 1
    Reconciliation.objects.filter(pk=run.pk).update(state="different", there=0)
    assert len(sync_invariants.reconciliations_add_up()) == 1
