"""The dispatcher dies thirty times over a thousand letters: none lost, none sent twice."""

import os
import random
import signal
import time

import pytest

from core import clock, invariants, outbox
from core.models import Letter
from tests.core.farm import Farm, Nursery
from tests.core.relay import VARIABLE, Relay, accepted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
# On a busy machine the relay may need a while to swallow what a dead process had written.
RULES = {"grace_seconds": {"mail": 4, "notice": 0, "job": 0}, "tick_seconds": 1}


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ledger"))
    return tmp_path / "ledger"


@pytest.fixture(scope="module")
def nursery(django_db_setup):
    one = Nursery()
    yield one
    one.close()


@pytest.fixture
def portal(settings, ledger, nursery):
    """Starts a farm of processes that send to a relay, which can be asked or not."""

    def start(relay, *, can_be_asked=True, **changed):
        settings.OUTBOX = settings.OUTBOX | RULES | changed.pop("rules", {})
        return Farm(
            nursery=nursery,
            OUTBOX=settings.OUTBOX,
            AUDIT_ANCHOR=str(settings.AUDIT_ANCHOR),
            EMAIL_BACKEND="core.mail.SmtpBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=relay.port,
            MAIL_LEDGER="tests.core.relay.knows" if can_be_asked else "",
            **changed,
        )

    return start


def post_letters(count, kind="filing.receipt"):
    now = clock.now()
    for number in range(count):
        outbox.post(
            key=f"{kind}:{number}",
            channel="mail",
            kind=kind,
            to=f"person{number}@grid.example",
            subject="回执",
            body="您的报送已收到。",
            now=now,
        )


def storm(farm, *, kills, seed):
    """Two dispatchers at work; kill one after the other until enough have died and all is done."""
    chance = random.Random(seed)
    pids = [farm.start("dispatcher", "--poll", "0.02") for _ in range(2)]
    open_letters = Letter.objects.filter(state__in=["queued", "in_flight"])
    killed, deadline = 0, time.monotonic() + 400
    while killed < kills or (open_letters.exists() and time.monotonic() < deadline):
        time.sleep(chance.uniform(0.05, 0.5))
        if killed < kills:
            victim = pids.pop(chance.randrange(2))
            os.kill(victim, signal.SIGKILL)
            assert farm.wait(victim) == -signal.SIGKILL
            pids.append(farm.start("dispatcher", "--poll", "0.02"))
            killed += 1
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        # One that was started only now may not have learnt to end cleanly yet.
        assert farm.wait(pid) in (0, -signal.SIGTERM)
    return killed


def count_by_state():
    states = list(Letter.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}


def test_thirty_kills_lose_nothing_and_double_nothing_at_a_relay_that_can_be_asked(portal, ledger):
    post_letters(1000)
    with Relay(ledger, seed=1) as relay, portal(relay) as farm:
        assert storm(farm, kills=30, seed=2) == 30
    taken = accepted(ledger)
    expected = set(Letter.objects.values_list("message_id", flat=True))
    assert count_by_state() == {"sent": 1000}
    assert set(taken) == expected
    assert max(taken.values()) == 1
    # Some letters were caught in the middle, so that the question to the relay was really put.
    assert Letter.objects.filter(attempts__gt=1).exists()
    # The house is empty but for its letters, so only what concerns them can be asked.
    found = invariants.check_all()
    assert not any(found[f"core.{name}"] for name in ("letters-in-order", "audit-trail"))


def test_what_nobody_can_tell_is_parked_and_shown_and_never_sent_again(portal, ledger):
    post_letters(300)
    # Slow enough that of ten deaths some certainly come between taking a letter and hearing of it.
    slow = Relay(ledger, seed=3, pauses=(0.05,))
    with slow as relay, portal(relay, can_be_asked=False) as farm:
        killed = storm(farm, kills=10, seed=4)
    taken, states = accepted(ledger), count_by_state()
    assert max(taken.values()) == 1
    assert states["sent"] + states.get("unknown", 0) == 300
    assert 0 < states.get("unknown", 0) <= killed
    assert Letter.objects.needing_a_person().count() == states.get("unknown", 0)
    assert all(letter.error for letter in Letter.objects.needing_a_person())


# Where the process dies, whether the relay has the message by then, and what must come of it
# at a relay that can be asked and at one that cannot.
NARROW = [
    ("outbox.claimed", False, "sent", "unknown"),
    ("mail.open", False, "sent", "unknown"),
    ("outbox.sent", True, "sent", "unknown"),
]


@pytest.mark.parametrize(("point", "taken", "asked", "not_asked"), NARROW)
@pytest.mark.parametrize("can_be_asked", [True, False])
def test_death_at_a_narrow_point(portal, ledger, can_be_asked, point, taken, asked, not_asked):
    post_letters(1)
    rules = {"grace_seconds": {"mail": 0, "notice": 0, "job": 0}}
    with (
        Relay(ledger) as relay,
        portal(relay, can_be_asked=can_be_asked, rules=rules) as farm,
    ):
        assert farm.run("dispatcher", "--once", PORTAL_FAILPOINTS=f"{point}=crash") == 86
        letter = Letter.objects.get()
        assert letter.state == "in_flight"
        assert sum(accepted(ledger).values()) == int(taken)
        for _round in range(2):
            assert farm.run("dispatcher", "--once") == 0
    letter.refresh_from_db()
    assert letter.state == (asked if can_be_asked else not_asked)
    assert sum(accepted(ledger).values()) == int(taken or can_be_asked)


def test_a_reminder_is_sent_again_with_the_same_message_id_when_nobody_can_tell(portal, ledger):
    post_letters(1, kind="reminder.deadline")
    rules = {"grace_seconds": {"mail": 0, "notice": 0, "job": 0}}
    with Relay(ledger) as relay, portal(relay, can_be_asked=False, rules=rules) as farm:
        assert farm.run("dispatcher", "--once", PORTAL_FAILPOINTS="outbox.sent=crash") == 86
        for _round in range(2):
            assert farm.run("dispatcher", "--once") == 0
    letter = Letter.objects.get()
    assert letter.state == "sent"
    # Twice at a relay without a ledger, recognisable as one letter: the lesser evil here.
    assert accepted(ledger) == {letter.message_id: 2}


def test_death_while_a_folder_stands_in_for_the_relay(settings, tmp_path, nursery):
    folder = tmp_path / "mail"
    post_letters(2)
    changed = {"EMAIL_BACKEND": "core.mail.FolderBackend", "EMAIL_FILE_PATH": str(folder)}
    rules = {"grace_seconds": {"mail": 0, "notice": 0, "job": 0}}
    changed["OUTBOX"] = settings.OUTBOX | rules
    with Farm(nursery=nursery, **changed) as farm:
        # Once before the file has its name, once after.
        assert farm.run("dispatcher", "--once", PORTAL_FAILPOINTS="mail.written=crash") == 86
        assert not list(folder.glob("*.eml"))
        assert farm.run("dispatcher", "--once", PORTAL_FAILPOINTS="outbox.sent=crash") == 86
        for _round in range(3):
            assert farm.run("dispatcher", "--once") == 0
    assert count_by_state() == {"sent": 2}
    assert len(list(folder.glob("*.eml"))) == 2
