"""What a process keeps of small tables counts until one of them changes."""

import pytest
from django.db import connection, transaction

from core.editions import edition
from core.models import AuditChain, CalendarVersion

pytestmark = pytest.mark.django_db(transaction=True)
# Only PostgreSQL tells which transaction wrote a row.
on_postgresql = pytest.mark.services


def now():
    return edition(AuditChain, CalendarVersion)


def test_the_embedded_database_tells_nothing():
    if connection.vendor != "postgresql":
        assert now() is None


@on_postgresql
@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditChain.objects.create(organisation="B"),
        lambda: AuditChain.objects.update(length=1),
        lambda: AuditChain.objects.update(length=0),
        lambda: AuditChain.objects.all().delete(),
    ],
)
def test_every_change_gives_another_edition(change):
    AuditChain.objects.create(organisation="A")
    before = now()
    assert before is not None
    assert before == now()
    change()
    assert now() not in (before, None)


@on_postgresql
def test_one_row_for_another_gives_another_edition():
    AuditChain.objects.create(organisation="A")
    before = now()
    with transaction.atomic():
        AuditChain.objects.all().delete()
        AuditChain.objects.create(organisation="A")
    assert now() != before


@on_postgresql
def test_whoever_writes_is_told_nothing_until_the_end():
    with transaction.atomic():
        assert now() is not None
        AuditChain.objects.create(organisation="A")
        assert now() is None
    assert now() is not None
