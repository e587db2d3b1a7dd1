"""Eight clients press the same button at once: one receipt each, and no number left out."""

import contextlib
import threading
from copy import copy
from datetime import date

import pytest
from django.db import connection, connections
from django.test import Client

from campaign.models import Duty
from campaign.services import extend
from core import clock, invariants
from core.errors import Refused
from reporting.models import Filing, FilingVersion, Receipt, ReceiptCounter
from reporting.services import review, submission
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

CLIENTS = 8
FILINGS = 200


@pytest.fixture
def waiting(transactional_db, catalogues):
    """A filing that waits for certification, in a campaign whose clock stands still."""
    with clock.standing_at(reporting.NOW):
        campaign = campaigns.launched_campaign()
        yield reporting.filed(
            campaigns.duty(campaign, "responsibility", "SERC-NF"), state="certifying"
        )


def multiplied(filing, count):
    """``count`` filings like the given one, each for a duty of its own."""
    found = [filing]
    definition, duty = filing.duty.definition, filing.duty
    for number in range(1, count):
        twin = copy(definition)
        twin.pk, twin.code = None, f"{definition.code}-{number}"
        twin._state.adding = True
        twin.save()
        other = copy(duty)
        other.pk, other.definition = None, twin
        other._state.adding = True
        other.save()
        found.append(_twin(filing, Duty.objects.get(pk=other.pk)))
    return found


def _twin(filing, duty):
    twin = Filing.objects.create(
        duty=duty,
        organisation=filing.organisation,
        recipient=filing.recipient,
        state="certifying",
        created_at=filing.created_at,
    )
    version = FilingVersion.objects.get(pk=filing.current_version_id)
    version.pk, version.filing = None, twin
    version._state.adding = True
    version.save()
    twin.current_version = version
    twin.save(update_fields=["current_version"])
    return twin


def at_once(work, clients=CLIENTS):
    """Run ``work(gate)`` in as many threads; ``gate.wait()`` lets all go on in the same instant.

    Gives what went wrong, if anything.
    """
    gate = threading.Barrier(clients, timeout=120)
    wrong = []

    def run():
        try:
            work(gate)
        except Exception as error:
            wrong.append(repr(error))
            gate.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def race(filings):
    """All clients press the button of each filing in the same instant: who won, who was refused."""
    lead = reporting.certifier(filings[0].organisation)
    seen = {filing.pk: reporting.shown_digest(filing) for filing in filings}
    won, refused = [], []

    def press(gate):
        for filing in filings:
            gate.wait()
            try:
                receipt = submission.certify_and_submit(
                    filing=filing, by=lead, now=reporting.NOW, seen_digest=seen[filing.pk]
                )
                won.append(receipt.pk)
            except Refused:
                refused.append(filing.pk)

    assert at_once(press) == []
    return won, refused


# Ten seconds and more of pure computing: on a machine that others use as well it takes its time.
@pytest.mark.timeout(900)
def test_200_filings_pressed_by_8_clients_at_once_get_one_receipt_each(waiting):
    won, refused = race(multiplied(waiting, FILINGS))
    assert len(won) == len(set(won)) == FILINGS
    assert len(refused) == FILINGS * (CLIENTS - 1)
    assert Receipt.objects.count() == FILINGS
    serials = sorted(Receipt.objects.values_list("serial", flat=True))
    assert serials == list(range(1, FILINGS + 1))
    assert ReceiptCounter.objects.get().last == FILINGS
    if connection.vendor == "postgresql":
        assert deadlocks() == 0
    assert not any(invariants.check_all().values())


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.mark.clause("S1-4.1j")
def test_through_the_page_one_client_gets_the_receipt_and_the_others_409(waiting):
    lead = reporting.certifier(waiting.organisation)
    sent = {"confirm": "1", "digest": reporting.shown_digest(waiting)}
    answers = []

    def press(gate):
        client = Client()
        client.force_login(lead)
        gate.wait()
        answer = client.post(f"/filings/{waiting.pk}/submit/", sent)
        answers.append(answer.status_code)

    assert at_once(press) == []
    assert sorted(answers) == [302] + [409] * (CLIENTS - 1)
    assert Receipt.objects.count() == 1


def test_a_return_and_an_extension_at_once_do_not_wait_for_each_other_forever(waiting):
    """Both take the duty and then the audit chain; one after the other, never in a ring."""
    head = accounts.member(waiting.recipient, "regulator_lead")
    filing = reporting.played(waiting, "received")
    officer = reporting.reviewer(
        filing.recipient,
        other_than=[reporting.filer(filing.organisation), reporting.certifier(filing.organisation)],
    )
    turns = iter(["return", "extend"])

    def act(gate):
        turn = next(turns)
        gate.wait()
        with contextlib.suppress(Refused):
            if turn == "return":
                review.return_for_correction(
                    filing=filing, deficient=[reporting.lack(filing)], by=officer, now=reporting.NOW
                )
            else:
                extend(
                    duty=filing.duty,
                    due_on=date(2011, 12, 9),
                    reason="台风影响",
                    document_number="南电监函〔2011〕12号",
                    by=head,
                    now=reporting.NOW,
                )

    assert at_once(act, clients=2) == []
    assert Filing.objects.get().state == "returned"
