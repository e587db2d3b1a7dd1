"""The pages of cases, as the people on both sides use them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import Case
from core import clock
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
SECRET = ("赵某某", "13800001234", "0301234567890", "光明路8号")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def page(client, case):
    return client.get(reverse("complaints:case", args=[case.pk]))


def do(client, case, what, **answers):
    return client.post(reverse("complaints:act", args=[case.pk, what]), answers)


def test_an_officer_takes_a_call_and_is_told_of_an_earlier_case(as_, people):
    client = as_(people.officer)
    earlier = received(received_at=MONDAY - timedelta(days=3))
    form = {
        "owner": organisation("SERC-NF").pk,
        "source": "12398",
        "received_at": "2018-03-05T08:55",
        "channel": "phone",
        "nature": "complaint",
        "industry": "power",
        "organisation": "肇庆供电局",
        "complainant_name": "赵某某",
        "complainant_phone": "138-0000-1234",
        "content": "频繁停电",
    }
    hints = client.post(reverse("complaints:hints"), form)
    assert earlier.number in text_of(hints)
    assert client.get(reverse("complaints:new")).status_code == 200
    wrong = client.post(reverse("complaints:new"), {**form, "organisation": "某某局"})
    assert (wrong.status_code, "找不到被反映单位" in text_of(wrong)) == (422, True)
    answer = client.post(reverse("complaints:new"), form)
    made = Case.objects.get(number="12398-20180305-0001")
    assert answer["Location"] == reverse("complaints:case", args=[made.pk])
    assert made.created_by == people.officer


def test_the_page_shows_facts_clock_and_every_act_with_its_reason(as_, people):
    case = received(received_at=MONDAY)
    shown = text_of(page(as_(people.officer), case))
    for words in ("肇庆供电局", "受理决定", "2018-03-12", "12398能源监管热线投诉举报处理办法"):
        assert words in shown
    assert 'action="' + reverse("complaints:act", args=[case.pk, "accept"]) in shown
    for secret in SECRET:
        assert secret not in shown
    of_the_company = text_of(page(as_(people.handler), case))
    assert "受理由首接单位（" in of_the_company
    assert reverse("complaints:act", args=[case.pk, "accept"]) not in of_the_company


def test_acts_are_done_on_the_page_and_refused_with_409(as_, people):
    case = received(received_at=MONDAY)
    client = as_(people.officer)
    assert do(client, case, "accept", seen_state="registered").status_code == 302
    case.refresh_from_db()
    assert case.state == "accepted"
    assert do(client, case, "accept", seen_state="registered").status_code == 409
    missing = do(client, case, "transfer")
    assert (missing.status_code, "承办单位" in text_of(missing)) == (422, True)
    handed = do(client, case, "transfer", organisation=organisation("CSG-GD-ZQ").pk)
    assert handed.status_code == 302
    assert do(as_(people.handler), case, "take").status_code == 302
    assert do(as_(people.handler), case, "dance").status_code == 404
    # Arriving on site is no act of this procedure.
    assert do(as_(people.handler), case, "arrive").status_code == 404


def test_a_second_person_with_an_old_page_gets_409(as_, people):
    case = received(received_at=MONDAY)
    played(case, ("accept", people.officer, {}), start=MONDAY)
    late = do(as_(people.lead), case, "verify", seen_state="registered", outcome="partly", text="x")
    assert late.status_code == 409


def test_the_complainant_is_revealed_for_a_purpose_with_a_trace(as_, people):
    case = received(received_at=MONDAY)
    client, url = as_(people.officer), reverse("complaints:reveal", args=[case.pk])
    assert client.post(url, {"purpose": "看"}).status_code == 409
    answer = client.post(url, {"purpose": "电话核实情况"})
    for secret in SECRET:
        assert secret in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    trace = AuditEvent.objects.get(kind="personal.reveal")
    assert (trace.reason, trace.actor_id) == ("电话核实情况", people.officer.pk)
    assert "13800001234" not in str(trace.details)
    assert as_(people.stranger).post(url, {"purpose": "电话核实情况"}).status_code == 404


def test_the_list_filters_searches_and_pages(as_, people, django_assert_max_num_queries):
    one = received(number="A-1", received_at=MONDAY - timedelta(days=2), content="频繁停电")
    two = received(number="A-2", received_at=MONDAY, nature="enquiry", content="咨询电价")
    client = as_(people.officer)

    def listed(**query):
        answer = client.get(reverse("complaints:list"), query)
        shown = text_of(answer)
        return {case.number for case in (one, two) if f">{case.number}<" in shown}

    assert listed() == {"A-1", "A-2"}
    assert listed(nature="enquiry") == {"A-2"}
    assert listed(text="频繁") == {"A-1"}
    assert listed(text="a-2") == {"A-2"}
    assert listed(since="2018-03-04") == {"A-2"}
    assert listed(until="2018-03-04") == {"A-1"}
    assert listed(organisation="肇庆") == {"A-1", "A-2"}
    assert listed(view="done") == set()
    assert listed(view="nonsense", since="not a day") == {"A-1", "A-2"}
    for number in range(20):
        received(number=f"B-{number}", received_at=MONDAY)
    with django_assert_max_num_queries(22):
        client.get(reverse("complaints:list"))


def test_the_export_is_masked(as_, people):
    from io import BytesIO

    from openpyxl import load_workbook

    received(number="A-1", received_at=MONDAY, content="我是赵某某，电话13800001234")
    answer = as_(people.officer).get(reverse("complaints:export"))
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    everything = str(rows)
    assert rows[1][0] == "A-1"
    assert "138****1234" in everything
    for secret in SECRET:
        assert secret not in everything
    assert people.officer.username in everything


def test_a_list_that_is_too_long_is_not_cut_off_silently(as_, people, monkeypatch):
    received(number="A-1", received_at=MONDAY)
    received(number="A-2", received_at=MONDAY)
    monkeypatch.setattr("complaints.views.cases.MOST_EXPORTED", 1)
    answer = as_(people.officer).get(reverse("complaints:export"))
    assert answer.status_code == 409
    assert "共 2 件，超过一次导出的上限 1 件" in answer.content.decode()


def test_the_export_asks_no_more_for_more_cases(as_, people, django_assert_max_num_queries):
    client = as_(people.officer)
    for number in range(12):
        received(number=f"S-{number}", received_at=MONDAY, anonymous=True)
    with django_assert_max_num_queries(20):
        client.get(reverse("complaints:export"))


def test_notes_reach_the_audiences_that_were_chosen(as_, people):
    case = received(received_at=MONDAY)
    url = reverse("complaints:note", args=[case.pk])
    client = as_(people.officer)
    client.post(url, {"text": "仅供内部掌握", "audiences": ["regulator"]})
    client.post(url, {"text": "请企业准备资料", "audiences": ["company", "regulator"]})
    assert client.post(url, {"text": "没有对象"}).status_code == 422
    of_the_office = text_of(page(client, case))
    of_the_company = text_of(page(as_(people.handler), case))
    assert "仅供内部掌握" in of_the_office
    assert "仅供内部掌握" not in of_the_company
    assert "请企业准备资料" in of_the_company


def test_two_cases_are_merged_and_taken_apart_on_the_page(as_, people):
    one, two = received(received_at=MONDAY), received(received_at=MONDAY)
    client = as_(people.officer)
    url = reverse("complaints:merge", args=[two.pk])
    assert client.post(url, {"number": "nothing"}).status_code == 422
    client.post(url, {"number": one.number})
    two.refresh_from_db()
    assert (two.state, two.merged_into) == ("merged", one)
    assert two.number in text_of(page(client, one))
    link = two.links_from.get()
    client.post(reverse("complaints:undo", args=[two.pk, link.pk]))
    two.refresh_from_db()
    assert (two.state, two.merged_into) == ("registered", None)


def test_the_desk_names_what_waits(as_, people):
    case = received(received_at=MONDAY)
    assert case.number in text_of(as_(people.officer).get(reverse("desk")))
    assert case.number not in text_of(as_(people.handler).get(reverse("desk")))
    with clock.standing_at(MONDAY + timedelta(days=10)):
        shown = text_of(as_(people.officer).get(reverse("desk")))
    assert "逾期" in shown


def test_what_is_out_of_sight_is_404_and_what_is_closed_to_a_role_403(as_, people):
    case = received(received_at=MONDAY)
    assert page(as_(people.stranger), case).status_code == 404
    assert as_(people.lead).get(reverse("complaints:new")).status_code == 403


def test_a_number_that_a_colleague_took_meanwhile_is_passed_over(as_, people, monkeypatch):
    from complaints.services import registering

    received(number="12398-20180305-0001", received_at=MONDAY)
    numbers = iter(["12398-20180305-0001", "12398-20180305-0002"])
    monkeypatch.setattr(registering, "next_number", lambda *_args, **_kwargs: next(numbers))
    form = {
        "owner": organisation("SERC-NF").pk,
        "source": "12398",
        "received_at": "2018-03-05T08:55",
        "channel": "phone",
        "nature": "enquiry",
        "industry": "power",
        "content": "咨询电价",
    }
    assert as_(people.officer).post(reverse("complaints:new"), form).status_code == 302
    assert Case.objects.filter(number="12398-20180305-0002").exists()
