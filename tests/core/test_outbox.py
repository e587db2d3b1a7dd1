"""The outbox: sealed once per occasion, claimed by one, tried again, parked, released."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from core import clock, outbox, parked, processes
from core.errors import Conflict, PermanentFailure, TemporaryFailure
from core.models import AuditEvent, Letter

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


def a_mail(key="duty:1:receipt", **changes):
    given = {"channel": "mail", "kind": "filing.receipt", "to": "a@grid.example", "now": NOW}
    given |= {"subject": "回执", "body": "已收到。"}
    return outbox.post(key=key, **(given | changes))


def test_the_same_occasion_posts_one_letter():
    first = a_mail()
    second = a_mail(subject="另一封")
    assert first.pk == second.pk
    assert Letter.objects.get().subject == "回执"


def test_a_due_letter_is_sent_once_with_its_message_id():
    letter = a_mail()
    assert outbox.run_due(now=NOW) == 1
    assert outbox.run_due(now=NOW) == 0
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [letter.message_id]
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, letter.attempts) == ("sent", NOW, 1)


def test_a_letter_waits_for_its_time():
    a_mail(not_before=NOW + timedelta(hours=1))
    assert outbox.run_due(now=NOW) == 0
    assert outbox.run_due(now=NOW + timedelta(hours=1)) == 1


def test_a_temporary_failure_goes_back_with_growing_delays(monkeypatch):
    def fail(letter):
        raise TemporaryFailure("忙")

    monkeypatch.setattr("core.mail.send", fail)
    letter, now, pauses = a_mail(), NOW, []
    for _attempt in range(4):
        assert outbox.run_due(now=now) == 1
        letter.refresh_from_db()
        pauses.append((letter.not_before - now).total_seconds())
        now = letter.not_before
    # 30 s doubled each time, a quarter up or down
    for pause, plain in zip(pauses, [30, 60, 120, 240], strict=True):
        assert 0.75 * plain <= pause <= 1.25 * plain
    assert (letter.state, letter.error) == ("queued", "忙")


def test_a_permanent_failure_is_parked_with_its_reason(monkeypatch):
    def fail(letter):
        raise PermanentFailure("邮件服务器拒收（550）。")

    monkeypatch.setattr("core.mail.send", fail)
    letter = a_mail()
    outbox.run_due(now=NOW)
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("parked", "邮件服务器拒收（550）。")


def test_a_notice_arrives_with_its_transaction_and_is_read_by_its_recipient_only():
    outbox.post(key="n1", channel="notice", kind="x", recipient=7, subject="已受理", now=NOW)
    outbox.post(key="n2", channel="notice", kind="x", recipient=8, subject="别人的", now=NOW)
    later = NOW + timedelta(hours=1)
    outbox.post(
        key="n3", channel="notice", kind="x", recipient=7, subject="稍后", not_before=later, now=NOW
    )
    person = SimpleNamespace(pk=7)
    assert [letter.subject for letter in Letter.objects.notices_for(person)] == ["已受理"]
    assert outbox.run_due(now=later) == 1
    assert [letter.subject for letter in Letter.objects.notices_for(person)] == ["稍后", "已受理"]
    assert outbox.mark_read(user=person, now=later) == 2
    assert not Letter.objects.notices_for(person).unread().exists()


@pytest.mark.parametrize(
    "letter",
    [
        {"channel": "notice", "to": "a@grid.example"},
        {"channel": "pigeon"},
        {"key": "k" * 201},
    ],
)
def test_a_letter_that_could_never_be_carried_is_not_posted(letter):
    with pytest.raises(ValueError, match=r"."):
        a_mail(**letter)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("to", ["", [], [" "]])
def test_a_mail_without_an_address_stops_no_act_and_is_shown(to):
    letter = a_mail(to=to)
    assert (letter.state, letter.error) == ("parked", "没有收件地址。")
    assert list(Letter.objects.needing_a_person()) == [letter]


def test_a_letter_goes_with_the_transaction_that_caused_it():
    @transaction.atomic
    def act():
        a_mail()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Letter.objects.exists()


def test_a_worker_that_slept_through_its_lease_changes_nothing():
    letter = a_mail()
    slow, _dropped = outbox.claim(letter.pk, now=NOW)
    later = NOW + timedelta(minutes=6)
    fast, dropped = outbox.claim(letter.pk, now=later)
    assert dropped
    assert outbox.mark_sent(slow, now=later) == ""
    assert outbox.put_back(slow, "忙", now=later) == ""
    assert outbox.park(slow, "拒收", now=later) == ""
    assert outbox.mark_sent(fast, now=later) == "sent"


def test_a_claimed_letter_is_nobody_elses():
    letter = a_mail()
    assert outbox.claim(letter.pk, now=NOW)
    assert outbox.claim(letter.pk, now=NOW) is None
    assert outbox.run_due(now=NOW + timedelta(minutes=4)) == 0


def test_the_lease_of_a_dead_process_ends_early_and_of_a_living_one_does_not():
    machine = processes.me().partition("/")[0]
    dead, alive, far = a_mail("dead"), a_mail("alive"), a_mail("far")
    for letter in (dead, alive, far):
        outbox.claim(letter.pk, now=NOW)
    Letter.objects.filter(pk=dead.pk).update(holder=f"{machine}/4194300/123")
    Letter.objects.filter(pk=far.pk).update(holder="0123456789abcdef/4194300/123")
    assert outbox.expire_leases(now=NOW) == 1
    # Ten seconds are left to the relay, which may still be swallowing the message.
    soon = NOW + timedelta(seconds=11)
    assert [letter.key for letter in outbox.due(now=soon)] == ["dead"]


def test_a_letter_that_kills_every_worker_is_parked():
    letter, now = a_mail(kind="reminder.deadline"), NOW
    for _attempt in range(16):
        assert outbox.claim(letter.pk, now=now)
        now += timedelta(minutes=6)
    assert outbox.deliver(letter.pk, now=now) == "parked"
    letter.refresh_from_db()
    assert letter.error == "多次处理中断，已停止自动重试。"
    assert mail.outbox == []


def test_a_fault_of_ours_is_kept_without_its_text(monkeypatch):
    def fail(letter):
        raise KeyError("张三 13800000000")

    monkeypatch.setattr("core.mail.send", fail)
    letter = a_mail()
    outbox.run_due(now=NOW)
    letter.refresh_from_db()
    assert letter.state == "queued"
    assert letter.error.startswith("KeyError test_outbox.py:")
    assert "13800000000" not in letter.error


def test_an_unknown_job_is_parked():
    outbox.post(key="j", channel="job", kind="no.such.job", now=NOW)
    outbox.run_due(now=NOW)
    assert Letter.objects.get(key="j").state == "parked"


def test_a_registered_job_gets_its_data(monkeypatch):
    monkeypatch.setattr(outbox, "_jobs", {})
    seen = []

    @outbox.register_job("report.build")
    def build(payload, *, letter, now):
        seen.append((payload, letter.key, now))

    outbox.post(key="j", channel="job", kind="report.build", payload={"report": 1}, now=NOW)
    outbox.run_due(now=NOW)
    assert seen == [({"report": 1}, "j", NOW)]


def test_what_a_person_decides_is_recorded_and_decided_once():
    letter = a_mail()
    taken, _dropped = outbox.claim(letter.pk, now=NOW)
    outbox.park(taken, "拒收", now=NOW)
    letter.refresh_from_db()
    stale = Letter.objects.get(pk=letter.pk)
    parked.release(letter=letter, by=None, now=NOW, reason="地址已更正")
    assert (letter.state, letter.attempts) == ("queued", 0)
    with pytest.raises(Conflict):
        parked.drop(letter=stale, by=None, now=NOW, reason="x")
    event = AuditEvent.objects.get()
    assert (event.kind, event.reason, event.details) == (
        "letter.release",
        "地址已更正",
        {"was": "parked"},
    )


@pytest.mark.parametrize("broken", [{"state": "sent"}, {"state": "in_flight"}, {"state": "parked"}])
def test_the_database_refuses_a_letter_in_an_impossible_state(broken):
    letter = a_mail()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**broken)


def stands(letter, **changes):
    Letter.objects.filter(pk=letter.pk).update(**changes)
    letter.refresh_from_db()
    return letter


def test_what_nobody_heard_of_is_taken_back():
    letter = a_mail(key="p-1")
    assert outbox.recall(prefix="p-") is True
    assert outbox.run_due(now=NOW) == 0
    assert stands(letter).state == "dropped"


@pytest.mark.parametrize(
    "standing",
    [
        {"state": "queued", "attempts": 1, "fence": 1, "error": "邮件服务器忙"},
        {"state": "parked", "attempts": 16, "fence": 16, "error": "拒收"},
        {"state": "unknown", "attempts": 1, "fence": 1, "error": "结果不明"},
    ],
)
def test_what_was_tried_goes_out_no_more_but_may_have_been_heard(standing):
    """Sent later it would come behind the letter that puts it right."""
    letter = stands(a_mail(key="p-1"), **standing)
    assert outbox.recall(prefix="p-") is False
    assert outbox.run_due(now=NOW + timedelta(days=1)) == 0
    assert stands(letter).state == "dropped"


def test_a_released_letter_may_have_been_heard_before():
    letter = stands(a_mail(key="p-1"), state="unknown", attempts=1, fence=1, error="结果不明")
    parked.release(letter=letter, by=None, now=NOW)
    assert outbox.recall(prefix="p-") is False
    assert stands(letter).state == "dropped"


def test_what_is_under_way_or_arrived_is_not_taken_back():
    flying = stands(
        a_mail(key="p-1"), state="in_flight", attempts=1, fence=1, lease_until=NOW, holder="x"
    )
    sent = stands(a_mail(key="p-2"), state="sent", sent_at=NOW, attempts=1, fence=1)
    assert outbox.recall(prefix="p-") is False
    assert [stands(one).state for one in (flying, sent)] == ["in_flight", "sent"]


def test_what_had_no_address_was_heard_by_nobody():
    letter = a_mail(key="p-1", to=[])
    assert letter.state == "parked"
    assert outbox.recall(prefix="p-") is True
