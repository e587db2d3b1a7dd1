"""The audit trail: a record belongs to its act."""

from datetime import datetime

import pytest
from django.db import transaction

from core import audit, clock
from core.models import AuditChain, AuditEvent

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


def test_events_of_one_organisation_form_one_chain():
    for number in range(3):
        audit.record("duty.assign", None, by=None, now=NOW, organisation="GD", count=number)
    audit.record("duty.assign", None, by=None, now=NOW, organisation="GX")
    assert list(AuditEvent.objects.in_chains(["GD"]).values_list("number", flat=True)) == [3, 2, 1]
    chain = AuditChain.objects.get(organisation="GD")
    assert (chain.length, chain.head) == (3, AuditEvent.objects.get(number=3).seal)


def test_an_act_that_fails_leaves_no_record():
    @transaction.atomic
    def act():
        audit.record("duty.assign", None, by=None, now=NOW, organisation="GD")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not AuditEvent.objects.exists()


def test_what_is_not_json_is_not_recorded():
    with pytest.raises(TypeError):
        audit.record("duty.assign", None, by=None, now=NOW, thing=object())
