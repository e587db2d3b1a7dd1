"""A letter that cannot be read any more (damaged, or its key was taken away) stops nothing else."""

from datetime import date

import pytest
from django.db import connection

from core import crypto, outbox, parked
from core.clock import at
from core.models import Letter
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
NOW = at(date(2011, 11, 24), 9, 30)
SPOILT = "substr({0}, 1, length({0}) - 6) || 'AAAAA='"


def spoil(key, column="body"):
    with connection.cursor() as cursor:
        quoted = f'"{column}"'
        cursor.execute(
            f"UPDATE core_letter SET {quoted} = {SPOILT.format(quoted)} WHERE key = %s", [key]
        )


def mail(key):
    return outbox.post(
        key=key, channel="mail", kind="x", to=["a@grid.example"], body=f"正文 {key}", now=NOW
    )


def states():
    return dict(Letter.objects.values_list("key", "state"))


@pytest.mark.parametrize("column", ["body", "to"])
def test_it_is_parked_with_the_reason_and_the_others_go(mailoutbox, column):
    for key in "abc":
        mail(key)
    spoil("a", column)
    outbox.run_due(now=NOW)
    assert states() == {"a": "parked", "b": "sent", "c": "sent"}
    assert [sent.body for sent in mailoutbox] == ["正文 b", "正文 c"]
    assert "无法解密" in Letter.objects.get(key="a").error


def test_it_is_sent_once_it_can_be_read_again(mailoutbox, settings):
    mail("a")
    own = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    outbox.run_due(now=NOW)
    settings.SECRET_KEY = own
    parked.release(letter=Letter.objects.get(), by=None, now=NOW)
    outbox.run_due(now=NOW)
    assert [sent.body for sent in mailoutbox] == ["正文 a"]


@pytest.mark.parametrize("column", ["body", "to"])
def test_what_stands_for_it_is_never_written(column):
    mail("a")
    spoil("a", column)
    with pytest.raises(crypto.Unreadable):
        Letter.objects.get().save(update_fields=[column])


def test_pages_open_and_say_so(client, catalogues):
    operator = member("NEA-ROOT", "system_administrator")
    letter = outbox.post(
        key="a", channel="mail", kind="x", to=["a@grid.example"], body="b", now=NOW
    )
    outbox.post(
        key="n", channel="notice", kind="x", recipient=operator, subject="s", body="b", now=NOW
    )
    for key, column in (("a", "body"), ("a", "to"), ("n", "body")):
        spoil(key, column)
    client.force_login(operator)
    for url, status in (("/", 200), ("/outbox/?state=all", 200), ("/notices/", 200)):
        assert client.get(url).status_code == status, url
    assert "无法解密" in client.get("/notices/").content.decode()
    assert "无法解密" in client.get(f"/outbox/{letter.pk}/").content.decode()
    opened = client.post(f"/outbox/{letter.pk}/text/", {"reason": "核对"}).content.decode()
    assert opened.count("无法解密") == 2
