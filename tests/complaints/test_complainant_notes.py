"""What a complainant reads of their case: what was written for them, and nobody's name."""

from datetime import timedelta

import pytest

from complaints import services
from complaints.queries import case_notes_for_complainant
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
EVERYBODY = ["regulator", "company", "complainant"]


def test_the_complainant_reads_notes_for_them_and_the_answer_of_the_office(people):
    case = played(received(received_at=MONDAY), ("accept", people.officer, {}), start=MONDAY)
    later = MONDAY + timedelta(hours=1)
    services.note(case, text="仅供内部掌握", audiences=["regulator"], by=people.officer, now=later)
    text = "已请企业核查，如有疑问请拨打13800001234"
    services.note(case, text=text, audiences=EVERYBODY, by=people.officer, now=later)
    played(
        case,
        ("verify", people.officer, {"outcome": "partly", "text": "线路老化，核实情况不对外"}),
        ("inform", people.officer, {"text": "线路改造十日内完成"}),
        start=later,
    )
    office = people.officer.home.name
    told = [
        (one.at, one.label, one.organisation, one.text) for one in case_notes_for_complainant(case)
    ]
    masked = "已请企业核查，如有疑问请拨打138****1234"
    assert told == [
        (later + timedelta(minutes=1), "告知诉求人", office, "线路改造十日内完成"),
        (later, "记录", office, masked),
    ]


def test_a_report_tells_its_reporter_why_it_was_refused(people):
    case = received(received_at=MONDAY, nature="report")
    played(
        case,
        ("refuse", people.officer, {"ground": "no_respondent", "text": "没有被反映单位"}),
        start=MONDAY,
    )
    (line,) = case_notes_for_complainant(case)
    assert (line.label, line.text) == ("不予受理", "没有被反映单位")
