"""The leading group urges, its office works day by day, the joint group keeps in step."""

from datetime import date, datetime

import pytest

from campaign import services
from campaign.models import Group, MeetingAction, SupervisionNote
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)
LATER = datetime(2011, 12, 2, 9, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        campaign = factory.launched_campaign()
        services.tick(now=NOON)
        yield campaign


@pytest.fixture
def office(campaign):
    """A reader of the bureau whose only task is the group's office."""
    return accounts.member("SERC-NF", "regulator_viewer")


@pytest.fixture
def head(campaign):
    return accounts.member("SERC-NF", "regulator_lead")


@pytest.fixture
def leading(client, campaign, office, head):
    """The leading group, its list written through the page with accounts beside the names."""
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    return listed(
        client,
        campaign,
        "leading",
        [
            ("林示例", "SERC-NF", "head", head.pk),
            ("周示例", "SERC-NF", "office", office.pk),
            ("何示例", "SERC-NF", "member", ""),
        ],
    )


def listed(client, campaign, kind, seats):
    group = Group.objects.get(campaign=campaign, kind=kind)
    data = {
        "name": group.name,
        "duties": group.duties,
        "office_department": "输供电监管处",
        "document_number": "南电监办〔2011〕20号",
        "set_up_on": "2011-11-08",
        "seat-TOTAL_FORMS": len(seats),
        "seat-INITIAL_FORMS": 0,
    }
    for number, (name, code, role, person) in enumerate(seats):
        data |= {
            f"seat-{number}-name": name,
            f"seat-{number}-post": "处长",
            f"seat-{number}-organisation": accounts.organisation(code).pk,
            f"seat-{number}-role": role,
            f"seat-{number}-person": person,
        }
    answer = client.post(f"/campaigns/{campaign.pk}/groups/{kind}/edit/", data)
    assert answer.status_code == 302, answer.content.decode()
    return group


def order(campaign, **changes):
    duty = factory.duty(campaign, organisation="CSG-GD")
    return {
        "kind": "order",
        "number": "南电监督〔2011〕1号",
        "organisation": duty.organisation_id,
        "duty": duty.pk,
        "subject": "报送启动部署情况",
        "body": "请说明未报原因，并于期限内报送。",
        "answer_on": "2011-11-30",
    } | changes


def send(client, campaign, **changes):
    return client.post(f"/campaigns/{campaign.pk}/notes/new/", order(campaign, **changes))


@pytest.mark.clause("S1-6.1a")
def test_the_leading_group_urges_a_company_which_answers(client, campaign, leading, head, office):
    filer = accounts.member("CSG-GD", "company_filer")
    duty = factory.duty(campaign, organisation="CSG-GD")
    client.force_login(head)
    url = f"/campaigns/{campaign.pk}/notes/new/?duty={duty.pk}"
    assert url in client.get(f"/campaigns/duties/{duty.pk}/").content.decode()
    initial = client.get(url).context["form"].initial
    assert (initial["duty"], initial["organisation"]) == (duty.pk, duty.organisation_id)
    answer = send(client, campaign)
    assert answer.status_code == 302, answer.content.decode()
    note = SupervisionNote.objects.get()
    letter = Letter.objects.get(kind="note.issued", channel="mail", recipient_id=filer.pk)
    assert "督办单（南电监督〔2011〕1号），请于2011年11月30日前答复" in letter.body
    # The company finds it on its desk and on the page of the duty, and answers.
    client.force_login(filer)
    assert "待答复：报送启动部署情况" in client.get("/").content.decode()
    html = client.get(f"/campaigns/duties/{duty.pk}/").content.decode()
    assert "南电监督〔2011〕1号" in html
    assert "notes/new" not in html
    page = f"/campaigns/notes/{note.pk}/"
    assert client.post(page, {"answer": " "}).status_code == 422
    assert client.post(page, {"answer": "材料已备齐，明日报送。"}).status_code == 302
    assert client.post(page, {"answer": "再答"}).status_code == 409
    note.refresh_from_db()
    assert (note.answered_by, note.answered_at) == (filer, NOON)
    assert Letter.objects.filter(kind="note.answered", recipient_id=office.pk).exists()
    assert client.post(f"{page}close/").status_code == 409
    client.force_login(office)
    assert client.post(f"{page}close/").status_code == 302
    assert "已办结" in client.get(page).content.decode()
    kinds = AuditEvent.objects.filter(kind__startswith="note.").values_list("kind", flat=True)
    assert sorted(kinds) == ["note.answer", "note.close", "note.issue"]


@pytest.mark.clause("S1-6.1b")
def test_the_office_finds_its_daily_work_on_the_desk(client, campaign, leading, office):
    client.force_login(office)
    html = client.get("/").content.decode()
    # Four duties of the bureau itself were due by 18 November.
    assert "督办：4项任务逾期" in html
    board = client.get(f"/campaigns/{campaign.pk}/board/?phase=&state=overdue")
    assert board.context["total"] == 4
    # The checklist of the phase that ends on 30 November is the office's to see to.
    assert "检查清单还有9项" in html
    send(client, campaign)
    send(client, campaign, number="南电监督〔2011〕2号", subject="第二件")
    first, second = SupervisionNote.objects.order_by("pk")
    filer = accounts.member("CSG-GD", "company_filer")
    services.answer_note(note=first, answer="已报送。", by=filer, now=NOON)
    with standing_at(LATER):
        html = client.get("/").content.decode()
        assert "已答复待办结：报送启动部署情况" in html
        assert "督办：1件逾期未答复" in html
        page = client.get(f"/campaigns/{campaign.pk}/notes/").content.decode()
        assert "逾期未答复" in page
    # Who is not of the office has no such queue.
    client.force_login(accounts.member("SERC-NF", "regulator_viewer", name="另一人"))
    assert "督办：" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("where", "role"),
    [("SERC-NF", "regulator_officer"), ("SERC-YN", "regulator_lead"), ("CSG-GD", "company_lead")],
)
def test_only_head_deputies_and_office_may_urge(client, campaign, leading, where, role):
    client.force_login(accounts.member(where, role))
    answer = send(client, campaign)
    assert answer.status_code == 409
    assert "由领导小组组长、副组长或办公室人员发出" in answer.content.decode()
    assert not SupervisionNote.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"answer_on": "2011-11-23"}, 409, "答复期限应在今天至2013-12-31之间"),
        ({"answer_on": "9999-12-31"}, 409, "答复期限应在今天至2013-12-31之间"),
        ({"number": " "}, 422, ""),
        ({"kind": "other"}, 422, ""),
        ({"organisation": "CSG-GX"}, 409, "不是该单位在本次专项行动中的任务"),
        ({"organisation": "SERC-YN"}, 422, ""),
    ],
)
def test_a_note_has_its_limits(client, campaign, leading, head, changes, status, why):
    if "organisation" in changes:
        changes = {"organisation": accounts.organisation(changes["organisation"]).pk}
    client.force_login(head)
    answer = send(client, campaign, **changes)
    assert (answer.status_code, why in answer.content.decode()) == (status, True)


def test_a_number_is_used_once(client, campaign, leading, head):
    client.force_login(head)
    assert send(client, campaign).status_code == 302
    assert send(client, campaign).status_code == 409


def test_notes_are_seen_by_the_two_sides_only(client, campaign, leading, head):
    client.force_login(head)
    send(client, campaign)
    note = SupervisionNote.objects.get()
    for where, role, status in (
        ("CSG-GD", "company_viewer", 200),
        ("SERC-NF", "regulator_viewer", 200),
        ("CSG-GX", "company_lead", 404),
        ("SERC-YN", "regulator_lead", 404),
    ):
        client.force_login(accounts.member(where, role, name="读者"))
        assert client.get(f"/campaigns/notes/{note.pk}/").status_code == status
        listed = client.get(f"/campaigns/{campaign.pk}/notes/").context["rows"]
        assert len(listed) == (status == 200)


def test_an_account_on_the_list_works_in_that_organisation(campaign, leading):
    stranger = accounts.member("CSG-GX", "company_filer")
    south = accounts.organisation("SERC-NF")
    with pytest.raises(Refused, match="不在南方电监局任职|不能列入名单"):
        services.set_up_group(
            campaign=campaign,
            kind="leading",
            organisation=south,
            name="小组",
            duties="督促",
            office_department="",
            seats=[services.Seat("示例", "局长", south, "head", stranger)],
            by=accounts.member("SERC-NF", "regulator_officer"),
            now=NOON,
        )


@pytest.mark.clause("S1-6.2")
def test_both_sides_of_the_joint_group_see_what_was_decided_and_done(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    filer = accounts.member("CSG-GD", "company_filer")
    client.force_login(officer)
    seats = [("陈示例", "SERC-NF", "head", ""), ("何示例", "CSG-GD", "deputy", "")]
    group = listed(client, campaign, "joint", seats)
    url = f"/campaigns/groups/{group.pk}/"
    initial = client.get(f"/campaigns/{campaign.pk}/meetings/new/?group={group.pk}")
    called = initial.context["form"].initial
    codes = {"SERC-NF", "CSG-GD"}
    assert called["group"] == group.pk
    assert set(called["invitees"]) == {accounts.organisation(code).pk for code in codes}
    answer = client.post(
        f"/campaigns/{campaign.pk}/meetings/new/",
        {
            "title": "联合行动第一次会商",
            "group": group.pk,
            "starts_at": "2011-11-24T15:00",
            "ends_at": "2011-11-24T16:00",
            "place": "广州",
            "agenda": "沟通进度",
            "invitees": called["invitees"],
        },
    )
    meeting = group.meetings.get()
    assert answer.url == f"/campaigns/meetings/{meeting.pk}/"
    decision = {
        "text": "公示12398热线",
        "organisation": accounts.organisation("CSG-GD").pk,
        "due_on": "2011-11-30",
    }
    assert client.post(f"{answer.url}decide/", decision).status_code == 409  # not yet held
    held = datetime(2011, 11, 24, 17, 0, tzinfo=ZONE)
    with standing_at(held):
        assert client.post(f"{answer.url}decide/", decision).status_code == 302
        action = MeetingAction.objects.get()
        assert action.due_at == datetime(2011, 11, 30, 23, 59, 59, tzinfo=ZONE)
        assert Letter.objects.filter(kind="action.decided", recipient_id=filer.pk).count() == 2
        # The company finds it on its desk and reports on the group's page.
        client.force_login(filer)
        assert "议定事项：公示12398热线" in client.get("/").content.decode()
        html = client.get(url).content.decode()
        for words in ("联合行动第一次会商", "公示12398热线", "报告落实情况"):
            assert words in html
        done = {"result": "全部窗口已公示"}
        assert client.post(f"/campaigns/actions/{action.pk}/", done).status_code == 302
        assert client.post(f"/campaigns/actions/{action.pk}/", done).status_code == 409
        # The bureau sees the same on the same page, and was told.
        client.force_login(officer)
        html = client.get(url).content.decode()
        assert "全部窗口已公示" in html
        assert "已落实" in html
        assert Letter.objects.filter(kind="action.carried_out", recipient_id=officer.pk).exists()
        # Who is not of the group sees the list of names and nothing of its work.
        client.force_login(accounts.member("CSG-GX", "company_filer"))
        html = client.get(url).content.decode()
        assert "陈示例" in html
        assert "公示12398热线" not in html
        assert client.post(f"/campaigns/actions/{action.pk}/", done).status_code == 404


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"due_on": date(2011, 11, 1)}, "完成时限应在今天"),
        ({"due_on": date(9999, 12, 31)}, "完成时限应在今天"),
        ({"text": " "}, "请填写议定事项"),
        ({"organisation": "CSG-GX"}, "没有参加这次会议"),
        ({"by": "CSG-GD"}, "只能办理本单位的事项"),
    ],
)
def test_a_decision_has_its_limits(campaign, changes, why):
    officer = accounts.member("SERC-NF", "regulator_officer")
    south, guangdong = accounts.organisation("SERC-NF"), accounts.organisation("CSG-GD")
    meeting = services.convene(
        campaign=campaign,
        title="会商",
        starts_at=NOON.replace(hour=9),
        ends_at=NOON.replace(hour=10),
        place="广州",
        agenda="进度",
        organiser=south,
        invitees=[guangdong],
        by=officer,
        now=NOON.replace(hour=8),
    )
    asked = {"text": "公示", "organisation": "CSG-GD", "due_on": date(2011, 11, 30)} | changes
    asked["organisation"] = accounts.organisation(asked["organisation"])
    by = accounts.member(asked.pop("by"), "company_filer") if "by" in asked else officer
    with pytest.raises(Refused, match=why):
        services.decide(meeting=meeting, by=by, now=NOON, **asked)


def test_what_was_typed_comes_back_with_a_refusal(client, campaign, leading, head):
    """A long text must not be lost because its number was taken meanwhile."""
    client.force_login(head)
    assert send(client, campaign).status_code == 302
    answer = send(client, campaign, body="<b>很长的一段要求</b>")
    html = answer.content.decode()
    assert (answer.status_code, "已被使用" in html) == (409, True)
    assert "&lt;b&gt;很长的一段要求&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [({"due_on": ""}, 422, "必填"), ({"due_on": "2011-11-01"}, 409, "完成时限应在今天至")],
)
def test_a_refused_decision_comes_back_with_what_was_typed(client, campaign, changes, status, why):
    officer = accounts.member("SERC-NF", "regulator_officer")
    guangdong = accounts.organisation("CSG-GD")
    meeting = services.convene(
        campaign=campaign,
        title="会商",
        starts_at=NOON.replace(hour=9),
        ends_at=NOON.replace(hour=10),
        place="广州",
        agenda="进度",
        organiser=accounts.organisation("SERC-NF"),
        invitees=[guangdong],
        by=officer,
        now=NOON.replace(hour=8),
    )
    client.force_login(officer)
    asked = {"text": "公示<i>热线</i>", "organisation": guangdong.pk, "due_on": "2011-11-30"}
    answer = client.post(f"/campaigns/meetings/{meeting.pk}/decide/", asked | changes)
    html = answer.content.decode()
    assert (answer.status_code, why in html) == (status, True), html
    assert "公示&lt;i&gt;热线&lt;/i&gt;" in html
    assert not MeetingAction.objects.exists()
