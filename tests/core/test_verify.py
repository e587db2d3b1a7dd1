"""``manage.py verify``: nothing wrong is 0, anything wrong is 1 and a list."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from core import anchor, audit, beats, clock, invariants, outbox, tasks
from core.models import AuditChain, Job, Letter

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


def verify():
    out, code = StringIO(), 0
    try:
        call_command("verify", "--json", stdout=out)
    except SystemExit as ended:
        code = ended.code
    told = json.loads(out.getvalue())
    assert told["ok"] == (code == 0)
    return code, told["broken"]


def test_a_sound_database_passes():
    audit.record("duty.assign", None, by=None, now=NOW, organisation="GD")
    anchor.write(now=NOW)
    outbox.post(key="k", channel="mail", kind="test", to="a@grid.example", now=NOW)
    assert verify() == (0, {})


def test_a_broken_trail_is_told_with_its_chain():
    audit.record("duty.assign", None, by=None, now=NOW, organisation="GD")
    AuditChain.objects.update(length=2)
    code, broken = verify()
    assert code == 1
    assert broken == {"core.audit-trail": ["审计链 GD：链尾与链头登记不符（1）"]}


def test_a_lease_that_nobody_took_over_is_told():
    letter = outbox.post(key="k", channel="mail", kind="test", to="a@grid.example", now=NOW)
    now = clock.now()
    state = {"state": "in_flight", "lease_until": now - timedelta(seconds=9 * 300 + 60)}
    Letter.objects.filter(pk=letter.pk).update(**state)
    assert set(verify()[1]) == {"core.letters-in-order"}


def test_a_job_without_a_letter_is_told():
    Job.objects.create(key="lost", kind="test", created_at=NOW, updated_at=NOW)
    assert verify()[1] == {"core.jobs-have-letters": ["任务 lost 无人处理。"]}


def test_a_periodic_duty_that_failed_is_told_and_stops_no_other(monkeypatch):
    done = []

    def fails(*, now):
        raise ValueError("personal data")

    duties = {"test.fails": fails, "test.works": lambda *, now: done.append(now)}
    monkeypatch.setattr(outbox, "_ticks", duties)
    tasks.run_duties()
    assert len(done) == 1
    broken = verify()[1]
    assert set(broken) == {"core.duties-run"}
    assert "test.fails" in broken["core.duties-run"][0]
    assert "personal data" not in broken["core.duties-run"][0]


def test_a_check_that_fails_itself_is_a_breach(monkeypatch):
    def broken():
        raise RuntimeError("no table")

    monkeypatch.setattr(invariants, "_checks", {"test.broken": broken})
    assert verify() == (1, {"test.broken": ["检查未能完成：RuntimeError: no table"]})


def test_without_json_each_breach_is_one_line():
    Job.objects.create(key="lost", kind="test", created_at=NOW, updated_at=NOW)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", stdout=out)
    assert "core.jobs-have-letters: 任务 lost 无人处理。" in out.getvalue().splitlines()


def test_one_process_at_a_time_has_its_turn():
    with beats.turn("tick", now=NOW, seconds=60) as first:
        with beats.turn("tick", now=NOW, seconds=60) as second:
            assert (first, second) == (True, False)
        with beats.turn("tick", now=NOW + timedelta(seconds=61), seconds=60) as later:
            assert later
    with beats.turn("tick", now=NOW, seconds=60) as again:
        assert again


def test_the_turn_of_a_dead_process_is_free_at_once():
    from core import processes
    from core.models import Heartbeat

    machine = processes.me().partition("/")[0]
    until = NOW + timedelta(seconds=60)
    dead = f"{machine}/4194300/123"
    Heartbeat.objects.create(name="tick", at=NOW, holder=dead, turn_until=until)
    with beats.turn("tick", now=NOW, seconds=60) as mine:
        assert mine


def test_the_dispatcher_does_one_round():
    outbox.post(key="k", channel="mail", kind="test", to="a@grid.example", now=clock.now())
    audit.record("duty.assign", None, by=None, now=NOW, organisation="GD")
    call_command("dispatcher", "--once")
    assert Letter.objects.get(key="k").state == "sent"
    assert AuditChain.objects.get().anchored == 1
