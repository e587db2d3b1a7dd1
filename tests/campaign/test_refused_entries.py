"""A refused entry comes back with its reason and with everything that was typed."""

from datetime import datetime

import pytest

from campaign.models import Campaign, DutyExtension, Meeting, SupervisionNote
from core.clock import ZONE, standing_at
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign()


@pytest.fixture
def lead(client, campaign):
    found = accounts.member("SERC-NF", "regulator_lead")
    client.force_login(found)
    return found


def comes_back(answer, why, *typed):
    """409 on the page of the form: the reason is told, nothing typed is lost."""
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in (why, *typed):
        assert words in html
    assert "<form" in html


def test_an_extension(client, campaign, lead):
    duty = factory.duty(campaign)
    data = {"due_on": "2011-11-24", "reason": "台风登陆", "document_number": "南电监函〔2011〕12号"}
    answer = client.post(f"/campaigns/duties/{duty.pk}/extend/", data)
    comes_back(answer, "新的截止日期必须晚于原截止日期", "台风登陆", "南电监函〔2011〕12号")
    assert not DutyExtension.objects.exists()


def test_a_corrected_extension(client, campaign, lead):
    url = f"/campaigns/duties/{factory.duty(campaign).pk}/"
    data = {"due_on": "2011-11-29", "reason": "台风登陆", "document_number": "南电监函〔2011〕12号"}
    client.post(f"{url}extend/", data)
    extension = DutyExtension.objects.get()
    data |= {"due_on": "2011-11-21", "reason": "文号有误"}
    answer = client.post(f"/campaigns/extensions/{extension.pk}/correct/", data)
    comes_back(answer, "", "文号有误")


def test_an_act_that_is_not_to_be_made_any_more_is_told_on_a_page_of_its_own(
    client, campaign, lead
):
    url = f"/campaigns/duties/{factory.duty(campaign).pk}/"
    data = {"reason": "已合并", "document_number": "南电监函〔2011〕13号"}
    assert client.post(f"{url}exempt/", data).status_code == 302
    answer = client.post(f"{url}exempt/", data)
    assert answer.status_code == 409
    assert "现在不能办理" in answer.content.decode()


def test_a_meeting(client, campaign, lead):
    data = {
        "title": "专项行动启动会",
        "place": "广州",
        "starts_at": "2011-12-02T10:00",
        "ends_at": "2011-12-02T09:00",
        "agenda": "部署四个阶段任务",
        "invitees": [accounts.organisation("CSG-GD").pk],
    }
    answer = client.post(f"/campaigns/{campaign.pk}/meetings/new/", data)
    comes_back(answer, "会议结束时间应晚于开始时间", "部署四个阶段任务")
    assert not Meeting.objects.exists()


def test_minutes_and_decisions_of_a_meeting(client, campaign, lead):
    company = accounts.organisation("CSG-GD").pk
    data = {
        "title": "专项行动启动会",
        "place": "广州",
        "starts_at": "2011-11-25T09:00",
        "ends_at": "2011-11-25T10:00",
        "agenda": "部署四个阶段任务",
        "invitees": [company],
    }
    url = client.post(f"/campaigns/{campaign.pk}/meetings/new/", data).url
    with standing_at(datetime(2011, 11, 25, 11, 0, tzinfo=ZONE)):
        # Wrong in the form itself, then refused by its limits.
        decision = {"text": "公示12398热线", "organisation": company, "due_on": "明天"}
        answer = client.post(f"{url}decide/", decision)
        assert answer.status_code == 422
        assert "公示12398热线" in answer.content.decode()
        answer = client.post(f"{url}decide/", decision | {"due_on": "2011-11-20"})
        comes_back(answer, "", "公示12398热线")
        assert client.post(f"{url}decide/", decision | {"due_on": "2011-12-02"}).status_code == 302


def test_a_document(client, campaign, lead):
    data = {
        "title": "关于印发工作方案的通知",
        "document_number": "南电监供电〔2011〕8号",
        "body": "现将方案印发给你们，请遵照执行。",
        "recipients": [accounts.organisation("CSG-GD").pk],
    }
    url = f"/campaigns/{campaign.pk}/documents/new/"
    assert client.post(url, data).status_code == 302
    comes_back(client.post(url, data), "已被使用", "请遵照执行")


def test_a_campaign(client, campaign, lead):
    data = {
        "source": campaign.template_id,
        "issuing_organisation": campaign.issuing_organisation_id,
        "name": "第二次专项行动",
        "code": campaign.code,
        "document_number": "南电监供电〔2011〕200号",
    }
    comes_back(client.post("/campaigns/new/", data), "已被使用", "第二次专项行动")
    assert Campaign.objects.count() == 1


def test_rules_of_an_office(client, campaign, lead):
    form = client.get("/campaigns/rules/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"valid_from": "2011-11-01", "document_number": "南电监规〔2011〕1号", "review": 7}
    comes_back(
        client.post("/campaigns/rules/", data), "启用日期不能早于今天", "南电监规〔2011〕1号"
    )


def test_a_note(client, campaign, lead):
    south = accounts.organisation("SERC-NF").pk
    group = {
        "name": "专项行动领导小组",
        "duties": "督促",
        "set_up_on": "2011-11-09",
        "seat-TOTAL_FORMS": "1",
        "seat-INITIAL_FORMS": "0",
        "seat-0-name": "示例",
        "seat-0-post": "局长",
        "seat-0-organisation": south,
        "seat-0-role": "head",
        "seat-0-person": lead.pk,
    }
    answer = client.post(f"/campaigns/{campaign.pk}/groups/leading/edit/", group)
    assert answer.status_code == 302
    data = {
        "kind": "opinion",
        "number": "南电监督〔2011〕1号",
        "organisation": accounts.organisation("CSG-GD").pk,
        "answer_on": "2011-11-20",
        "subject": "督促报送",
        "body": "请逐项补充启动部署情况。",
    }
    answer = client.post(f"/campaigns/{campaign.pk}/notes/new/", data)
    comes_back(answer, "答复期限应在今天至", "请逐项补充启动部署情况。")
    assert not SupervisionNote.objects.exists()
