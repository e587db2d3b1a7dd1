"""Eight threads at once: one claim per letter, one letter per occasion, every chain whole."""

import threading
from collections import Counter
from datetime import datetime

import pytest
from django.db import connection, transaction

from core import audit, clock, outbox
from core.models import AuditChain, Letter

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act, threads=8):
    """Run ``act(number)`` in so many threads that start together; their errors are ours."""
    barrier, errors = threading.Barrier(threads), []

    def run(number):
        try:
            barrier.wait()
            act(number)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert errors == []


def test_each_of_200_letters_is_claimed_once():
    for number in range(200):
        outbox.post(key=f"k{number}", channel="mail", kind="test", to="a@grid.example", now=NOW)
    ids = list(Letter.objects.values_list("pk", flat=True))
    wins = Counter()

    def race(_number):
        for letter_id in ids:
            if outbox.claim(letter_id, now=NOW):
                wins[letter_id] += 1

    at_once(race)
    assert sorted(wins) == sorted(ids)
    assert set(wins.values()) == {1}
    assert set(Letter.objects.values_list("attempts", "fence")) == {(1, 1)}


def test_the_same_occasion_posted_by_all_leaves_one_letter():
    seen = set()

    def race(_number):
        for occasion in range(20):
            with transaction.atomic():
                key = f"notice:{occasion}"
                posted = outbox.post(key=key, channel="notice", kind="test", recipient=7, now=NOW)
            seen.add(posted.pk)

    at_once(race)
    assert len(seen) == Letter.objects.count() == 20


def test_chains_stay_whole_and_nobody_waits_for_nobody():
    def race(number):
        codes = ("GX", "GD") if number % 2 else ("GD", "GX")
        for step in range(20):
            with transaction.atomic():
                audit.hold(codes)
                for code in codes:
                    audit.record("test.race", None, by=None, now=NOW, organisation=code, n=step)

    at_once(race)
    lengths = dict(AuditChain.objects.values_list("organisation", "length"))
    assert lengths == {"GD": 160, "GX": 160}
    assert audit.verify() == []
