"""Letters are unreadable in the database: text and addresses, those of before as well."""

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection

from core import clock, invariants, outbox
from core.models import Letter
from tests.core.test_crypto import ONE

pytestmark = pytest.mark.django_db
SECRET = "林远山，电话 13800005678"
LINK = "https://portal.example/accounts/link/abc.def/"


def posted(key="k", **changes):
    given = {"channel": "mail", "kind": "x", "to": ["lin@grid.example", "b@grid.example"]}
    given |= {"subject": "补正通知", "body": f"{SECRET} {LINK}", "now": clock.now()}
    return outbox.post(key=key, **(given | changes))


def columns():
    """Everything that the table holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_letter")
        return "\n".join(str(value) for row in cursor.fetchall() for value in row)


def test_text_and_addresses_are_plain_in_python_only(mailoutbox):
    posted()
    seen = columns()
    for plain in ("林远山", "13800005678", "abc.def", "lin@grid", "grid.example"):
        assert plain not in seen
    letter = Letter.objects.get()
    assert letter.body == f"{SECRET} {LINK}"
    assert letter.to == ["lin@grid.example", "b@grid.example"]
    outbox.run_due(now=clock.now())
    assert mailoutbox[0].body == letter.body
    assert mailoutbox[0].to == letter.to


def test_a_letter_is_found_by_a_whole_address_and_by_no_part_of_one():
    posted("a")
    posted("b", to="c@grid.example")
    assert [one.key for one in Letter.objects.addressed_to("B@grid.example")] == ["a"]
    assert not Letter.objects.addressed_to("grid.example").exists()
    assert not Letter.objects.addressed_to("").exists()
    with pytest.raises(FieldError):
        Letter.objects.filter(body__icontains="林").exists()


def test_a_letter_without_an_address_is_still_found_out():
    posted()
    assert not invariants.letters_in_order()
    Letter.objects.update(to=[], to_index="")
    assert len(invariants.letters_in_order()) == 1


def test_a_change_of_keys_reaches_letters(settings, tmp_path):
    # Not what other tests left on disk, tampered with as it may be.
    settings.MEDIA_ROOT = tmp_path
    posted()
    settings.FIELD_KEYS = f"k9:{ONE}"
    call_command("rotate_field_keys", verbosity=0)
    assert columns().count("enc:aes:k9:") == 2
    assert ":s:" not in columns()
    assert Letter.objects.get().to == ["lin@grid.example", "b@grid.example"]


def test_what_cannot_be_read_stops_no_change_of_keys_and_is_told(settings, capsys, tmp_path):
    """Otherwise an operator would take the old key away too early, or never."""
    settings.MEDIA_ROOT = tmp_path
    for key in "abc":
        posted(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_letter SET body = substr(body, 1, length(body) - 6) || 'AAAAA=' "
            "WHERE key = 'a'"
        )
    settings.FIELD_KEYS = f"k9:{ONE}"
    with pytest.raises(CommandError, match="1"):
        call_command("rotate_field_keys")
    assert columns().count("enc:aes:k9:") == 5
    assert "core.Letter: 5, unreadable: 1" in capsys.readouterr().out
