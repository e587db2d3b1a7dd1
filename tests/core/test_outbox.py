"""The outbox: sealed once per occasion, claimed by one, tried again, parked, released."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from core import clock, outbox
from core.errors import PermanentFailure, TemporaryFailure
from core.models import Letter

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
