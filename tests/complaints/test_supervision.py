"""Orders of the regulator on cases: listed with their deadlines, and whoever sleeps is told."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from complaints.services import supervising
from core import clock
from core.models import Letter
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")


@pytest.fixture
def watched(people):
    """Two cases of one unit under orders: answer by Thursday, and by next Monday."""
    unit = {"organisation": organisation("CSG-GD-ZQ")}
    return [
        played(
            received(number=number, received_at=MONDAY),
            ("accept", people.officer, {}),
            ("transfer", people.officer, unit),
            ("take", people.handler, {}),
            (
                "supervise",
                people.lead,
                {"due_on": due_on, "text": "限期答复13800001234", "document_number": document},
            ),
            start=MONDAY,
        )
        for number, due_on, document in (
            ("A-1", date(2018, 3, 8), "南方督〔2018〕1号"),
            ("A-2", date(2018, 3, 12), ""),
        )
    ]


def shown(client, person, when, query=""):
    client.force_login(person)
    with clock.standing_at(when):
        return client.get(reverse("complaints:supervision") + query).content.decode()


def counts(page):
    tabs = page[page.index('aria-label="反馈情况"') :].partition("</nav>")[0]
    return [int(part.partition("<")[0]) for part in tabs.split('class="count">')[1:]]


@pytest.mark.clause("S1-2.2.2c")
def test_an_office_orders_a_company_to_solve_it_and_reads_the_answer(client, people):
    case = played(
        received(number="A-1", received_at=MONDAY),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        start=MONDAY,
    )

    def does(person, when, what, **answers):
        client.force_login(person)
        with clock.standing_at(when):
            return client.post(reverse("complaints:act", args=[case.pk, what]), answers)

    tuesday, friday = at("2018-03-06 10:00"), at("2018-03-09 10:00")
    order = {"text": "限期更换老旧变压器", "document_number": "南方督〔2018〕1号"}
    assert does(people.lead, tuesday, "supervise", due_on="2018-03-05", **order).status_code == 409
    assert does(people.lead, tuesday, "supervise", due_on="2018-03-08", **order).status_code == 302
    # The company sees what is asked and until when, and may not answer with nothing.
    page = shown(client, people.handler, tuesday)
    for words in ("限期更换老旧变压器", "南方督〔2018〕1号", "2018-03-08"):
        assert words in page
    assert does(people.handler, friday, "answer_supervision", text="").status_code in (409, 422)
    answered = does(people.handler, friday, "answer_supervision", text="变压器已更换")
    assert answered.status_code == 302
    page = shown(client, people.lead, friday, "?view=answered_late")
    assert ("A-1" in page, "变压器已更换" in page) == (True, True)


@pytest.mark.clause("S1-2.2.2c")
def test_orders_are_listed_as_waiting_late_answered_and_answered_late(client, people, watched):
    friday = at("2018-03-09 10:00")
    page = shown(client, people.officer, friday)
    # Waiting, late, answered in time, answered late, all.
    assert counts(page) == [1, 1, 0, 0, 2]
    for words in ("A-1", "逾期未反馈", "南方督〔2018〕1号", "限期答复138****1234"):
        assert words in page
    assert "A-2" not in page
    assert "A-2" in shown(client, people.officer, friday, "?view=waiting")
    first, second = watched
    answer = {"text": "已更换变压器"}
    played(first, ("answer_supervision", people.handler, answer), start=friday)
    played(second, ("answer_supervision", people.handler, answer), start=friday)
    page = shown(client, people.handler, friday, "?view=answered_late")
    assert counts(page) == [0, 0, 1, 1, 2]
    assert ("A-1" in page, "已更换变压器" in page) == (True, True)
    assert counts(shown(client, people.officer, friday, "?q=2018〕1")) == [0, 0, 0, 1, 1]
    assert counts(shown(client, people.stranger, friday)) == [0, 0, 0, 0, 0]


def test_the_list_leaves_as_a_workbook_without_personal_data(client, people, watched):
    client.force_login(people.officer)
    with clock.standing_at(MONDAY + timedelta(hours=1)):
        answer = client.get(reverse("complaints:supervision_export") + "?view=waiting")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows] == ["诉求编号", "A-1", "A-2"]
    assert "13800001234" not in str(rows)


def told(when):
    """Who hears of orders at a tick, by notice."""
    with clock.standing_at(when):
        supervising.tick(now=when)
        supervising.tick(now=when)
    letters = Letter.objects.filter(kind="case.supervision", channel="notice", created_at=when)
    return sorted((one.recipient.username, one.subject.partition("：")[0]) for one in letters)


def test_who_answers_for_an_order_is_told_before_and_the_leaders_after(people, watched):
    assert told(at("2018-03-07 08:59")) == []
    assert told(at("2018-03-07 09:00")) == [(people.handler.username, "督办临期")]
    assert told(at("2018-03-08 23:59")) == []
    assert {name for name, _subject in told(at("2018-03-09 00:00"))} == {
        people.chief.username,
        people.lead.username,
        people.officer.username,
    }
    # Friday: the second order is due on Monday.
    assert told(at("2018-03-09 09:00")) == [(people.handler.username, "督办临期")]
    played(
        watched[1],
        ("answer_supervision", people.handler, {"text": "已办"}),
        start=at("2018-03-09 09:30"),
    )
    # Three working days after Thursday the company above hears of it too.
    higher = told(at("2018-03-13 09:00"))
    assert (people.boss.username, "督办逾期未反馈") in higher
    assert len(higher) == 4
    assert told(at("2018-03-20 09:00")) == []


ORDER = {"due_on": date(2018, 3, 8), "text": "限期答复"}
SAID = {"text": "情况说明"}
FOUND = {"outcome": "substantiated", "text": "属实"}


def answered_on_the_page(client, person, case, then):
    """The order of the case is answered, by its page; afterwards it can be closed."""
    client.force_login(person)
    with clock.standing_at(MONDAY + timedelta(hours=1)):
        form = {"text": "已更换变压器"}
        answer = client.post(reverse("complaints:act", args=[case.pk, "answer_supervision"]), form)
    assert answer.status_code == 302
    closed = played(case, *then, start=MONDAY + timedelta(hours=2))
    assert closed.state == "closed"
    assert closed.supervisions.get().answer == "已更换变压器"


@pytest.mark.parametrize("year", [2012, 2018, 2025])
def test_an_order_is_answered_when_the_complainant_is_informed_already(client, people, year):
    monday = MONDAY.replace(year=year)
    unit = {"organisation": organisation("CSG-GD-ZQ")}
    office = ("accept", people.officer, {}) if year < 2025 else None
    finder = people.officer if year < 2025 else people.handler
    steps = [
        office,
        ("transfer", people.officer, unit),
        ("take", people.handler, {}),
        ("supervise", people.lead, {**ORDER, "due_on": date(year, 3, 20)}),
        ("reply", people.handler, SAID) if year < 2025 else None,
        ("verify", finder, FOUND),
        ("inform", finder, SAID),
    ]
    case = played(received(received_at=monday), *filter(None, steps), start=monday)
    client.force_login(people.handler)
    with clock.standing_at(monday + timedelta(hours=1)):
        page = client.get(reverse("complaints:case", args=[case.pk])).content.decode()
        assert "督办反馈" in page
        act = reverse("complaints:act", args=[case.pk, "answer_supervision"])
        assert client.post(act, {"text": "已更换变压器"}).status_code == 302
    closed = played(case, ("close", finder, {}), start=monday + timedelta(hours=2))
    assert (closed.state, closed.supervisions.get().answer) == ("closed", "已更换变压器")


@pytest.mark.parametrize("last", ["verified", "restored", "replied"])
def test_an_order_on_a_work_order_is_answered_until_it_is_closed(client, people, last):
    fault = {"nature": "fault", "category": "", "channel": "phone_95598"}
    order = {"channel": "phone_95598"}
    case = received(
        source="95598",
        owner="CSG-GD-ZQ",
        received_at=MONDAY,
        **(order if last == "verified" else fault),
    )
    here = organisation("CSG-GD-ZQ")
    steps = {
        "verified": [("reply", people.handler, SAID), ("verify", people.handler, FOUND)],
        "restored": [("arrive", people.handler, {}), ("restore", people.handler, {})],
        "replied": [("arrive", people.handler, {}), ("reply", people.handler, SAID)],
    }[last]
    case = played(
        case,
        ("dispatch", people.handler, {"organisation": here}),
        ("take", people.handler, {}),
        ("supervise", people.lead, ORDER),
        *steps,
        start=MONDAY,
    )
    assert case.state == last
    then = [("reply", people.handler, SAID)] if last == "restored" else []
    answered_on_the_page(client, people.handler, case, [*then, ("close", people.handler, {})])


def test_an_order_on_a_case_that_came_back_is_answered_by_the_office_itself(client, people):
    case = played(
        received(received_at=MONDAY),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        ("supervise", people.lead, ORDER),
        ("return_slip", people.handler, {"reason": "not_ours", "text": "不属于本单位"}),
        ("verify", people.officer, FOUND),
        start=MONDAY,
    )
    client.force_login(people.handler)
    with clock.standing_at(MONDAY + timedelta(minutes=30)):
        act = reverse("complaints:act", args=[case.pk, "answer_supervision"])
        assert client.post(act, SAID).status_code in (403, 404, 409)
    then = [("inform", people.officer, SAID), ("close", people.officer, {})]
    answered_on_the_page(client, people.officer, case, then)
