"""The anchor knows of an event as soon as its transaction has committed, and not before."""

from datetime import datetime

import pytest
from django.db import connection, transaction

from core import anchor, audit, clock
from core.management.commands.dispatcher import Command
from core.models import AuditChain
from tests.core.test_races import at_once
from tests.core.test_tampering import cut, mend_head

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db(transaction=True)


def record(organisation="GD"):
    audit.record("filing.submit", None, by=None, now=NOW, organisation=organisation)


def known():
    return {chain: max(heads) for chain, heads in anchor.read().heads.items()}


def test_the_last_event_cannot_be_cut_off_even_before_the_first_tick():
    for _ in range(3):
        record()
    cut("GD", 2)
    mend_head("GD")
    assert audit.verify() == ["审计链 GD：记录缺失，库外锚点所记最后序号（3）"]


def test_a_transaction_leaves_one_line_per_chain_when_it_commits():
    with transaction.atomic():
        for _ in range(50):
            record("GD")
            record("GX")
        assert known() == {}
    assert known() == {"GD": 50, "GX": 50}
    assert [len(heads) for heads in anchor.read().heads.values()] == [1, 1]


def test_what_is_rolled_back_leaves_none():
    with transaction.atomic():
        record("GD")
        sid = transaction.savepoint()
        record("GX")
        transaction.savepoint_rollback(sid)
        record("YN")
    with transaction.atomic():
        record("HI")
        transaction.set_rollback(True)
    record("HI")
    assert known() == {"GD": 1, "YN": 1, "HI": 1}
    assert audit.verify() == []


def test_an_anchor_that_cannot_be_written_stops_no_act_and_is_made_good(settings, tmp_path, caplog):
    place = settings.AUDIT_ANCHOR
    settings.AUDIT_ANCHOR = tmp_path
    with caplog.at_level("ERROR", logger="core.anchor"):
        record()
    assert [entry.getMessage() for entry in caplog.records] == ["audit_anchor_not_written"]
    assert AuditChain.objects.get().length == 1
    settings.AUDIT_ANCHOR = place
    assert known() == {}
    anchor.write(now=NOW)
    assert known() == {"GD": 1}


def test_eight_writers_leave_a_sound_anchor():
    def write(number):
        for _ in range(6):
            record(("GD", "GX")[number % 2])

    at_once(write)
    assert known() == {"GD": 24, "GX": 24}
    assert audit.verify() == []


def test_an_ending_dispatcher_forces_the_anchor_to_the_disk(settings):
    record()
    AuditChain.objects.update(anchored=0)
    Command().handle(name="dispatcher", once=True, poll=0)
    assert AuditChain.objects.get().anchored == 1
    assert not connection.in_atomic_block
