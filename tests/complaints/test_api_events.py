"""What the other house tells of a case, and the feed of changes that it reads."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from complaints import feed, services
from complaints.invariants import changes_in_order
from complaints.models import Case, CaseEvent
from core import clock
from tests.complaints.test_api_cases import CASES, item, order, problem
from tests.factories import complaints as cases
from tests.factories.accounts import organisation
from tests.factories.clients import Caller, issued

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes/"
MORNING = "2018-03-05 09:00"


@pytest.fixture(autouse=True)
def day(catalogues):
    with clock.standing_at(cases.at("2018-03-06 09:00")) as instant:
        yield instant


@pytest.fixture
def company(day):
    return Caller(issued("CSG-GD"))


@pytest.fixture
def station(day):
    """The system of a unit below, which handles but does not hand out."""
    return Caller(issued("CSG-GD-ZQ"))


def fault(caller, number="F-1"):
    made = caller.post(CASES, order(number, nature="fault", category="", area_type="urban"))
    assert made.status_code == 201, made.content
    return f"{CASES}{number}/events/"


def told(caller, url, kind, minute, **more):
    at = (cases.at(MORNING) + timedelta(minutes=minute)).isoformat()
    return caller.post(url, {"kind": kind, "at": at, **more})


def test_a_repair_is_told_from_dispatch_to_the_return_visit(company, station):
    url = fault(company)
    steps = [
        (company, "dispatched", {"organisation": "CSG-GD-ZQ"}, "dispatched", "dispatch"),
        (station, "accepted", {"by": "李某"}, "handling", "take"),
        (station, "arrived", {}, "arrived", "arrive"),
        (station, "restored", {"text": "更换熔断器"}, "restored", "restore"),
        (station, "replied", {"text": "已恢复供电"}, "replied", "reply"),
        (company, "visited", {"reached": True, "satisfaction": "满意"}, "replied", "visit"),
        (company, "closed", {}, "closed", "close"),
    ]
    for minute, (caller, kind, more, state, act) in enumerate(steps, 1):
        answer = told(caller, url, kind, minute, **more)
        assert answer.status_code == 201, (kind, answer.content.decode())
        body = answer.json()
        assert (body["state"], body["act"], body["kind"]) == (state, act, kind)
        assert body["at"] == f"2018-03-05T09:0{minute}:00+08:00"
    case = Case.objects.get()
    assert case.closed_at == cases.at("2018-03-05 09:07")
    assert {c.state for c in case.clocks.all()} <= {"met", "void"}
    taken = case.events.get(kind="take")
    assert (taken.author, taken.organisation.code, taken.by) == ("李某", "CSG-GD-ZQ", None)


def test_a_complaint_is_closed_with_what_was_found_out(company):
    company.post(CASES, order())
    url = f"{CASES}ZQ-1/events/"
    assert told(company, url, "replied", 5, text="已整改").status_code == 201
    refused = problem(told(company, url, "closed", 6), 409)
    assert refused["detail"] == "请先核实定性，再办结。"
    closed = told(company, url, "closed", 7, outcome="属实", text="线路老化，已更换")
    assert (closed.status_code, closed.json()["state"]) == (201, "closed")
    kinds = list(Case.objects.get().events.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["received", "reply", "verify", "close"]
    assert Case.objects.get().outcome == "substantiated"


def test_a_wrong_state_is_refused_with_its_reason(company, station):
    url = fault(company)
    answer = problem(told(company, url, "arrived", 1), 409)
    assert answer["detail"] == "该诉求处于“已登记”状态，不能到达现场。"
    assert answer["title"] == "不能办理"
    told(company, url, "dispatched", 2, organisation="CSG-GD-ZQ")
    early = problem(told(station, url, "accepted", 1), 409)
    assert early["detail"] == "办理时间早于上一环节。"
    later = problem(told(station, url, "accepted", 60 * 24 * 9), 409)
    assert later["detail"] == "办理时间晚于现在。"
    assert CaseEvent.objects.count() == 2


def test_only_whose_turn_it_is_can_tell(company, day):
    office = Caller(issued("SERC-NF"))
    office.post(CASES, item("N-1"))
    # The company is named in it and sees it, but has not been given it.
    answer = problem(told(company, f"{CASES}N-1/events/", "accepted", 1), 409)
    assert "首接单位" in answer["detail"]
    stranger = Caller(issued("CSG-YN"))
    assert problem(told(stranger, f"{CASES}N-1/events/", "accepted", 1), 404)
    assert told(office, f"{CASES}N-1/events/", "accepted", 1).status_code == 201
    handed = told(office, f"{CASES}N-1/events/", "dispatched", 2, organisation="CSG-GD-ZQ")
    assert (handed.status_code, handed.json()["act"]) == (201, "transfer")
    assert told(company, f"{CASES}N-1/events/", "accepted", 3).json()["act"] == "take"


def test_a_slip_comes_back_and_work_is_sent_back(company, station):
    url = fault(company)
    told(company, url, "dispatched", 1, organisation="CSG-GD-ZQ")
    wrong = problem(told(station, url, "returned", 2, reason="不存在的原因"), 422)
    assert {error["field"] for error in wrong["errors"]} == {"reason", "text"}
    back = told(station, url, "returned", 2, reason=reason(), text="不在本所辖区")
    assert (back.status_code, back.json()["act"], back.json()["state"]) == (
        *(201, "return_slip"),
        "registered",
    )
    told(company, url, "dispatched", 3, organisation="CSG-GD-ZQ")
    for minute, kind in enumerate(("accepted", "arrived", "restored"), 4):
        assert told(station, url, kind, minute).status_code == 201
    told(station, url, "replied", 7, text="好了")
    again = told(company, url, "returned", 8, text="用户反映仍未恢复")
    assert (again.json()["act"], again.json()["state"]) == ("rework", "handling")
    assert told(company, url, "urged", 9).json()["state"] == "handling"


def reason():
    from complaints.models import Term

    return Term.objects.filter(kind="return_reason").first().label


def test_a_message_that_comes_again_is_known(company, station):
    url = fault(company)
    first = told(company, url, "dispatched", 1, id="m-1", organisation="CSG-GD-ZQ")
    again = told(company, url, "dispatched", 1, id="m-1", organisation="CSG-GD-ZQ")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = problem(told(station, url, "accepted", 2, id="m-1"), 409)
    assert other["detail"] == "消息编号m-1已用于其他事项。"
    keyed = station.post(url, {"kind": "accepted"}, key="e-1")
    replayed = station.post(url, {"kind": "accepted"}, key="e-1")
    assert (keyed.status_code, replayed.status_code) == (201, 201)
    assert keyed.json() == replayed.json()
    assert CaseEvent.objects.count() == 3


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ({}, {"kind"}),
        ({"kind": "exploded", "at": "now", "by": 5, "id": "x" * 81}, {"kind", "at", "by", "id"}),
        ({"kind": "dispatched"}, {"organisation"}),
        ({"kind": "dispatched", "organisation": "NOWHERE"}, {"organisation"}),
        ({"kind": "dispatched", "organisation": ["x"]}, {"organisation"}),
        ({"kind": "dispatched", "organisation": "CSG-GD-ZQ", "outcome": "x"}, {"outcome"}),
        ({"kind": "dispatched", "organisation": "CSG-GD-ZQ", "text": "\0"}, {"text"}),
        ({"kind": "dispatched", "organisation": "CSG-GD-ZQ", "text": "长" * 4001}, {"text"}),
    ],
)
def test_what_is_wrong_with_a_message_is_named(company, message, wrong):
    url = fault(company)
    answer = problem(company.post(url, message), 422)
    assert {error["field"] for error in answer["errors"]} == wrong
    assert CaseEvent.objects.count() == 1


def test_half_a_sign_in_a_message_is_malformed(company):
    problem(company.post(fault(company), {"kind": "dispatched", "by": "a\ud800"}), 400)
    assert CaseEvent.objects.count() == 1


def test_a_visit_says_whether_somebody_was_reached(company):
    company.post(CASES, order())
    url = f"{CASES}ZQ-1/events/"
    told(company, url, "replied", 5, text="已整改")
    flawed = problem(told(company, url, "visited", 6, reached="yes"), 422)
    assert [error["field"] for error in flawed["errors"]] == ["reached"]
    assert told(company, url, "visited", 6, reached=False).status_code == 201
    assert Case.objects.get().satisfaction == "unreachable"


# --- The feed of changes --------------------------------------------------------------------------


def fed(company, **params):
    """An answer of the feed, once nothing else that is written holds it back.

    PostgreSQL numbers the transactions of all its databases together, and on this server other
    parts of the suite write into theirs at the same time.
    """
    end = time.monotonic() + 60
    while (
        feed.settled(Case.objects.all()).count() < Case.objects.count() and time.monotonic() < end
    ):
        time.sleep(0.05)
    return company.get(CHANGES, params)


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["items"]]


@pytest.mark.django_db(transaction=True)
def test_the_feed_tells_each_change_once_and_in_order(company):
    for number in "ABC":
        fault(company, number)
    first = fed(company, limit=2)
    assert numbers(first) == ["A", "B"]
    assert first.json()["more"] is True
    told(company, f"{CASES}A/events/", "dispatched", 1, organisation="CSG-GD-ZQ")
    second = fed(company, cursor=first.json()["next"])
    assert numbers(second) == ["C", "A"]
    found = second.json()["items"][1]
    assert (found["kind"], found["case"]["state"]) == ("case", "dispatched")
    assert found["updated_at"] == found["case"]["updated_at"]
    empty = fed(company, cursor=second.json()["next"]).json()
    assert empty == {"items": [], "next": second.json()["next"], "more": False}
    # Every way of writing counts, not only the services'.
    Case.objects.filter(number="B").update(feeder="10kV城东线")
    assert numbers(fed(company, cursor=second.json()["next"])) == ["B"]
    assert numbers(Caller(issued("CSG-YN")).get(CHANGES)) == []
    assert problem(company.get(CHANGES, {"cursor": "x"}), 400)["errors"]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_not_passed_over(company):
    """A writer that began first and commits last, as PostgreSQL allows."""
    fault(company, "A")
    fault(company, "B")
    start = fed(company).json()["next"]
    if connection.vendor != "postgresql":
        # One writer at a time: whoever comes second is stamped second.
        told(company, f"{CASES}B/events/", "dispatched", 1, organisation="CSG-GD-ZQ")
        assert numbers(fed(company, cursor=start)) == ["B"]
        return
    written, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Case.objects.filter(number="A").update(feeder="10kV城东线")
            written.set()
            go_on.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(20)
    told(company, f"{CASES}B/events/", "dispatched", 1, organisation="CSG-GD-ZQ")
    # B is committed, but A lies before it and may still come.
    meanwhile = company.get(CHANGES, {"cursor": start}).json()
    assert meanwhile["items"] == []
    go_on.set()
    writer.join()
    assert numbers(fed(company, cursor=meanwhile["next"])) == ["A", "B"]


@pytest.mark.django_db(transaction=True)
def test_the_order_is_proved_and_put_up_again_after_a_restore(company):
    fault(company, "A")
    assert changes_in_order() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As if the rows came from a database that had counted further.
            cursor.execute("ALTER TABLE complaints_case DISABLE TRIGGER complaints_case_changed")
            cursor.execute("UPDATE complaints_case SET change_seq = change_seq + 1000000")
            cursor.execute("ALTER TABLE complaints_case ENABLE TRIGGER complaints_case_changed")
        else:
            cursor.execute("DROP TRIGGER complaints_case_update")
    assert len(changes_in_order()) == 1
    before = Case.objects.get().change_seq
    feed.install(using="default")
    assert changes_in_order() == []
    Case.objects.update(feeder="10kV城东线")
    assert Case.objects.get().change_seq > before


def test_many_cases_are_stamped_as_well(company):
    records = [
        cases.record(f"M-{n}", received_at=cases.at(MORNING), channel="phone", nature="complaint")
        for n in range(3)
    ]
    owner = organisation("SERC-NF")
    services.receive_many(records, source="12398", owner=owner, now=cases.at(MORNING))
    assert Case.objects.filter(change_seq__gt=0).count() == 3
