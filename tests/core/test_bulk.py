from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core import bulk, clock
from core.models import AuditChain, Letter

pytestmark = pytest.mark.django_db
ODD = 'a\\b\tc\nd\r"é时'


def chains(names):
    for key, name in enumerate(names, start=1000):
        yield {"id": key, "organisation": name, "length": key, "head": ODD, "anchored": 0}


def stored():
    return AuditChain.objects.filter(organisation__startswith="many-")


def test_rows_that_are_made_one_by_one_are_written_as_they_are():
    count = 2 * bulk.SLICE + 1
    bulk.insert(AuditChain, chains(f"many-{n:04}" for n in range(count)))
    assert [one.organisation for one in stored().order_by("id")] == [
        f"many-{n:04}" for n in range(count)
    ]
    assert set(stored().values_list("head", flat=True)) == {ODD}


def test_no_rows_are_no_mistake():
    bulk.insert(AuditChain, iter(()))
    assert not stored()


def test_what_breaks_off_while_rows_are_made_is_told_and_nothing_is_written():
    def names():
        yield from (f"many-{n:04}" for n in range(bulk.SLICE + 5))
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"), transaction.atomic():
        bulk.insert(AuditChain, chains(names()))
    assert not stored()


def test_a_row_that_stands_already_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(AuditChain, chains(["many-1", "many-1"]))
    assert not stored()


def test_many_texts_are_looked_up_at_once():
    bulk.insert(AuditChain, chains(["many-1", ODD, "many-3"]))
    found = bulk.among(
        AuditChain, "organisation", ["many-1", ODD, "many-2"], show=("id", "length"), head=ODD
    )
    assert sorted(found) == [(1000, 1000), (1001, 1001)]
    assert bulk.among(AuditChain, "organisation", [], show=("id",)) == []


def test_a_row_by_itself_gets_its_key_and_can_be_saved_again():
    one, two = (AuditChain(organisation=f"many-{n}", head=ODD) for n in range(2))
    assert bulk.add(one, two)
    assert [one, two] == list(stored().order_by("organisation"))
    one.length = 7
    one.save()
    assert set(stored().values_list("length", "head")) == {(7, ODD), (0, ODD)}
    assert bulk.add()


def test_a_row_by_itself_that_stands_already_is_refused_or_left_out():
    bulk.add(AuditChain(organisation="many-1", length=1))
    again = AuditChain(organisation="many-1", length=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.add(again)
    assert not bulk.add(again, unless_standing=True)
    assert again.pk is None
    assert stored().get().length == 1


def test_a_row_by_itself_is_stored_like_one_that_is_saved():
    at = clock.at(date(2018, 3, 5), 9)
    told = {"key": "many", "channel": "job", "kind": "x", "to": ["a@example.cn"], "body": ODD}
    saved = Letter.objects.create(**told, payload={"n": [1, "é"]}, not_before=at, created_at=at)
    added = Letter(**{**told, "key": "more"}, payload={"n": [1, "é"]}, not_before=at, created_at=at)
    bulk.add(added)
    names = [field.name for field in Letter._meta.fields if field.name not in ("id", "key")]
    first, second = (Letter.objects.get(pk=one.pk) for one in (saved, added))
    assert [getattr(first, name) for name in names] == [getattr(second, name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM core_letter WHERE id = %s", [added.pk])
        assert cursor.fetchone()[0].startswith("enc:")
