"""Rules that an office lays down for its territory are obeyed from their day on."""

from datetime import date, datetime

import pytest

from campaign import services
from campaign.models import RuleSheet
from core.clock import ZONE, standing_at
from core.errors import Refused
from tests.factories import accounts, reporting
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 14, 12, 0, tzinfo=ZONE)
URL = "/campaigns/rules/"


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign()


def sheet(client, **numbers):
    form = client.get(URL).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"valid_from": "2011-11-15", "document_number": "云电监规〔2011〕1号"} | numbers
    return client.post(URL, data)


@pytest.mark.clause("S1-1.1.3a")
def test_an_office_lays_down_its_rules_and_they_count_for_its_territory(client, campaign):
    officer = accounts.member("SERC-YN", "regulator_officer")
    filer = accounts.member("CSG-YN", "company_filer")
    client.force_login(officer)
    answer = sheet(
        client, receive=2, review=7, correction=6, extension_days=10, **{"ladder:before-5": 3}
    )
    assert answer.status_code == 302
    html = client.get(URL).content.decode()
    for words in (officer.home.name, "审核期限：7个工作日", "距截止日还有3个工作日"):
        assert words in html
    # The ladder: Yunnan's company hears three working days before 25 November, the 22nd; the others
    # five days before, on the 18th.
    other = accounts.member("CSG-GD", "company_filer")
    services.remind(now=datetime(2011, 11, 18, 9, 0, tzinfo=ZONE))
    assert factory.duty(campaign, organisation="CSG-GD").reminders.filter(person=other).exists()
    duty = factory.duty(campaign, organisation="CSG-YN")
    assert not duty.reminders.filter(person=filer).exists()
    services.remind(now=datetime(2011, 11, 22, 9, 0, tzinfo=ZONE))
    reminder = duty.reminders.get(person=filer)
    assert reminder.step.code == "before-5"
    assert reminder.scheduled_at == datetime(2011, 11, 22, 9, 0, tzinfo=ZONE)
    # Limits: ten days, not more.
    lead = accounts.member("SERC-YN", "regulator_lead")
    client.force_login(lead)
    data = {"due_on": "2011-12-06", "reason": "台风", "document_number": "1号"}
    with standing_at(datetime(2011, 11, 22, 12, 0, tzinfo=ZONE)):
        refused = client.post(f"/campaigns/duties/{duty.pk}/extend/", data)
        assert refused.status_code == 409
        assert "单次延期不能超过10日" in refused.content.decode()
        answer = client.post(
            f"/campaigns/duties/{duty.pk}/extend/", data | {"due_on": "2011-12-05"}
        )
    assert answer.status_code == 302


@pytest.mark.clause("S1-1.1.3a")
def test_review_periods_are_those_of_the_office_from_its_day_on(client, campaign):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    sheet(client, receive=2, valid_from="2011-11-16")
    before = datetime(2011, 11, 15, 12, 0, tzinfo=ZONE)
    after = datetime(2011, 11, 16, 12, 0, tzinfo=ZONE)
    yunnan, guangdong = accounts.organisation("SERC-YN"), accounts.organisation("SERC-NF")

    def due(office, now):
        from reporting.services.submission import due_by_rule

        found = due_by_rule("receive", office=office, now=now)
        return found.due_at.astimezone(ZONE).date()

    assert due(yunnan, before) == date(2011, 11, 16)
    assert due(yunnan, after) == date(2011, 11, 18)
    assert due(guangdong, after) == date(2011, 11, 17)
    duty = factory.duty(campaign, organisation="CSG-YN")
    with standing_at(after):
        filing = reporting.filed(duty, now=after)
    version = type(filing).objects.get(pk=filing.pk).filed_version
    assert version.review_due_at.astimezone(ZONE).date() == date(2011, 11, 18)
    assert any("云电监规〔2011〕1号" in line["source"] for line in version.review_due_explanation)


def test_a_sheet_to_come_may_be_written_anew_one_that_counts_may_not(client, campaign):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    sheet(client, review=7)
    sheet(client, review=8)
    assert RuleSheet.objects.get(organisation__code="SERC-YN").values == {"review": 8}
    with standing_at(datetime(2011, 11, 15, 12, 0, tzinfo=ZONE)):
        again = sheet(client, review=9)
        assert again.status_code == 409
        assert "已经生效" in again.content.decode()
        assert sheet(client, valid_from="2011-11-14").status_code == 409


@pytest.mark.parametrize("number", ["0", "61", "-1", "x", "9" * 40])
def test_numbers_out_of_range_are_named_at_their_field(client, campaign, number):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    answer = sheet(client, review=number)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["review"]


def test_companies_read_the_rules_but_write_none(client, campaign):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    sheet(client, review=7)
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    page = client.get(URL)
    assert "审核期限：7个工作日" in page.content.decode()
    assert "form" not in page.context
    assert client.post(URL, {"valid_from": "2011-11-20"}).status_code == 409
    client.force_login(accounts.member("NEA-ROOT", "system_administrator"))
    assert client.get(URL).status_code == 403


def test_an_office_writes_for_itself_only(campaign):
    officer = accounts.member("SERC-YN", "regulator_officer")
    common = {"valid_from": date(2011, 11, 20), "document_number": "1号", "by": officer}
    for code, values, why in (
        ("SERC-NF", {"review": 7}, "的人员制定"),
        ("CSG-YN", {"review": 7}, "由监管机构制定"),
        ("SERC-YN", {"campaign_years_after": 99}, "没有这些规则"),
    ):
        with pytest.raises(Refused, match=why):
            services.lay_down_rules(
                organisation=accounts.organisation(code), values=values, now=NOON, **common
            )


def test_every_field_of_the_form_has_a_name_of_its_own(client, campaign):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    form = client.get(URL).context["form"]
    labels = [str(field.label) for field in (*form.numbers(), *form.rungs())]
    assert len(set(labels)) == len(labels)
