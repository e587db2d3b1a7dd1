"""Taking in cases: once, checked, scanned, with their clocks."""

from datetime import timedelta

import pytest

from complaints import services
from complaints.models import Case
from core.errors import Conflict, Refused
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, handler, received, record, regulator_officer

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")


def receive(made, *, source="12398", owner="SERC-NF", by=None, now=MONDAY):
    return services.receive(made, source=source, owner=organisation(owner), by=by, now=now)


def test_a_case_gets_its_procedure_places_and_clock(catalogues):
    case = received(received_at=MONDAY, organisation="肇庆供电局")
    assert case.procedure.code == "12398-2017"
    assert (case.state, case.accepted) == ("registered", None)
    assert case.organisation.code == "CSG-GD-ZQ"
    assert case.region_id == case.organisation.region_id
    assert case.owner == case.holder == case.answerable == organisation("SERC-NF")
    clock = case.clocks.get()
    # 7 calendar days after Monday 5 March: Monday 12 March, to its last second.
    assert (clock.code, clock.due_at) == ("decide", at("2018-03-12 23:59") + timedelta(seconds=59))
    assert case.due_at == clock.due_at


def test_a_work_order_is_accepted_by_being_received(catalogues):
    case = received(
        source="95598",
        owner="CSG-GD",
        received_at=MONDAY,
        nature="fault",
        channel="phone_95598",
        category="lv_fault",
        area_type="rural",
    )
    assert case.accepted is True
    # 90 minutes in the country.
    assert case.clocks.get(code="arrive").due_at == at("2018-03-05 10:30")


def test_the_same_again_changes_nothing(catalogues):
    made = record("A1", received_at=MONDAY)
    first, new = receive(made)
    again, second = receive(made, now=MONDAY + timedelta(days=1))
    assert (new, second, first.pk) == (True, False, again.pk)
    assert Case.objects.count() == 1
    assert AuditEvent.objects.filter(kind="case.receive").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"content": "另一件事"},
        {"complainant_phone": "13900001234"},
        {"received_at": MONDAY - timedelta(minutes=1)},
        {"confidential": True},
    ],
)
def test_the_same_number_with_other_content_is_a_conflict(catalogues, change):
    receive(record("A1", received_at=MONDAY))
    with pytest.raises(Conflict, match="A1已用于内容不同"):
        receive(record("A1", **{"received_at": MONDAY, **change}))


def test_two_owners_may_use_one_number(catalogues):
    receive(record("A1", received_at=MONDAY))
    other, new = receive(record("A1", received_at=MONDAY), owner="SERC-YN")
    assert new
    assert other.owner.code == "SERC-YN"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"channel": "pigeon"}, {"channel"}),
        ({"channel": "wechat"}, {"channel"}),  # only since 2025
        ({"nature": "fault"}, {"nature"}),  # not a nature of 12398
        ({"category": "price_execution"}, {"category"}),  # until 2011
        ({"organisation": "无此单位"}, {"organisation"}),
        ({"region": "无此地"}, {"region"}),
        ({"received_at": MONDAY + timedelta(hours=1)}, {"received_at"}),
        ({"nature": "", "channel": "", "industry": ""}, {"nature", "channel", "industry"}),
        ({"feeder": "线" * 61}, {"feeder"}),
        ({"state": "closed"}, {"closed_at"}),
        ({"closed_at": MONDAY}, {"closed_at"}),
        ({"state": "closed", "closed_at": MONDAY - timedelta(days=1)}, {"closed_at"}),
        ({"state": "arrived"}, {"state"}),
        ({"number": " "}, {"number"}),
    ],
)
def test_all_mistakes_of_a_record_are_told_at_once(catalogues, change, fields):
    with pytest.raises(services.Faulty) as caught:
        receive(record(**{"received_at": MONDAY, **change}))
    assert set(caught.value.errors) == fields
    assert not Case.objects.exists()


def test_a_case_that_was_closed_elsewhere_comes_without_clocks(catalogues):
    case = received(
        received_at=MONDAY,
        now=MONDAY + timedelta(days=40),
        state="closed",
        accepted=True,
        closed_at=MONDAY + timedelta(days=30),
        outcome="substantiated",
        satisfaction="content",
    )
    assert (case.state, case.outcome, case.satisfaction) == ("closed", "substantiated", "content")
    assert not case.clocks.exists()
    assert case.due_at is None


def test_only_those_with_the_right_register_for_their_office(catalogues):
    made = record(received_at=MONDAY)
    with pytest.raises(Refused, match="没有在"):
        receive(made, by=handler())
    with pytest.raises(Refused, match="没有在"):
        receive(made, by=regulator_officer("SERC-YN"))
    officer = regulator_officer()
    case, _new = receive(made, by=officer)
    assert case.created_by == officer


def test_personal_data_is_taken_out_of_the_text_and_kept_apart(catalogues):
    said = "我是赵某某，电话13800001234，身份证440102199003071234，住光明路8号2栋301室，经常停电"
    case = received(received_at=MONDAY, content=said)
    for word in ("赵某某", "13800001234", "440102199003071234", "301室"):
        assert word not in case.content
        assert word not in case.grams
    assert "经常停电" in case.content
    assert case.content_full == said
    plain = received(received_at=MONDAY, content="经常停电")
    assert (plain.content, plain.content_full) == ("经常停电", "")


def test_equal_numbers_are_found_by_their_blind_index(catalogues):
    one = received(received_at=MONDAY, complainant_phone="138 0000-1234")
    two = received(received_at=MONDAY)
    other = received(received_at=MONDAY, complainant_phone="13800001235")
    assert one.phone_index == two.phone_index != other.phone_index
    assert one.phone_index not in (one.account_index, "")


def test_the_search_finds_words_of_two_characters(catalogues):
    one = received(number="GD-77", received_at=MONDAY, content="小区频繁停电")
    two = received(received_at=MONDAY, content="电费多收")
    found = Case.objects.search
    assert list(found("频繁")) == [one]
    assert list(found("电费 多收")) == [two]
    assert set(found("停电")) == {one}
    assert list(found("gd")) == [one]
    assert not found("电").exists()
    assert not found("").exists()
    assert not found("繁频").exists()


def test_numbers_given_by_the_portal_run_on(catalogues):
    owner = organisation("SERC-NF")
    assert services.next_number(owner, "12398", now=MONDAY) == "12398-20180305-0001"
    received(number="12398-20180305-0001", received_at=MONDAY)
    assert services.next_number(owner, "12398", now=MONDAY) == "12398-20180305-0002"


def test_the_search_goes_by_the_index_of_words(catalogues):
    from django.db import connection

    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql:
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
    plan = Case.objects.search("频繁停电").order_by().explain()
    # The embedded database looks through the words themselves.
    assert ("case_by_words" in plan) == on_postgresql


@pytest.mark.parametrize("name", ["nature", "category", "state", "source"])
def test_a_list_of_what_is_seldom_goes_by_an_index_in_its_order(name, catalogues):
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # In an empty table one index is as good as another: as if there were a million cases.
            cursor.execute(
                "UPDATE pg_class SET reltuples = 1000000, relpages = 1"
                " WHERE relname = 'complaints_case'"
            )
            cursor.execute("SET enable_seqscan = off")
            cursor.execute("SET enable_sort = off")
            cursor.execute("SET enable_bitmapscan = off")
    plan = Case.objects.filter(**{name: "seldom"}).order_by("-received_at", "-pk")[:51].explain()
    assert f"case_{name}_by_time" in plan
