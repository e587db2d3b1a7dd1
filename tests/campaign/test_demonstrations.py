"""Demonstration points, areas and windows, from selection to result, and good practice."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.models import Demonstration, Evaluation, GoodPractice, MonthlyCheck, Participant
from campaign.services import demonstrating
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts, demonstrations
from tests.factories import campaign as factory
from tests.reading import text_of
from tests.workbooks.attachments import png

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)
YEAR_ON = datetime(2012, 11, 20, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign()


def record(**changes):
    """What the form of a selection sends."""
    return {
        "kind": "point",
        "name": "四会供电局",
        "organisation": accounts.organisation(demonstrations.SIHUI).pk,
        "selected_on": "2011-11-15",
        "document_number": "南电监供电〔2011〕12号",
        "level": "",
        "government": "",
        "leader_name": "陈某甲",
        "leader_post": "局长",
        "stationed_name": "林某乙",
        "stationed_post": "副局长",
        "reason": "管理基础好",
        **changes,
    }


@pytest.mark.clause("S1-2.2.5a", "S1-4.2b")
def test_the_south_bureau_chooses_sihui_and_its_leaders_are_stationed_there(client, campaign):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    answer = client.post(f"/campaigns/{campaign.pk}/demonstrations/new/", record())
    unit = Demonstration.objects.get(name="四会供电局")
    assert answer["Location"] == f"/campaigns/demonstrations/{unit.pk}/"
    assert unit.office.code == unit.founder.code == "SERC-NF"
    visit = {
        "organisation": unit.office_id,
        "name": "林某乙",
        "post": "副局长",
        "since": "2011-11-21",
        "until": "2011-11-23",
        "seen": "走访两个供电所和三户居民。",
        "asked": "公示12398热线。",
    }
    client.post(f"/campaigns/demonstrations/{unit.pk}/visit/", visit)
    late = {**visit, "until": "2011-11-25"}
    assert client.post(f"/campaigns/demonstrations/{unit.pk}/visit/", late).status_code == 409
    page = text_of(client.get(f"/campaigns/demonstrations/{unit.pk}/"))
    for words in (
        "南电监供电〔2011〕12号",
        "陈某甲",
        "驻点领导",
        "驻点3天",
        "要求：公示12398热线。",
    ):
        assert words in page
    # The point's own people see the campaign and what is asked of them.
    assert Participant.objects.filter(campaign=campaign, organisation=unit.organisation).exists()
    client.force_login(accounts.member(demonstrations.SIHUI, "company_filer"))
    assert client.get(f"/campaigns/demonstrations/{unit.pk}/").status_code == 200
    # Two acts stand on the record, the names of the leaders do not.
    kinds = AuditEvent.objects.filter(kind__startswith="demonstration.")
    assert set(kinds.values_list("kind", flat=True)) == {
        "demonstration.found",
        "demonstration.visit",
    }
    assert not any("林某乙" in str(event.details) for event in kinds)


@pytest.mark.clause("S1-2.2.5c")
def test_a_point_is_named_by_the_office_of_its_province_and_no_other(client, campaign):
    kunming = accounts.organisation("CSG-YN-KM")
    given = record(name="昆明供电局", organisation=kunming.pk)
    address = f"/campaigns/{campaign.pk}/demonstrations/new/"
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    assert client.post(address, given).status_code == 422
    officer = accounts.member("SERC-NF", "regulator_officer")
    with pytest.raises(Refused, match="由云南"):
        demonstrations.point(campaign, organisation="CSG-YN-KM", by=officer)
    assert not Demonstration.objects.exists()
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    assert client.post(address, given).status_code == 302
    unit = Demonstration.objects.get()
    assert (unit.office.code, unit.organisation) == ("SERC-YN", kunming)
    # The bureau of the region follows it; the company of another province does not see it.
    client.force_login(accounts.member("SERC-NF", "regulator_viewer"))
    assert client.get(f"/campaigns/demonstrations/{unit.pk}/").status_code == 200
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    assert client.get(f"/campaigns/demonstrations/{unit.pk}/").status_code == 404


@pytest.mark.clause("S1-2.2.5d", "S1-4.1i")
def test_an_area_has_a_level_a_government_unit_and_a_main_leader(client, campaign):
    address = f"/campaigns/{campaign.pk}/demonstrations/new/"
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    area = record(kind="area", name="肇庆市示范区", stationed_name="", stationed_post="")
    answer = client.post(address, area)
    assert answer.status_code == 409
    assert "级别和联合政府部门" in text_of(answer)
    area |= {"level": "city", "government": "肇庆市经济和信息化局"}
    assert client.post(address, {**area, "leader_name": ""}).status_code == 422
    client.post(address, area)
    unit = Demonstration.objects.get()
    page = text_of(client.get(f"/campaigns/{campaign.pk}/demonstrations/?kind=area"))
    assert "市级" in page
    assert "陈某甲" in page
    page = text_of(client.get(f"/campaigns/{campaign.pk}/demonstrations/?kind=point"))
    assert "肇庆市示范区" not in page
    # Another leader takes over; the one before stays on record with the day.
    change = {"side": "unit", "name": "黄某丙", "post": "副市长", "since": "2011-11-22"}
    client.post(f"/campaigns/demonstrations/{unit.pk}/leader/", change)
    page = text_of(client.get(f"/campaigns/demonstrations/{unit.pk}/"))
    assert "肇庆市经济和信息化局" in page
    assert "黄某丙" in page
    assert "陈某甲" in page
    standing = unit.leaders.values_list("name", "since", "until")
    assert set(standing) == {
        ("陈某甲", date(2011, 11, 15), date(2011, 11, 22)),
        ("黄某丙", date(2011, 11, 22), None),
    }


@pytest.mark.clause("S1-2.2.5e")
def test_a_company_registers_a_model_window_and_checks_it_with_photographs(client, campaign):
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    address = f"/campaigns/{campaign.pk}/demonstrations/new/"
    given = record(kind="window", name="四会城中营业厅", document_number="")
    given |= {"stationed_name": "", "stationed_post": ""}
    # A company chooses no point for itself.
    assert client.post(address, {**given, "kind": "point"}).status_code == 409
    client.post(address, given)
    unit = Demonstration.objects.get()
    assert (unit.founder.code, unit.office.code) == (demonstrations.SIHUI, "SERC-NF")
    check = unit.checks.first()
    items = unit.criteria.items
    sent = {f"item_{one['code']}": "met" for one in items}
    sent |= {"checked_on": "2011-11-24", "remarks": "窗口有序，用户来电13800138000询问电价。"}
    half = {**sent, "item_prices": ""}
    assert client.post(f"/campaigns/monthly-checks/{check.pk}/", half).status_code == 422
    fake = SimpleUploadedFile("a.png", b"no picture", content_type="image/png")
    answer = client.post(f"/campaigns/monthly-checks/{check.pk}/", {**sent, "uploads": [fake]})
    assert answer.status_code == 422
    assert check.photos.count() == 0
    sent |= {"item_waiting": "partly", "item_prices": "unmet"}
    pictures = [SimpleUploadedFile(f"{n}.png", png(n), content_type="image/png") for n in (1, 2)]
    answer = client.post(f"/campaigns/monthly-checks/{check.pk}/", {**sent, "uploads": pictures})
    assert answer.status_code == 302
    check.refresh_from_db()
    # 100 points: 15 lost for prices, half of 15 for waiting.
    assert str(check.score) == "77.5"
    assert check.photos.count() == 2
    assert "13800138000" not in check.remarks
    again = client.post(f"/campaigns/monthly-checks/{check.pk}/", sent)
    assert again.status_code == 409
    photo = check.photos.first().get_absolute_url()
    assert b"".join(client.get(photo).streaming_content).startswith(b"\x89PNG")
    client.force_login(accounts.member("CSG-YN", "company_filer"))
    assert client.get(photo).status_code in (403, 404)


def test_the_year_has_twelve_checks_on_working_days(campaign):
    unit = demonstrations.point(campaign)
    # The 15th of each month; Sundays, the Sunday of Spring Festival and so on go to the next
    # working day. 2012: 15 January Sunday, 15 April Sunday, 15 July Sunday, 15 September Saturday.
    planned = list(unit.checks.values_list("number", "planned_on"))
    assert planned[0] == (1, date(2011, 12, 15))
    assert planned[-1] == (12, date(2012, 11, 15))
    moved = {
        check.number: check.due_at.astimezone(ZONE).date()
        for check in unit.checks.all()
        if check.due_at.astimezone(ZONE).date() != check.planned_on
    }
    assert moved == {
        2: date(2012, 1, 16),
        5: date(2012, 4, 16),
        8: date(2012, 7, 16),
        10: date(2012, 9, 17),
    }


def test_months_that_are_too_short_end_the_check_on_their_last_day():
    assert demonstrating.month_after(date(2011, 11, 30), 3) == date(2012, 2, 29)
    assert demonstrating.month_after(date(2011, 12, 31), 1) == date(2012, 1, 31)


@pytest.mark.clause("S1-2.2.5b")
def test_after_a_year_of_checks_a_second_person_names_the_point(client, campaign):
    unit = demonstrations.point(campaign)
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    client.force_login(officer)
    address = f"/campaigns/demonstrations/{unit.pk}/"
    proposal = {"result": "named", "opinion": "一年来未发生随意拉限。"}
    answer = client.post(f"{address}propose/", proposal)
    assert answer.status_code == 409
    assert "还有12次检查未完成" in text_of(answer)
    client.post(f"/campaigns/monthly-checks/{unit.checks.first().pk}/plan/", {"plan": "查制度"})
    assert "查制度" in text_of(client.get(address))
    # A year cannot be checked in a day: the second check begins where the first was planned.
    with pytest.raises(Refused, match="上一次计划日期"):
        demonstrating.record_check(
            check=unit.checks.get(number=2),
            checked_on=date(2011, 12, 14),
            results=demonstrations.fulfilled(unit),
            remarks="按标准检查。",
            by=officer,
            now=YEAR_ON,
        )
    with standing_at(YEAR_ON):
        make_checks(unit, officer, last_without={"no-cuts"})
        answer = client.post(f"{address}propose/", proposal)
        assert answer.status_code == 409
        assert "必备标准未达到：未随意拉限居民" in text_of(answer)
    MonthlyCheck.objects.filter(unit=unit, number=12).update(results=demonstrations.fulfilled(unit))
    with standing_at(YEAR_ON):
        assert client.post(f"{address}propose/", proposal).status_code == 302
        assert client.post(f"{address}propose/", proposal).status_code == 409
        made = Evaluation.objects.get()
        assert Letter.objects.filter(kind="demonstration.told", recipient_id=lead.pk).exists()
        decision = {"decision": "approve", "document_number": "南电监供电〔2012〕30号"}
        # Whoever proposed may not decide, whatever the role: here the head proposes.
        assert client.post(f"/campaigns/evaluations/{made.pk}/decide/", decision).status_code == 403
        Evaluation.objects.update(proposed_by=lead)
        client.force_login(lead)
        assert client.post(f"/campaigns/evaluations/{made.pk}/decide/", decision).status_code == 409
        Evaluation.objects.update(proposed_by=officer)
        nothing = {**decision, "document_number": ""}
        assert client.post(f"/campaigns/evaluations/{made.pk}/decide/", nothing).status_code == 409
        assert client.post(f"/campaigns/evaluations/{made.pk}/decide/", decision).status_code == 302
        unit.refresh_from_db()
        assert unit.state == "named"
        page = text_of(client.get(address))
        assert "已命名" in page
        assert "南电监供电〔2012〕30号" in page
        # What was named is not changed any more.
        change = {"side": "unit", "name": "新某", "post": "局长", "since": "2012-11-19"}
        answer = client.post(f"{address}leader/", change)
        assert answer.status_code == 409


def make_checks(unit, by, *, last_without=()):
    for check in unit.checks.all():
        demonstrating.record_check(
            check=check,
            checked_on=date(2012, 11, 16),
            results=demonstrations.fulfilled(
                unit, without=last_without if check.number == 12 else ()
            ),
            remarks="按标准检查。",
            by=by,
            now=YEAR_ON,
        )


@pytest.mark.clause("S1-2.2.5f")
def test_good_practice_is_approved_by_a_second_person_and_shared(client, campaign):
    unit = demonstrations.point(campaign)
    filer = accounts.member(demonstrations.SIHUI, "company_filer")
    client.force_login(filer)
    given = {"author": unit.organisation_id, "unit": unit.pk, "title": "台区经理上门服务"}
    given["body"] = "每月上门一次。\n回访电话13800138000。"
    client.post(f"/campaigns/{campaign.pk}/practices/new/", given)
    article = GoodPractice.objects.get()
    assert "13800138000" not in article.body
    assert article.office.code == "SERC-NF"
    address = f"/campaigns/practices/{article.pk}/"
    lead = accounts.member("SERC-NF", "regulator_lead")
    client.force_login(lead)
    assert client.get(address).status_code == 404  # a draft is its author's
    client.force_login(filer)
    client.post(f"{address}submit/")
    assert client.post(address, {"title": "改", "body": "改"}).status_code == 409
    assert client.post(f"{address}judge/", {"decision": "approve"}).status_code == 403
    client.force_login(lead)
    yunnan = accounts.organisation("CSG-YN")
    early = client.post(f"{address}share/", {"organisations": [yunnan.pk]})
    assert early.status_code == 409
    assert client.post(f"{address}judge/", {"decision": "return"}).status_code == 409
    client.post(f"{address}judge/", {"decision": "approve", "note": "可推广"})
    reader = accounts.member("CSG-YN", "company_filer")
    client.force_login(reader)
    assert client.get(address).status_code == 404
    client.force_login(lead)
    client.post(f"{address}share/", {"organisations": [yunnan.pk]})
    assert client.post(f"{address}share/", {"organisations": [yunnan.pk]}).status_code == 409
    # On an older page both are ticked: neither the other nor the public is taken without a word.
    stale = {"organisations": [yunnan.pk, accounts.organisation("CSG-GX").pk], "publish": "on"}
    assert client.post(f"{address}share/", stale).status_code == 409
    assert [one.organisation.code for one in article.shares.all()] == ["CSG-YN"]
    told = Letter.objects.filter(kind="practice.told", recipient_id=reader.pk, channel="notice")
    assert told.count() == 1
    client.force_login(reader)
    page = text_of(client.get(address))
    assert "台区经理上门服务" in page
    assert "可推广" not in page
    client.logout()
    assert client.get(f"/public/practices/{article.pk}/").status_code == 404
    client.force_login(lead)
    client.post(f"{address}share/", {"publish": "on"})
    client.logout()
    assert "台区经理上门服务" in text_of(client.get("/public/practices/"))
    assert "每月上门一次" in text_of(client.get(f"/public/practices/{article.pk}/"))
    client.force_login(lead)
    # Others read it: one person only asks, another decides, and whoever was told is told again.
    assert client.post(f"{address}withdraw/", {"reason": " "}).status_code == 409
    client.post(f"{address}withdraw/", {"reason": "数据有误"})
    public, settle = f"/public/practices/{article.pk}/", f"{address}recall/"
    assert client.get(public).status_code == 200
    assert client.post(f"{address}withdraw/", {"reason": "再提"}).status_code == 409
    assert client.post(f"{address}share/", {"organisations": [filer.pk]}).status_code == 409
    assert client.post(settle, {"decision": "grant"}).status_code == 409
    second = accounts.member("SERC-NF", "regulator_lead", name="周审定", username="second-lead")
    client.force_login(second)
    assert "经验材料待撤回：台区经理上门服务" in text_of(client.get("/"))
    page = text_of(client.get(address))
    assert "数据有误" in page
    assert lead.name in page
    assert client.post(settle, {"decision": "keep"}).status_code == 409
    client.post(settle, {"decision": "keep", "note": "数据无误"})
    assert client.get(public).status_code == 200
    assert client.post(settle, {"decision": "grant"}).status_code == 409
    client.post(f"{address}withdraw/", {"reason": "台账不实"})
    assert told.count() == 1
    client.force_login(lead)
    client.post(settle, {"decision": "grant"})
    assert "数据无误" in text_of(client.get(address))
    assert told.filter(subject__contains="已撤回").count() == 1
    client.logout()
    assert client.get(f"/public/practices/{article.pk}/").status_code == 404
    client.force_login(reader)
    assert client.get(address).status_code == 404
