"""What people find on the campaign pages: each page for those who may, 404 for the others."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaign import services
from campaign.models import Campaign, Duty, Group, Meeting
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        campaign = factory.launched_campaign()
        services.tick(now=NOON)
        yield campaign


@pytest.fixture
def sign_in(client, catalogues):
    def sign_in(where, role):
        person = accounts.member(where, role)
        client.force_login(person)
        return person

    return sign_in


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


PAGES = [
    "",
    "plan/",
    "board/",
    "tree/",
    "phases/1/",
    "phases/4/",
    "reminders/",
    "groups/",
    "meetings/",
    "documents/",
]


@pytest.mark.parametrize(
    ("where", "role"),
    [
        ("SERC-NF", "regulator_lead"),
        ("SERC-NF", "regulator_officer"),
        ("SERC-YN", "regulator_viewer"),
        ("NEA-ROOT", "regulator_officer"),
        ("CSG-GD", "company_lead"),
        ("GXSL", "company_filer"),
    ],
)
def test_every_page_opens_for_those_who_take_part(client, campaign, sign_in, where, role):
    sign_in(where, role)
    for path in PAGES:
        html = page(client, f"/campaigns/{campaign.pk}/{path}")
        assert "居民用电服务质量监管" in html


def test_those_who_do_not_take_part_find_nothing(client, campaign, sign_in):
    sign_in("SERC-HB", "regulator_lead")
    for path in [*PAGES, "board.xlsx"]:
        page(client, f"/campaigns/{campaign.pk}/{path}", 404)


def test_administrators_have_no_door_to_campaigns(client, campaign, sign_in):
    for role in ("system_administrator", "security_administrator", "audit_administrator"):
        sign_in("NEA-ROOT", role)
        page(client, "/campaigns/", 403)
        page(client, f"/campaigns/{campaign.pk}/board/", 403)


def test_an_empty_list_says_what_to_do(client, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    html = page(client, "/campaigns/")
    assert "还没有专项行动" in html
    assert "/campaigns/new/" in html


@pytest.mark.clause("S1-0.1", "S1-0.2", "S1-4.1a", "S1-5")
def test_a_campaign_goes_from_template_to_launch_through_the_pages(client, sign_in):
    with standing_at(factory.LAUNCH):
        sign_in("NEA-ROOT", "regulator_officer")
        national = start(client, "national-2011", "NEA-ROOT")
        officer = sign_in("SERC-NF", "regulator_officer")
        assert national.issuing_organisation.code == "NEA-ROOT"
        Campaign.objects.filter(pk=national.pk).update(state="launched", launched_at=factory.LAUNCH)
        draft = start(client, "south-2011", "SERC-NF", parent=national.pk)
        assert draft.parent == national
        companies = list(draft.participants.values_list("organisation_id", flat=True))
        assert len(companies) == 6
        url = f"/campaigns/{draft.pk}/"
        client.post(f"{url}organisations/", {"executors": companies[:5]})
        assert draft.participants.count() == 5
        form = client.get(f"{url}dates/").context["form"]
        data = {name: form[name].value() for name in form.fields}
        data["duty-kickoff-report-last"] = "2011-11-28"
        response = client.post(f"{url}dates/", data)
        assert response.url == f"{url}preview/"
        html = page(client, f"{url}preview/")
        assert "2011-11-28 23:59:59" in html
        assert Duty.objects.count() == 0
        client.post(f"{url}launch/")
        draft.refresh_from_db()
        assert (draft.state, draft.launched_by) == ("launched", officer)
        assert Duty.objects.filter(definition__code="kickoff-report").count() == 5
        assert client.post(f"{url}launch/").status_code == 409
        assert "实施中" in page(client, "/campaigns/")


def start(client, code, issuer, parent=""):
    from campaign.models import CampaignTemplate

    response = client.post(
        "/campaigns/new/",
        {
            "source": CampaignTemplate.objects.get(code="residential-2011").pk,
            "issuing_organisation": accounts.organisation(issuer).pk,
            "code": code,
            "name": "",
            "parent": parent,
            "document_number": "南电监供电〔2011〕8号",
            "issued_on": "2011-11-18",
        },
    )
    assert response.status_code == 302, response.content.decode()
    return Campaign.objects.get(code=code)


def test_a_draft_is_seen_by_its_makers_only(client, catalogues, sign_in):
    with standing_at(factory.LAUNCH):
        draft = factory.draft()
        sign_in("CSG-GD", "company_lead")
        page(client, f"/campaigns/{draft.pk}/", 404)
        sign_in("SERC-NF", "regulator_viewer")
        page(client, f"/campaigns/{draft.pk}/", 404)
        sign_in("SERC-NF", "regulator_officer")
        assert "草稿" in page(client, f"/campaigns/{draft.pk}/")


def test_the_wizard_is_closed_once_launched(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    for step in ("organisations", "dates", "preview"):
        page(client, f"/campaigns/{campaign.pk}/{step}/", 409)


@pytest.mark.clause(
    "S1-1.1.1", "S1-1.1.2a", "S1-1.1.3a", "S1-1.2a", "S1-1.2b", "S1-1.2c", "S1-1.2d"
)
def test_the_plan_page_shows_principles_goals_and_text_with_clauses(client, campaign, sign_in):
    sign_in("CSG-GD", "company_viewer")
    html = page(client, f"/campaigns/{campaign.pk}/plan/")
    for words in ("民生优先", "依法监管", "因地制宜", "S1-1.1.1", "保障生活用电", "S1-1.2d"):
        assert words in html
    assert "广东、广西、海南" in html


@pytest.mark.clause("S1-2.2a", "S1-2.2b", "S1-4.1b", "S1-5.1.3b")
def test_each_office_sees_its_territory_and_the_bureau_sees_copies(client, campaign, sign_in):
    """By hand from the plan, 二(二): who sees the kick-off reports of whom."""
    truth = {
        ("SERC-NF", "regulator_officer"): {
            "CSG-GD", "CSG-GX", "CSG-HI", "CSG-YN", "CSG-GZ", "GXSL",
        },
        ("SERC-YN", "regulator_officer"): {"CSG-YN"},
        ("SERC-GZ", "regulator_viewer"): {"CSG-GZ"},
        ("NEA-ROOT", "regulator_lead"): {
            "CSG-GD", "CSG-GX", "CSG-HI", "CSG-YN", "CSG-GZ", "GXSL",
        },
        ("CSG-GD", "company_lead"): {"CSG-GD"},
        ("CSG-YN", "company_filer"): {"CSG-YN"},
        ("GXSL", "company_viewer"): {"GXSL"},
        ("CSG-GD-ZQ", "company_lead"): set(),
    }  # fmt: skip
    reports = Duty.objects.filter(definition__code="kickoff-report").select_related("organisation")
    for (where, role), expected in truth.items():
        sign_in(where, role)
        seen = {
            duty.organisation.code
            for duty in reports
            if client.get(f"/campaigns/duties/{duty.pk}/").status_code == 200
        }
        assert seen == expected, (where, role)


def test_list_board_export_search_and_feed_show_the_same(client, campaign, sign_in):
    for where, role in [("SERC-YN", "regulator_officer"), ("CSG-GX", "company_lead")]:
        person = sign_in(where, role)
        visible = Duty.objects.visible_to(person).filter(definition__campaign=campaign)
        html = page(client, f"/campaigns/{campaign.pk}/board/?phase=")
        assert html.count('class="cell"') == visible.count()
        book = client.get(f"/campaigns/{campaign.pk}/board.xlsx?phase=")
        sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
        cells = [c for row in sheet.iter_rows(min_row=2, min_col=3) for c in row]
        assert sum(c.value != "—" for c in cells) == visible.count()
        found = page(client, "/search/?q=启动部署")
        for duty in Duty.objects.filter(definition__code="kickoff-report"):
            link = f"/campaigns/duties/{duty.pk}/"
            assert (link in found) == visible.filter(pk=duty.pk).exists()


def test_the_board_shows_who_is_late_by_lamp_and_word(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    html = page(client, f"/campaigns/{campaign.pk}/board/")
    assert "剩1个工作日" in html
    assert "逾期10个工作日" in html  # 11-10 to 11-24: 11,14,15,16,17,18,21,22,23,24
    only = page(client, f"/campaigns/{campaign.pk}/board/?phase=1&province=530000")
    assert "云南电网公司" in only
    assert "广东电网公司" not in only


def test_every_number_opens_a_list_of_that_length(client, campaign, sign_in):
    factory.duty_at("accepted", campaign=campaign, organisation="CSG-HI", now=NOON)
    factory.duty_at("submitted", campaign=campaign, organisation="CSG-GX", now=NOON)
    factory.duty_at("exempted", campaign=campaign, organisation="CSG-GD", now=NOON)
    factory.duty_at("withdrawn", campaign=campaign, organisation="GXSL", now=NOON)
    sign_in("SERC-NF", "regulator_officer")
    stats = client.get(f"/campaigns/{campaign.pk}/").context["stats"]
    # Going: two kick-off reports and the bureau's four for 30 November; what begins in a later
    # phase (6 + 3 + 6 + 1 + 1) is waiting.
    assert [stat.value for stat in stats] == [30, 2, 1, 6, 17, 4]
    for stat in stats:
        assert client.get(stat.url).context["total"] == stat.value


def test_a_filter_that_makes_no_sense_is_ignored(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    for query in ("phase=x", "phase=9999999", "province=%27", "state=nonsense"):
        page(client, f"/campaigns/{campaign.pk}/board/?{query}")


@pytest.mark.clause("S1-3.1", "S1-4.1c")
def test_the_tree_counts_evidence_and_each_number_opens_its_duties(client, campaign, sign_in):
    factory.duty_at("accepted", campaign=campaign, organisation="CSG-HI", now=NOON)
    sign_in("SERC-NF", "regulator_officer")
    response = client.get(f"/campaigns/{campaign.pk}/tree/")
    groups = dict(response.context["groups"])
    assert [len(nodes) for nodes in groups.values()] == [1, 4, 6]
    html = response.content.decode()
    for words in ("居民生活用电不随便拉限", "居民生活用电按实计费和收费", "保障性住房及时报装接电"):
        assert words in html
    root = groups["一个维护"][0]
    # At the root 8 of the bureau and 12 reports of companies; below it 6 reports and the visits.
    assert (root.finished, root.total) == (1, 27)
    nodes = [node for nodes in groups.values() for node in nodes if node.total]
    for node in nodes:
        url = f"/campaigns/{campaign.pk}/tree/{node.objective.pk}/"
        assert len(client.get(url).context["rows"]) == node.total


@pytest.mark.clause("S1-5.1", "S1-5.4a")
def test_the_bureau_ticks_the_checklist_of_a_phase(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    url = f"/campaigns/{campaign.pk}/phases/1/"
    check = campaign.phases.get(number=1).checks.get(clause="S1-5.1.2a")
    client.post(f"/campaigns/checks/{check.pk}/", {"done": "on", "note": "11月18日召开"})
    html = page(client, url)
    assert "11月18日召开" in html
    assert "已完成 1 / 9 项" in html
    client.post(f"/campaigns/checks/{check.pk}/", {})
    assert "已完成 0 / 9 项" in page(client, url)
    assert "发布区域专项监管报告" in page(client, f"/campaigns/{campaign.pk}/phases/4/")
    assert client.post(f"{url}close/").status_code == 409
    sign_in("SERC-YN", "regulator_officer")
    assert client.post(f"/campaigns/checks/{check.pk}/", {"done": "on"}).status_code == 409
    sign_in("CSG-GD", "company_lead")
    assert client.post(f"/campaigns/checks/{check.pk}/", {"done": "on"}).status_code == 403
    # Ended, the phase was counted: nothing of its list changes any more, and nothing offers it.
    sign_in("SERC-NF", "regulator_officer")
    door = f"/campaigns/checks/{check.pk}/"
    assert door in page(client, url)
    campaign.phases.filter(number=1).update(state="closed", closed_at=NOON)
    refused = client.post(door, {"done": "on"})
    assert (refused.status_code, "该阶段已经结束" in text_of(refused)) == (409, True)
    check.refresh_from_db()
    assert check.done_at is None
    assert door not in page(client, url)


@pytest.mark.clause("S1-4.1e")
def test_the_company_names_department_and_person_on_the_duty_page(client, campaign, sign_in):
    filer = accounts.member("CSG-GD", "company_filer")
    stranger = accounts.member("CSG-GX", "company_filer")
    sign_in("CSG-GD", "company_lead")
    duty = factory.duty(campaign)
    url = f"/campaigns/duties/{duty.pk}/"
    client.post(f"{url}assign/", {"department": "市场营销部", "person": filer.pk})
    html = page(client, url)
    assert "市场营销部" in html
    assert filer.name in html
    assert "落实责任部门、责任人" in html
    response = client.post(f"{url}assign/", {"department": "", "person": stranger.pk})
    assert response.status_code == 422
    assert Letter.objects.filter(kind="duty.assigned", recipient_id=filer.pk).exists()


@pytest.mark.clause("S1-5.1.3a")
def test_the_duty_page_explains_the_deadline(client, campaign, sign_in):
    sign_in("CSG-GD", "company_filer")
    html = page(client, f"/campaigns/duties/{factory.duty(campaign).pk}/")
    assert "方案五（一）3：2011年11月25日前" in html
    assert "2011-11-25 23:59" in html
    assert "剩1个工作日" in html


def test_extending_through_the_page(client, campaign, sign_in):
    duty = factory.duty(campaign)
    url = f"/campaigns/duties/{duty.pk}/"
    data = {"due_on": "2011-11-29", "reason": "台风", "document_number": "南电监函〔2011〕12号"}
    sign_in("SERC-NF", "regulator_officer")
    assert client.post(f"{url}extend/", data).status_code == 403
    sign_in("SERC-YN", "regulator_lead")
    assert client.post(f"{url}extend/", data).status_code == 404
    sign_in("NEA-ROOT", "regulator_lead")
    assert client.post(f"{url}extend/", data).status_code == 409
    sign_in("SERC-NF", "regulator_lead")
    assert client.post(f"{url}extend/", {**data, "due_on": "昨天"}).status_code == 422
    assert client.post(f"{url}extend/", {**data, "due_on": "2011-11-24"}).status_code == 409
    client.post(f"{url}extend/", data)
    html = page(client, url)
    assert "南电监函〔2011〕12号" in html
    assert "2011-11-25 改为 2011-11-29" in html


def test_exempting_and_withdrawing_through_the_page(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_lead")
    first, second = factory.duty(campaign), factory.duty(campaign, organisation="CSG-HI")
    data = {"reason": "已并入省公司", "document_number": "南电监函〔2011〕13号"}
    client.post(f"/campaigns/duties/{first.pk}/exempt/", data)
    assert "已并入省公司" in page(client, f"/campaigns/duties/{first.pk}/")
    client.post(f"/campaigns/duties/{second.pk}/withdraw/", {"reason": "误发"})
    states = dict(Duty.objects.values_list("pk", "state"))
    assert (states[first.pk], states[second.pk]) == ("exempted", "withdrawn")


@pytest.mark.clause("S1-4.2a", "S1-5.1.1b", "S1-A1", "S1-A2")
def test_the_bureau_sets_up_both_groups_with_printable_lists(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    south, guangdong = accounts.organisation("SERC-NF"), accounts.organisation("CSG-GD")
    html = page(client, f"/campaigns/{campaign.pk}/groups/")
    assert "指导、协调并督促专项行动的开展" in html
    assert "设在输供电监管处" in html
    for kind, head in (("leading", "林示例"), ("joint", "陈示例")):
        seats = [
            (head, "局长", south, "head"),
            ("周示例", "副局长", south, "deputy"),
            ("何示例", "副总经理", guangdong, "member"),
        ]
        response = client.post(
            f"/campaigns/{campaign.pk}/groups/{kind}/edit/", group_form(campaign, kind, seats)
        )
        assert response.status_code == 302, response.content.decode()
        html = page(client, response.url)
        assert html.index(head) < html.index("周示例") < html.index("何示例")
        for words in ("组长", "副组长", "成员", "广东电网公司", "副总经理"):
            assert words in html
    assert Group.objects.filter(set_up_on__isnull=False).count() == 2


def group_form(campaign, kind, seats):
    group = Group.objects.get(campaign=campaign, kind=kind)
    data = {
        "name": group.name,
        "duties": group.duties,
        "office_department": group.office_department,
        "document_number": "南电监办〔2011〕20号",
        "set_up_on": "2011-11-08",
        "seat-TOTAL_FORMS": len(seats),
        "seat-INITIAL_FORMS": 0,
    }
    for number, (name, post, organisation, role) in enumerate(seats):
        data[f"seat-{number}-name"] = name
        data[f"seat-{number}-post"] = post
        data[f"seat-{number}-organisation"] = organisation.pk
        data[f"seat-{number}-role"] = role
    return data


@pytest.mark.parametrize("roles", [(), ("member",), ("head", "head")])
def test_a_group_has_exactly_one_head(client, campaign, sign_in, roles):
    sign_in("SERC-NF", "regulator_officer")
    south = accounts.organisation("SERC-NF")
    seats = [(f"示例{n}", "处长", south, role) for n, role in enumerate(roles)]
    url = f"/campaigns/{campaign.pk}/groups/leading/edit/"
    assert client.post(url, group_form(campaign, "leading", seats)).status_code == 409


def test_a_revised_list_keeps_who_left(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    south = accounts.organisation("SERC-NF")
    url = f"/campaigns/{campaign.pk}/groups/leading/edit/"
    for head in ("林示例", "新示例"):
        client.post(url, group_form(campaign, "leading", [(head, "局长", south, "head")]))
    group = Group.objects.get(campaign=campaign, kind="leading")
    response = client.get(f"/campaigns/groups/{group.pk}/")
    assert [m.name for m in response.context["members"]] == ["新示例"]
    assert [m.name for m in response.context["left"]] == ["林示例"]


@pytest.mark.clause("S1-4.1d")
def test_companies_set_up_their_group_and_the_missing_are_listed(client, campaign, sign_in):
    sign_in("CSG-GD", "company_filer")
    own = accounts.organisation("CSG-GD")
    data = group_form(campaign, "leading", [("吴示例", "总经理", own, "head")])
    data["name"] = "广东电网公司专项行动领导小组"
    client.post(f"/campaigns/{campaign.pk}/groups/leading/edit/", data)
    group = Group.objects.get(organisation=own)
    sign_in("SERC-NF", "regulator_viewer")
    response = client.get(f"/campaigns/{campaign.pk}/groups/")
    missing = {one.code for one in response.context["missing"]}
    assert missing == {"CSG-GX", "CSG-HI", "CSG-YN", "CSG-GZ", "GXSL"}
    assert "吴示例" in page(client, f"/campaigns/groups/{group.pk}/")
    sign_in("CSG-GX", "company_filer")
    page(client, f"/campaigns/groups/{group.pk}/", 404)


@pytest.mark.clause("S1-4.2c", "S1-5.1.2a")
def test_the_kickoff_meeting_is_called_held_and_recorded(client, campaign, sign_in):
    invited = accounts.member("CSG-GD", "company_filer")
    sign_in("SERC-NF", "regulator_officer")
    codes = ("CSG-GD", "CSG-GX", "SERC-YN")
    invitees = [accounts.organisation(code).pk for code in codes]
    response = client.post(
        f"/campaigns/{campaign.pk}/meetings/new/",
        {
            "title": "专项行动启动会",
            "starts_at": "2011-11-25T09:00",
            "ends_at": "2011-11-25T11:30",
            "place": "广州",
            "agenda": "一、通报方案\n二、部署任务",
            "invitees": invitees,
        },
    )
    meeting = Meeting.objects.get()
    assert response.url == f"/campaigns/meetings/{meeting.pk}/"
    letter = Letter.objects.get(kind="meeting.convened", channel="mail", recipient_id=invited.pk)
    assert "2011年11月25日09:00在广州" in letter.body
    feed = feed_of(invited).content.decode().replace("\r\n ", "")
    assert "SUMMARY:专项行动启动会" in feed
    assert "DTSTART:20111125T010000Z" in feed
    early = client.post(response.url, {"minutes": "决定", "attended": invitees})
    assert early.status_code == 409
    with standing_at(NOON + timedelta(days=2)):
        client.post(response.url, {"minutes": "会议部署了四个阶段任务。", "attended": invitees[:2]})
        html = page(client, response.url)
        assert "会议部署了四个阶段任务" in html
        assert html.count("缺席") == 1
        sign_in("CSG-HI", "company_filer")
        page(client, response.url, 404)


@pytest.mark.clause("S1-5.1.2b")
def test_the_plan_is_issued_under_its_number_and_signed_for(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    codes = ("CSG-GD", "CSG-GX")
    data = {
        "title": "关于印发工作方案的通知",
        "document_number": "南电监供电〔2011〕8号",
        "body": "现将方案印发给你们。",
        "recipients": [accounts.organisation(code).pk for code in codes],
    }
    response = client.post(f"/campaigns/{campaign.pk}/documents/new/", data)
    url = response.url
    again = client.post(f"/campaigns/{campaign.pk}/documents/new/", data)
    assert again.status_code == 409
    reader = sign_in("CSG-GD", "company_filer")
    seen = client.get(url)
    assert [one.organisation.code for one in seen.context["recipients"]] == ["CSG-GD"]
    receipt = seen.context["to_sign"][0]
    assert "待签收" in page(client, "/")
    client.post(f"/campaigns/receipts/{receipt.pk}/sign/")
    receipt.refresh_from_db()
    assert (receipt.read_by, receipt.read_at) == (reader, NOON)
    assert client.post(f"/campaigns/receipts/{receipt.pk}/sign/").status_code == 409
    sign_in("CSG-HI", "company_filer")
    page(client, url, 404)
    sign_in("SERC-NF", "regulator_viewer")
    assert "已签收 1 / 2" in page(client, url)
    assert AuditEvent.objects.filter(kind="document.sign_for").count() == 1


def test_the_desk_asks_the_leader_to_name_people_and_shows_arrears(client, campaign, sign_in):
    sign_in("CSG-GD", "company_lead")
    assert "落实责任人：报告启动部署情况" in page(client, "/")
    with standing_at(NOON + timedelta(days=5)):
        sign_in("SERC-NF", "regulator_officer")
        assert "4项任务逾期未报" in page(client, "/")


def feed_of(person, token="x" * 40):
    type(person).objects.filter(pk=person.pk).update(calendar_token=token)
    return Client().get(f"/calendar/{token}.ics")


def test_the_feed_shows_only_the_persons_own_deadlines_and_meetings(client, campaign, sign_in):
    filer = sign_in("CSG-YN", "company_filer")
    response = feed_of(filer)
    text = response.content.decode().replace("\r\n ", "")
    assert response["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 3
    assert "DTSTART;VALUE=DATE:20111125" in text
    assert "云南电网公司：报告启动部署情况" in text
    assert "广东" not in text
    assert "沟通会商" not in text


def test_the_bureaus_feed_holds_its_own_duties_not_those_it_receives(client, campaign, sign_in):
    officer = sign_in("SERC-NF", "regulator_officer")
    text = feed_of(officer).content.decode()
    assert text.count("BEGIN:VEVENT") == 11
    assert "电网公司：" not in text


@pytest.mark.parametrize(("token", "status"), [("short", 404), ("y" * 40, 404), ("%00" * 20, 400)])
def test_an_unknown_feed_is_not_there(client, db, token, status):
    assert client.get(f"/calendar/{token}.ics").status_code == status


def test_the_feed_of_a_suspended_person_is_closed(client, campaign, sign_in):
    filer = sign_in("CSG-YN", "company_filer")
    type(filer).objects.filter(pk=filer.pk).update(is_active=False)
    assert feed_of(filer).status_code == 404


def test_the_reminders_page_rehearses_for_those_in_sight(client, campaign, sign_in):
    accounts.member("CSG-GD", "company_filer")
    accounts.member("CSG-GX", "company_filer")
    sign_in("CSG-GD", "company_lead")
    answer = client.get(f"/campaigns/{campaign.pk}/reminders/")
    assert {line.organisation for line in answer.context["lines"]} == {"CSG-GD"}
    # Names and rules in words, not the codes of organisations and steps.
    html = answer.content.decode()
    assert "广东电网公司" in html[html.index("预演：") :]
    for code in ("<small>CSG-GD", "before-5", "after-1"):
        assert code not in html


def test_the_list_asks_the_database_equally_often_for_one_and_for_four(client, campaign, sign_in):
    officer = sign_in("SERC-NF", "regulator_officer")

    def asked():
        page(client, "/campaigns/")
        with CaptureQueriesContext(connection) as found:
            page(client, "/campaigns/")
        return len(found)

    one = asked()
    for number in range(3):
        factory.launched_campaign(now=NOON, by=officer, executors=["CSG-GD"], code=f"more-{number}")
    assert asked() == one


def test_the_board_asks_the_database_equally_often_for_few_and_many(client, campaign, sign_in):
    counts = set()
    sign_in("SERC-NF", "regulator_officer")
    for province in ("530000", ""):
        url = f"/campaigns/{campaign.pk}/board/?phase=&province={province}"
        page(client, url)
        with CaptureQueriesContext(connection) as found:
            page(client, url)
        counts.add(len(found))
    assert len(counts) == 1


@pytest.mark.parametrize("where", ["CSG-GD", "SERC-YN"])
def test_only_the_issuer_sets_up_the_joint_group(client, campaign, sign_in, where):
    sign_in(where, "company_filer" if where.startswith("CSG") else "regulator_officer")
    own = accounts.organisation(where)
    data = group_form(campaign, "joint", [("吴示例", "总经理", own, "head")])
    url = f"/campaigns/{campaign.pk}/groups/joint/edit/"
    response = client.post(url, data)
    assert response.status_code == 409
    assert "联合行动工作领导小组由发文机关" in response.content.decode()
    assert client.get(url).status_code == 409
    assert not Group.objects.filter(organisation=own).exists()
    assert client.post(url.replace("joint", "other"), data).status_code == 404


def test_the_service_refuses_groups_that_the_form_does_not_offer(campaign):
    outsider = accounts.organisation("CSG-GD-GZ")
    filer = accounts.member(outsider, "company_filer")
    seats = [services.Seat("吴示例", "局长", outsider, "head")]
    common = {"campaign": campaign, "organisation": outsider, "by": filer, "now": NOON}
    words = {"name": "小组", "duties": "督促", "office_department": "", "seats": seats}
    for kind, why in (("joint", "由发文机关"), ("leading", "没有参加"), ("other", "没有这种")):
        with pytest.raises(Refused, match=why):
            services.set_up_group(kind=kind, **common, **words)
