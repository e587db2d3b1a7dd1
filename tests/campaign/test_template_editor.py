"""Another campaign without code: from a copy of the old one to duties with dates of a later year.

All days are reckoned by hand from the calendars of the State Council: 2011-10-25 is the first day
of the old campaign, 2026-03-02 that of the new one.
"""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from campaign import catalogue, services, template
from campaign.models import Campaign, CampaignTemplate, Checklist, Duty, TemplateDraft
from campaign.services import inspecting, templating
from campaign.template_moving import move, settled
from campaign.template_shape import Problem
from core import workdays
from core.clock import ZONE, at, standing_at
from core.errors import Refused
from reporting.queries.reports import kinds_to_report
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 10, 10, 0, tzinfo=ZONE)
FOLDER = Path(catalogue.__file__).parent
UPLOADED = (FOLDER / "frequent-outage-2023.yaml").read_text(encoding="utf-8")
UPLOADED = UPLOADED.replace("code: frequent-outage-2023", "code: outage-south", 1)


@pytest.fixture
def officer(catalogues, client):
    person = accounts.member("SERC-NF", "regulator_officer")
    client.force_login(person)
    with standing_at(NOW):
        yield person


def ok(response, status=302):
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def begin(client, way="template", **more):
    source = CampaignTemplate.objects.get(code="residential-2011")
    told = {"source": source.pk, "code": "residential-2026", "name": "", "starts_on": "2026-03-02"}
    office = {"way": way, "organisation": accounts.organisation("SERC-NF").pk}
    ok(client.post("/campaigns/templates/new/", {**told, **office, **more}))
    return TemplateDraft.objects.latest("pk")


def post(client, draft, path, **more):
    """An act on the version that counts now."""
    draft.refresh_from_db()
    url = f"/campaigns/template-drafts/{draft.pk}/{path}"
    return client.post(url, {"seen": draft.head, **more})


def change(client, draft, path, **more):
    """Fill in a form of the editor as it is shown, with some entries changed."""
    form = client.get(f"/campaigns/template-drafts/{draft.pk}/{path}").context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    return client.post(
        f"/campaigns/template-drafts/{draft.pk}/{path}",
        {name: value for name, value in {**data, **more}.items() if value is not False},
    )


def duty_of(draft, code):
    draft.refresh_from_db()
    return next(duty for duty in draft.content["duties"] if duty["code"] == code)


def dues(content):
    return {duty["code"]: duty["due"]["date"] for duty in content["duties"]}


def test_from_the_former_campaign_to_duties_of_another_year(client, officer):
    with standing_at(factory.LAUNCH):
        former = factory.launched_campaign()
    draft = begin(client, "campaign", source=former.pk, name="南方区域居民用电服务质量提升行动")
    url = f"/campaigns/template-drafts/{draft.pk}/"
    # 2011-11-10 was the 12th working day, 11-18 the 18th, 11-25 the 23rd, 2012-06-01 the 152nd.
    # In 2026 the 23rd is 04-02; before the 26th comes 清明节; before the 152nd come 劳动节 with its
    # make-up Saturday, 端午节, 中秋节, and 国庆节 with two make-up days.
    due = dues(draft.content)
    assert (due["groups"], due["kickoff-meeting"]) == ("2026-03-18", "2026-03-26")
    assert (due["kickoff-report"], due["self-inspection"]) == ("2026-04-02", "2026-10-12")
    first = draft.content["phases"][0]
    assert (first["starts_on"], first["ends_on"]) == ("2026-03-02", "2026-04-08")
    assert draft.content["phases"][1]["starts_on"] == "2026-04-09"
    html = client.get(url).content.decode()
    assert "原为首日后第152个工作日，按新的首日重新数起" in html
    assert "含放假安排尚未公布的年份，待确认" in html
    assert "0 处必须改正" in html

    # An edit: the report is now due so many working days after the phase begins.
    place = [duty["code"] for duty in draft.content["duties"]].index("kickoff-report") + 1
    edited = {"anchor": "phase_start", "workdays": "10", "title": "报告启动部署和责任落实情况"}
    ok(change(client, draft, f"duties/{place}/", **edited))
    report = duty_of(draft, "kickoff-report")
    assert (report["due"]["date"], report["title"]) == ("2026-03-16", edited["title"])
    assert report["due"]["wording"] == "“启动部署”阶段启动后10个工作日内"
    # One too many is taken back; the versions tell what changed.
    ok(post(client, draft, f"duties/{place}/act/", act="remove"))
    assert "kickoff-report" not in dues(TemplateDraft.objects.get(pk=draft.pk).content)
    ok(post(client, draft, "undo/"))
    assert duty_of(draft, "kickoff-report")["due"]["date"] == "2026-03-16"
    html = client.get(f"{url}versions/?from=1&to=2").content.decode()
    assert "<del>2026-04-02</del>" in html
    assert "<ins>2026-03-16</ins>" in html
    assert "<ins>阶段启动后若干工作日</ins>" in html
    assert "催报 03-09、03-13、03-17、03-19" in client.get(f"{url}timeline/").content.decode()

    ok(post(client, draft, "check/"))
    refused = ok(post(client, draft, "approve/"), 409)
    assert "请由另一人批准" in refused.content.decode()
    ok(change(client, draft, f"duties/{place}/", title="又改"), 409)
    client.force_login(accounts.member("SERC-NF", "regulator_lead"))
    # What was handed in anew while one read is not approved unread.
    unread = ok(post(client, draft, "approve/", seen=draft.head - 1), 409)
    assert "刚有新的版本" in unread.content.decode()
    ok(post(client, draft, "approve/"))
    draft.refresh_from_db()
    made = draft.template
    assert (made.code, made.version, made.valid_from) == ("residential-2026", 1, NOW.date())

    accounts.member("CSG-GD", "company_filer")
    campaign = deploy(client, made, "south-2026")
    rehearsed = client.get(f"/campaigns/{campaign.pk}/reminders/").content.decode()
    assert "2026-03-09" in rehearsed
    assert edited["title"] in rehearsed
    ok(client.post(f"/campaigns/{campaign.pk}/launch/"))
    due_at = {
        (duty.definition.code, duty.organisation.code): duty.due_at
        for duty in Duty.objects.filter(definition__campaign=campaign).select_related(
            "definition", "organisation"
        )
    }
    assert due_at["kickoff-report", "CSG-GD"] == at(date(2026, 3, 16), 23, 59, 59)
    assert due_at["groups", "SERC-NF"] == at(date(2026, 3, 18), 23, 59, 59)
    assert due_at["self-inspection", "CSG-YN"] == at(date(2026, 10, 12), 23, 59, 59)


def deploy(client, made, code):
    """From a template to a draft campaign, as the wizard does."""
    office = accounts.organisation("SERC-NF").pk
    told = {"source": made.pk, "issuing_organisation": office, "code": code, "name": ""}
    told |= {"parent": "", "document_number": "南监能供电〔2026〕3号", "issued_on": "2026-02-09"}
    ok(client.post("/campaigns/new/", told))
    return Campaign.objects.get(code=code)


# Of each template: a first day, a duty, and the day on which it is due, by hand.
THREE = {
    # 2026-05-06 is a Wednesday; +5 working days with the make-up Saturday 05-09: 7, 8, 9, 11, 12.
    "frequent-outage-2023": ("2026-05-06", "issue-plan", "2026-05-12"),
    # From 2026-03-02 five working days: 3, 4, 5, 6, 9.
    "connection-service-2024": ("2026-03-02", "issue-plan", "2026-03-09"),
    # From 2026-05-06 thirteen working days (05-23 of 2025): 7, 8, 9, 11–15, 18–22.
    "summer-peak-2025": ("2026-05-06", "peak-measures", "2026-05-22"),
}


@pytest.mark.parametrize("code", THREE)
def test_each_of_the_three_templates_is_moved_rehearsed_and_launched(client, officer, code):
    start, duty, due = THREE[code]
    source = CampaignTemplate.objects.get(code=code)
    calendar = workdays.calendar(now=NOW)
    # What its rules say and what stands in the file agree, and nothing is wrong with it.
    assert settled(source.content | {}, calendar=calendar) == source.content
    hard = [one for one in templating.problems(source.content, now=NOW) if not one.soft]
    assert hard == []
    moved, moves = move(source.content, start=date.fromisoformat(start), calendar=calendar)
    assert dues(moved)[duty] == due
    assert len(moves) == 2 * (len(moved["phases"]) + len(moved["duties"]))
    draft = begin(client, source=source.pk, code=f"{code}-next", starts_on=start)
    templating.check(draft=draft, seen=1, by=officer, now=NOW)
    lead = accounts.member("SERC-NF", "regulator_lead")
    made = templating.approve(draft=draft, seen=draft.head, by=lead, now=NOW).template
    campaign = deploy(client, made, f"{code}-south")
    assert client.get(f"/campaigns/{campaign.pk}/reminders/").status_code == 200
    services.launch(campaign=campaign, by=officer, now=NOW)
    found = Duty.objects.filter(definition__campaign=campaign, definition__code=duty)
    assert {one.due_at for one in found} == {at(date.fromisoformat(due), 23, 59, 59)}
    assert ("report", "executors") in {
        (one.definition.kind, one.definition.party)
        for one in Duty.objects.filter(definition__campaign=campaign).select_related("definition")
    }


def test_a_phase_that_ends_on_a_saturday_does_not_run_into_the_next(catalogues):
    """By hand: 2026-03-07 is a Saturday, 03-08 a Sunday; after Friday 04-03 come three days off."""
    days = (("甲", "2026-03-02", "2026-03-07"), ("乙", "2026-03-08", "2026-03-13"))
    phases = [
        {"number": number, "name": name, "starts_on": first, "ends_on": last}
        for number, (name, first, last) in enumerate(days, start=1)
    ]
    content = {"starts_on": "2026-03-02", "ends_on": "2026-03-13", "phases": phases, "duties": []}
    moved, moves = move(content, start=date(2026, 4, 3), calendar=workdays.calendar(now=NOW))
    found = [(phase["starts_on"], phase["ends_on"]) for phase in moved["phases"]]
    assert found == [("2026-04-03", "2026-04-10"), ("2026-04-13", "2026-04-17")]
    assert "取其前一个工作日" in moves[1].why
    assert "取其后一个工作日" in moves[2].why


# What is broken → the place, what is wrong, how to mend it.
BROKEN = [
    (("\nname: 频繁", "\n名称: 频繁"), "名称", "不认识的项目", "可用的项目"),
    (("short_title: 印发方案", "short_titel: 印发方案"), "short_titel", "不认识", "short_title”"),
    (("name: 频繁停电专项整治行动", "subtitle: 无"), "name", "缺少此项", "请补上“name: …”"),
    (("name: 频繁停电专项整治行动", "name: ''"), "name", "应为非空文字", "请填写文字"),
    (("name: 频繁停电专项整治行动", f"name: {'停' * 81}"), "name", "最多80个字", "请缩短到80个字"),
    (("starts_on: 2023-06-19", "starts_on: 2023-06-31"), "phases[2].starts_on", "应为日期", "存在"),
    (("starts_on: 2023-06-19", "starts_on: 2023-06-16"), "phases[2]", "上一阶段的日期重叠", "以后"),
    (
        ("ends_on: 2023-06-16", "ends_on: 2023-05-11"),
        "phases[1]",
        "结束日期早于",
        "2023-05-12或以后",
    ),
    (("number: 2", "number: 5"), "phases[2].number", "从1起连续", "此处应为2"),
    (("number: 2", "number: 40"), "phases[2].number", "至多为20", "1至20之间"),
    (("number: 2", "number: 二"), "phases[2].number", "应为整数", "不带引号和单位"),
    (
        ("ends_on: 2023-12-29\n\ntext", "ends_on: 2023-12-30\n\ntext"),
        "ends_on",
        "不一致",
        "2023-12-29",
    ),
    (
        ("code: kickoff-meeting", "code: issue-plan"),
        "duties",
        "“issue-plan”出现不止一次",
        "互不相同",
    ),
    (("code: kickoff-meeting", "code: 动员会"), "duties", "不能用的字符", "字母、数字"),
    (("kind: meeting", "kind: party"), "duties[2].kind", "“party”不在可选值", "可选值之一"),
    (
        ("    phase: 1\n    title: 召开", "    phase: 9\n    title: 召开"),
        "duties[2].phase",
        "没有第9阶段",
        "1、2、3、4",
    ),
    (
        ("date: 2023-05-24", "date: 2023-05-10"),
        "duties[2].due.date",
        "早于起始日期",
        "2023-05-12或以后",
    ),
    (
        ("date: 2023-05-24", "date: 2024-05-24"),
        "duties[2].due.date",
        "不在专项行动期间",
        "2023-12-29",
    ),
    (
        ("objectives: [R]\n    livelihood", "objectives: [Q]\n    livelihood"),
        "duties[3].objectives",
        "“Q”的目标任务",
        "请先在",
    ),
    (
        ("livelihood: true", "livelihood: 是"),
        "duties[3].livelihood",
        "应为true 或 false",
        "请填写 true",
    ),
    (
        ("parts: [meeting_record]", "parts: [minutes]"),
        "duties[2].parts",
        "“minutes”的报送表单",
        "目录中选择",
    ),
    (
        ("parts: [meeting_record]", "parts: meeting_record"),
        "duties[2].parts",
        "应为列表",
        "以“- ”开头",
    ),
    (("reports: [stage-1,", "reports: [stage-9,"), "reports", "“stage-9”的报告模板", "目录中选择"),
    (
        ("checklists: [residential-2011]", "checklists: [x]"),
        "checklists",
        "“x”的检查表",
        "目录中选择",
    ),
    (
        ('hour: "09:00", audience: person, text: 已', "hour: 早上, audience: person, text: 已"),
        "ladder.steps[3].hour",
        "应为时刻",
        "09:00",
    ),
    (
        (
            'hour: "09:00", audience: person, text: 已',
            "hour: 09:00+08:00, audience: person, text: 已",
        ),
        "ladder.steps[3].hour",
        "应为时刻",
        "09:00",
    ),
    (("offset: -5", "offset: -2"), "ladder.steps[2]", "同一时刻发给同一对象", "请改动天数"),
    (("letters_per_day: 1", "letters_per_day: 0"), "ladder.letters_per_day", "至少为1", "1至20"),
    (("principles:\n", "principles:\n  - 无\n"), "principles[1]", "应为一组", "对照样本"),
    (
        ("2023-12-29", "2050-12-29"),
        "phases[4].ends_on",
        "日期应在2006-01-01至2031-12-31",
        "重新推算",
    ),
    (("digest: true", "digest: true\n  digest: true"), "第 ", "键“digest”重复", "缩进"),
    (("principles:", "principles: &a\nx: *a\ny:"), "第 ", "不使用引用", "缩进"),
    (
        ("checklists: [residential-2011]", f"checklists: {'[' * 30}{']' * 30}"),
        "第 ",
        "层次超过20层",
        "缩进",
    ),
    (("letters_per_day: 1", f"letters_per_day: {'9' * 5000}"), "文件", "无法识别的数字", "缩进"),
    (
        ("code: outage-south", "code: frequent-outage-2023"),
        "",
        "已用于其他模板",
        "frequent-outage-2023-2026",
    ),
]


def send(client, content):
    told = {"way": "upload", "organisation": accounts.organisation("SERC-NF").pk}
    sent = SimpleUploadedFile("模板.yaml", content)
    return client.post("/campaigns/templates/new/", {**told, "upload": sent})


def test_every_broken_upload_is_told_with_place_rule_and_remedy(client, officer):
    office = accounts.organisation("SERC-NF")
    for number, ((old, new), place, message, remedy) in enumerate(BROKEN):
        assert old in UPLOADED, old
        broken = UPLOADED.replace(old, new, -1 if old == "2023-12-29" else 1).encode()
        with pytest.raises(Refused) as caught:
            templating.upload(content=broken, organisation=office, by=officer, now=NOW)
        found = getattr(caught.value, "problems", [Problem("", str(caught.value))])
        told = [(one.place, one.message + one.remedy) for one in found]
        assert any(
            place in where and message in words and remedy in words for where, words in told
        ), (new, told)
        # The page shows them all, in three columns.
        if number % 12 == 0:
            html = ok(send(client, broken), 409).content.decode()
            assert all(escape(one.message) in html for one in found)
            assert all(escape(one.remedy) in html for one in found)
    for content, words in (
        (b"\xff\xfe\x00", "另存为UTF-8"),
        (b"x" * (templating.LARGEST + 1), "超过256 KB"),
        ("a: [", "不是有效的 YAML"),
        ("a: !!python/object/apply:os.system [x]", "不是有效的 YAML"),
    ):
        content = content if isinstance(content, bytes) else content.encode()
        assert words in ok(send(client, content), 409).content.decode()
    # Two faults at once are both told, though one keeps its record from being read.
    both = UPLOADED.replace("number: 2", "number: 二", 1).replace(
        "date: 2023-05-24", "date: 2023-05-10"
    )
    html = send(client, both.encode()).content.decode()
    assert "应为整数" in html
    assert "截止日期早于起始日期" in html
    assert not TemplateDraft.objects.exists()

    ok(send(client, UPLOADED.encode()))
    draft = TemplateDraft.objects.get()
    # What is downloaded is what was uploaded, and can be uploaded again.
    again = client.get(f"/campaigns/template-drafts/{draft.pk}/file.yaml").content.decode()
    content, plain = template.read_text(again)
    assert plain == draft.content
    assert content.name == "频繁停电专项整治行动"


def test_rows_are_added_ordered_and_guarded_and_versions_do_not_overrun(client, officer):
    draft = begin(client)
    url = f"/campaigns/template-drafts/{draft.pk}/"
    # A phase with tasks is not removed; one that moves takes its tasks along.
    refused = ok(post(client, draft, "phases/1/act/", act="remove"), 409)
    assert "请先改到其他阶段或者删除" in refused.content.decode()
    ok(post(client, draft, "phases/2/act/", act="down"))
    assert duty_of(draft, "self-inspection")["phase"] == 3
    html = client.get(url).content.decode()
    assert "phases[3]" in html
    assert "与上一阶段的日期重叠" in html
    assert "处必须改正" in ok(post(client, draft, "check/"), 409).content.decode()
    ok(post(client, draft, "undo/"))
    # Another first day, a Saturday: the Monday after it, and everything a week later; and back.
    before = draft.editions.get(number=1).content
    ok(post(client, draft, "redate/", starts_on="2026-03-07"))
    draft.refresh_from_db()
    moved = draft.content
    assert (moved["starts_on"], dues(moved)["groups"]) == ("2026-03-09", "2026-03-25")
    assert (
        "请填写新的首日" in ok(post(client, draft, "redate/", starts_on="x"), 409).content.decode()
    )
    ok(post(client, draft, "undo/"))
    draft.refresh_from_db()
    assert draft.content == before
    assert "此后已另行修改" in client.get(url).content.decode()
    # A new rung: the text is asked for, a code is not.
    assert "此项必填" in ok(change(client, draft, "steps/0/"), 422).content.decode()
    rung = {"offset": "0", "hour": "15:00", "audience": "person", "text": "今日截止"}
    ok(change(client, draft, "steps/0/", **rung))
    draft.refresh_from_db()
    assert draft.content["ladder"]["steps"][-1] == {**rung, "offset": 0, "code": "step-1"}
    # The other lists, and what stands once.
    ok(change(client, draft, "objectives/1/", children="P9 电压合格"))
    ok(change(client, draft, "groups/2/", name="联合工作组"))
    ok(change(client, draft, "goals/0/", name="诉求下降", text="投诉下降三成", clause="二"))
    ok(change(client, draft, "text/1/", paragraphs="第一段\n\n第二段"))
    ok(change(client, draft, "phases/1/", checks="召开启动会\n印发方案"))
    ok(change(client, draft, "basics/", reports=["stage-1"], checklists=["residential-2011"]))
    draft.refresh_from_db()
    content = draft.content
    assert content["objectives"][0]["children"][0]["code"] == "P9"
    assert content["groups"][1]["name"] == "联合工作组"
    assert (content["goals"][-1]["code"], content["goals"][-1]["name"]) == ("goals-1", "诉求下降")
    assert content["text"][0]["paragraphs"] == ["第一段", "第二段"]
    assert [check["text"] for check in content["phases"][0]["checks"]] == ["召开启动会", "印发方案"]
    assert (content["reports"], content["ladder"]["digest"]) == (["stage-1"], True)
    # Whoever saw an older version is told so, and the same click twice changes nothing.
    stale = client.post(f"{url}steps/1/act/", {"seen": 1, "act": "remove"})
    assert "刚有新的版本" in ok(stale, 409).content.decode()
    given = {"content": content, "summary": "又一次", "by": officer, "now": NOW}
    assert templating.save(draft=draft, seen=draft.head - 1, **given).head == draft.head
    # The first version comes back whole.
    ok(post(client, draft, "versions/1/restore/"))
    draft.refresh_from_db()
    assert draft.content == draft.editions.get(number=1).content
    # Nobody else finds it; a viewer's door is closed.
    for where, role, status in (
        ("SERC-YN", "regulator_officer", 404),
        ("NEA-ROOT", "regulator_lead", 404),
        ("SERC-NF", "regulator_viewer", 403),
        ("CSG-GD", "company_lead", 403),
    ):
        client.force_login(accounts.member(where, role))
        for path in ("", "timeline/", "versions/", "file.yaml", "duties/1/"):
            assert client.get(f"{url}{path}").status_code == status


def test_what_a_template_chooses_counts_in_the_campaign(client, officer):
    """Its reports are the ones that are offered, its checklists the ones that may be used."""
    source = CampaignTemplate.objects.get(code="residential-2011")
    data = {**source.content, "code": "chosen", "reports": ["stage-1"], "checklists": ["other"]}
    made = CampaignTemplate.objects.create(
        code="chosen", version=1, name="甲", content=data, valid_from=date(2011, 10, 1)
    )
    with standing_at(factory.LAUNCH):
        campaign = factory.draft()
        Campaign.objects.filter(pk=campaign.pk).update(template=made)
        campaign = services.launch(campaign=campaign, by=officer, now=factory.LAUNCH)
        office = accounts.organisation("SERC-NF")
        kinds = kinds_to_report(officer, office, on=factory.LAUNCH.date())
        assert {kind.template.code for kind in kinds} == {"stage-1"}
        with pytest.raises(Refused, match="规定使用的检查表"):
            inspecting.plan_round(
                kind="special",
                title="抽查",
                lead=office,
                reason="专项行动",
                first_day=date(2011, 11, 1),
                last_day=date(2011, 11, 2),
                checklist=Checklist.objects.get(code="residential-2011"),
                campaign=campaign,
                by=officer,
                now=factory.LAUNCH,
            )
