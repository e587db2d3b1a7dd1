"""Taking in many cases at once: what one receipt would write, and each record by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import services
from complaints.models import Case, CaseClock, CaseEvent
from complaints.services.receiving_many import Receiving
from core import audit
from core.errors import Refused
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, handler, record, regulator_officer

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
NOW = MONDAY + timedelta(days=40)


def many(records, *, source="12398", owner="SERC-NF", by=None, now=NOW):
    return services.receive_many(records, source=source, owner=organisation(owner), by=by, now=now)


def order(number, **fields):
    """A work order of 95598."""
    defaults = {"channel": "phone_95598", "nature": "fault", "category": "lv_fault"}
    return record(number, received_at=MONDAY, **{**defaults, **fields})


def rows(model, *left_out):
    names = [
        field.attname for field in model._meta.concrete_fields if field.attname not in left_out
    ]
    return list(model.objects.order_by("pk").values_list(*names))


def everything():
    """All that a receipt writes, but for keys."""
    trail = AuditEvent.objects.filter(kind="case.receive").order_by("number")
    return [
        # The place in the feed of changes moves with every write.
        rows(Case, "id", "change_seq"),
        rows(CaseClock, "id", "case_id"),
        rows(CaseEvent, "id", "case_id"),
        list(trail.values_list("organisation", "actor", "target_model", "details")),
    ]


def test_many_are_written_exactly_as_one_by_one(catalogues):
    said = "我是赵某某，电话13800001234，经常停电"
    records = [
        order("A1", area_type="rural", content=said),
        order("A2", area_type="urban"),
        order("A3", nature="complaint", category="outage_plan", feeder="10kV 城东线"),
        order("A4", state="closed", closed_at=MONDAY + timedelta(days=2), outcome="answered"),
    ]
    by, owner = handler("CSG-GD"), organisation("CSG-GD")
    for one in records:
        services.receive(one, source="95598", owner=owner, by=by, now=NOW)
    singly = everything()
    Case.objects.all().delete()
    AuditEvent.objects.all()._raw_delete("default")
    results = many(records, source="95598", owner="CSG-GD", by=by)
    assert everything() == singly
    assert [(one.number, one.status) for one in results] == [
        ("A1", 201),
        ("A2", 201),
        ("A3", 201),
        ("A4", 201),
    ]
    assert [one.case.change_seq > 0 for one in results] == [True] * 4
    assert results[0].case.clocks.get(code="arrive").due_at == MONDAY + timedelta(minutes=90)
    assert not results[3].case.clocks.exists()
    targets = AuditEvent.objects.order_by("number").values_list("target_id", flat=True)
    assert list(targets) == [str(one.pk) for one in results]


def test_each_record_is_answered_by_itself(catalogues):
    services.receive(
        record("A1", received_at=MONDAY),
        source="12398",
        owner=organisation("SERC-NF"),
        by=None,
        now=MONDAY,
    )
    results = many(
        [
            record("A1", received_at=MONDAY),
            record("A1", received_at=MONDAY, content="另一件事"),
            record("A2", received_at=MONDAY, channel="pigeon", organisation="无此单位"),
            record("A3", received_at=MONDAY),
            record("A3", received_at=MONDAY),
            record("A3", received_at=MONDAY, confidential=True),
            record("A4", received_at=MONDAY, state="arrived"),
            record("A5", received_at=MONDAY.replace(year=1980)),
            record("A6", received_at=MONDAY.replace(tzinfo=None)),
            record("A7", received_at=MONDAY, content="断\x00电"),
            record("A8", received_at=MONDAY, feeder="\ud800"),
            record("A9", received_at=MONDAY),
        ]
    )
    assert [(one.number, one.status, set(one.errors)) for one in results] == [
        ("A1", 200, set()),
        ("A1", 409, {"number"}),
        ("A2", 422, {"channel", "organisation"}),
        ("A3", 201, set()),
        ("A3", 200, set()),
        ("A3", 409, {"number"}),
        ("A4", 422, {"state"}),
        ("A5", 422, {"received_at"}),
        ("A6", 422, {"received_at"}),
        ("A7", 422, {"content"}),
        ("A8", 422, {"feeder"}),
        ("A9", 201, set()),
    ]
    assert sorted(Case.objects.values_list("number", flat=True)) == ["A1", "A3", "A9"]
    assert results[3].pk == results[4].pk == Case.objects.get(number="A3").pk
    assert results[2].case is None
    assert audit.verify() == []


def test_sent_again_a_batch_changes_nothing(catalogues):
    records = [record(f"A{n}", received_at=MONDAY) for n in range(5)]
    many(records)
    before = (Case.objects.count(), CaseEvent.objects.count(), AuditEvent.objects.count())
    assert {one.status for one in many(records, now=NOW + timedelta(days=1))} == {200}
    assert before == (Case.objects.count(), CaseEvent.objects.count(), AuditEvent.objects.count())


def test_only_those_with_the_right_hand_in_batches(catalogues):
    made = [record(received_at=MONDAY)]
    for person in (handler(), regulator_officer("SERC-YN")):
        with pytest.raises(Refused, match="没有在"):
            many(made, by=person)
    officer = regulator_officer()
    assert many(made, by=officer)[0].case.created_by == officer


def test_the_number_of_queries_does_not_grow_with_the_records(catalogues):
    many([record("warm", received_at=MONDAY)])

    def asked(count):
        with CaptureQueriesContext(connection) as caught:
            many([record(f"{count}-{n}", received_at=MONDAY) for n in range(count)])
        return len(caught)

    # SQLite writes so many rows at a time as it takes values: 40 of them in one statement here.
    assert asked(8) == asked(2)


def test_what_somebody_entered_in_between_is_found_standing(catalogues, monkeypatch):
    """The first look comes too early to see it; the chunk is begun anew."""
    made = record("A1", received_at=MONDAY)
    many([made])
    real, looks = Receiving._standing, []

    def too_early(self, numbers):
        looks.append(1)
        return real(self, numbers) if len(looks) > 1 else {}

    monkeypatch.setattr(Receiving, "_standing", too_early)
    results = many([made, record("A2", received_at=MONDAY)])
    assert [(one.number, one.status) for one in results] == [("A1", 200), ("A2", 201)]
    assert len(looks) == 2
    assert audit.verify() == []
