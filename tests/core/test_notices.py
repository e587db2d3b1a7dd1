"""Notices: mine only, newest first, read when opened."""

from datetime import datetime, timedelta

import pytest

from core import outbox
from core.clock import ZONE
from core.models import Letter
from tests.factories import accounts as people

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


def notice(person, subject, *, minutes=0, url="/help/"):
    now = NOW + timedelta(minutes=minutes)
    outbox.post(
        key=f"test:{subject}:{person.pk}",
        channel="notice",
        kind="test",
        to=[],
        recipient=person,
        subject=subject,
        body="内容",
        url=url,
        now=now,
    )
    outbox.run_due(now=now)
    return Letter.objects.get(subject=subject)


@pytest.fixture
def me(client, db):
    person = people.person("本人")
    client.force_login(person)
    return person


def test_the_bell_counts_what_is_unread_and_the_list_shows_it(client, me):
    notice(me, "退回补正")
    notice(me, "到期提醒", minutes=5)
    page = client.get("/notices/").content.decode()
    assert "消息，2 条未读" in page
    assert page.index("到期提醒") < page.index("退回补正")


def test_opening_a_notice_marks_it_read_and_leads_to_its_page(client, me):
    letter = notice(me, "退回补正")
    response = client.post(f"/notices/{letter.pk}/")
    assert response["Location"] == "/help/"
    letter.refresh_from_db()
    assert letter.read_at is not None
    assert "退回补正" not in client.get("/notices/?unread=1").content.decode()


def test_all_can_be_marked_read_at_once(client, me):
    notice(me, "甲")
    notice(me, "乙", minutes=1)
    client.post("/notices/read/")
    assert not Letter.objects.notices_for(me).unread().exists()


def test_notices_of_others_are_neither_shown_nor_opened(client, me):
    other = notice(people.person("他人"), "别人的消息")
    assert "别人的消息" not in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{other.pk}/").status_code == 404
    client.post("/notices/read/")
    other.refresh_from_db()
    assert other.read_at is None


def test_an_empty_list_says_what_will_come(client, me):
    assert "没有消息" in client.get("/notices/").content.decode()
