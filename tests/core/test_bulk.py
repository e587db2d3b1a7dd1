import pytest
from django.db import IntegrityError, transaction

from core import bulk
from core.models import AuditChain

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
