"""The regulator's platform as the plan of 2011 asks for it (三、5 and 四), through the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.models import Case
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at
from tests.reading import text_of
from tests.workbooks import attachments

pytestmark = pytest.mark.django_db


class Office:
    """Somebody at the desk, at the time that the clock is put to."""

    def __init__(self, client):
        self.client, self.now = client, at("2018-03-05 09:00")

    def at(self, when):
        self.now = at(when)
        return self

    def get(self, name, *args):
        with clock.standing_at(self.now):
            return text_of(self.client.get(reverse(f"complaints:{name}", args=args)))

    def post(self, name, *args, **data):
        with clock.standing_at(self.now):
            return self.client.post(reverse(f"complaints:{name}", args=args), data)

    def takes(self, **given):
        """Register a case on the page."""
        form = {
            "owner": organisation("SERC-NF").pk,
            "source": "12398",
            "received_at": self.now.strftime("%Y-%m-%dT%H:%M"),
            "channel": "phone",
            "nature": "complaint",
            "industry": "power",
            "organisation": "肇庆供电局",
            "content": "频繁停电",
            **given,
        }
        known = set(Case.objects.values_list("pk", flat=True))
        answer = self.post("new", **form)
        assert answer.status_code == 302, text_of(answer)[:3000]
        return Case.objects.exclude(pk__in=known).get()

    def does(self, case, what, **answers):
        answer = self.post("act", case.pk, what, **answers)
        assert answer.status_code == 302, text_of(answer)[:3000]
        case.refresh_from_db()


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return Office(client)

    return sign_in


@pytest.mark.clause("S1-3.3.5(1)a")
@pytest.mark.parametrize(
    ("source", "channel", "day"),
    [
        ("12398", "phone", "2018-03-05"),
        ("12398", "fax", "2018-03-05"),
        ("12398", "email", "2018-03-05"),
        ("letter", "letter", "2018-03-05"),
        ("visit", "visit", "2018-03-05"),
        ("12398", "app", "2025-03-05"),
        ("12398", "wechat", "2025-03-05"),
    ],
)
def test_whatever_way_somebody_turns_to_the_regulator_it_is_one_intake(
    as_, people, source, channel, day
):
    desk = as_(people.officer).at(f"{day} 09:00")
    case = desk.takes(source=source, channel=channel)
    assert (case.source, case.channel) == (source, channel)
    assert case.number in desk.get("list")


@pytest.mark.clause("S1-2.2.2f")
@pytest.mark.clause("S1-3.3.5(2)e")
def test_the_clocks_of_the_rule_run_from_the_receipt_and_turn_red_when_they_are_over(as_, people):
    """The rule of 2017: decided in 7 days, closed in 60; the company answers in 10 working days."""
    desk = as_(people.officer)
    case = desk.takes()
    page = desk.get("case", case.pk)
    assert "受理决定" in page
    # Seven days from Monday 5 March.
    assert "2018-03-12 23:59" in page
    desk.does(case, "accept")
    # Sixty days from the acceptance.
    assert "2018-05-04 23:59" in desk.get("case", case.pk)
    desk.does(case, "transfer", organisation=organisation("CSG-GD-ZQ").pk)
    # Ten working days end on Monday 19 March; that is the next thing to watch.
    assert "2018-03-19 23:59" in desk.get("list")
    assert "lamp-late" not in desk.at("2018-03-19 23:00").get("list")
    assert "lamp-late" in desk.at("2018-03-20 09:00").get("list")
    assert "已逾期" in desk.get("case", case.pk)


@pytest.mark.clause("S1-3.3.5(2)d")
def test_there_is_always_somebody_who_answers_for_a_case(as_, people):
    """The office that received it, until a named person of the company has taken it over."""
    desk = as_(people.officer)
    case = desk.takes()
    desk.does(case, "accept")
    desk.does(case, "transfer", organisation=organisation("CSG-GD-ZQ").pk)
    assert case.answerable.code == "SERC-NF"
    company = as_(people.handler)
    company.does(case, "take")
    assert (case.answerable.code, case.responsible) == ("CSG-GD-ZQ", people.handler)
    page = as_(people.officer).get("case", case.pk)
    assert page.count("肇庆供电局") >= 2
    assert people.handler.name in page
    # Nobody can register one that belongs to nobody.
    form = {"source": "12398", "channel": "phone", "nature": "complaint", "industry": "power"}
    assert as_(people.officer).post("new", **form).status_code == 422


@pytest.mark.clause("S1-3.3.5(3)a")
@pytest.mark.clause("S1-3.3.5(3)b")
@pytest.mark.clause("S1-4.2h")
def test_a_report_is_investigated_with_evidence_and_every_step_names_who_and_when(as_, people):
    desk = as_(people.officer)
    case = desk.takes(nature="report", content="举报抄表员少抄电量")
    desk.does(case, "accept")
    desk.at("2018-03-08 15:30")
    photo = SimpleUploadedFile("readings.png", attachments.png())
    given = {"files": photo, "kind": "photo", "audiences": ["regulator"]}
    sent = desk.post("attach", case.pk, **given)
    assert sent.status_code == 302
    # Not closed before something was found.
    early = desk.post("act", case.pk, "inform", text="告知")
    assert early.status_code == 409
    desk.does(case, "verify", outcome="partly", text="调取三个月抄表记录，两户少抄属实。")
    page = desk.get("case", case.pk)
    assert "部分属实" in page
    assert "调取三个月抄表记录，两户少抄属实。" in page
    for step in ("登记", "受理", "核实定性"):
        assert step in page
    assert "03-08 15:30" in page
    assert page.count(people.officer.name) >= 3
    assert "readings.png" in page
