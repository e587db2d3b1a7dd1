"""Inspections through their pages: drawn, announced, recorded, found, answered, concluded."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign import inspection_documents
from campaign.models import (
    Finding,
    Inspection,
    InspectionDraw,
    InspectionRound,
    LegalArticle,
    RecordEntry,
    RectificationItem,
)
from campaign.services import findings, inspectors
from complaints.models import CountingRule, InspectionProposal
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns
from tests.factories import inspections as factory
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = factory.NOW


@pytest.fixture(autouse=True)
def _noon(catalogues):
    with standing_at(NOW):
        yield


@pytest.fixture
def organiser():
    return factory.organiser()


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return text_of(answer)


def plan(client, **more):
    form = client.get("/inspections/new/").context["form"]
    data = {
        "title": "第三阶段集中检查",
        "lead": form.fields["lead"].queryset.get().pk,
        "checklist": factory.checklist().pk,
        "campaign": "",
        "organisation": "",
        "first_day": "2012-07-16",
        "last_day": "2012-10-31",
        "reason": "检查自查整改情况",
        "peak_season": "on",
    } | more
    return client.post("/inspections/new/", data)


@pytest.mark.clause("S1-5.3a")
@pytest.mark.clause("S1-4.2i")
def test_units_and_inspectors_are_drawn_sealed_and_can_be_verified(client, organiser):
    own = [factory.inspector(certificate=f"N{n}", by=organiser) for n in range(3)]
    yunnan = factory.organiser("SERC-YN")
    other = factory.inspector("SERC-YN", certificate="Y1", by=yunnan)
    guangdong = accounts.organisation("CSG-GD")
    # One worked there once, which the inspector declares; another holds a post the portal knows of.
    client.force_login(own[0].person)
    declared = {
        "inspector": own[0].pk,
        "organisation": accounts.organisation("CSG-GD-ZQ").pk,
        "kind": "former",
        "until": "",
    }
    assert client.post("/inspections/roster/", declared).status_code == 302
    client.force_login(organiser)
    left = factory.inspector(certificate="N9", by=organiser)
    assert client.post(f"/inspections/roster/{left.pk}/end/").status_code == 302
    assert client.post(f"/inspections/roster/{other.pk}/end/").status_code == 409
    campaign = campaigns.launched_campaign()
    mark = client.get("/inspections/new/").context["form"]["client_id"].value()
    planned = plan(client, campaign=campaign.pk, client_id=mark)
    assert plan(client, campaign=campaign.pk, client_id=mark)["Location"] == "/inspections/"
    round = InspectionRound.objects.get()
    assert planned["Location"] == f"/inspections/rounds/{round.pk}/"
    draw = {
        "kinds": ["provincial_company"],
        "unit_count": 2,
        "team_size": 2,
        "inspectors": [one.pk for one in (*own, other)],
        "excluded": "CSG-HI 今年已作检查",
        "seed": "20120716",
        "cross_region": "on",
        "reason": "",
    }
    gone = {**draw, "inspectors": [left.pk, other.pk]}
    assert client.post(planned["Location"], gone).status_code == 422
    assert client.post(planned["Location"], draw).status_code == 302
    made = InspectionDraw.objects.get()
    drum = [one["code"] for one in made.inputs["units"]]
    # Guangdong and Guangxi's two: Yunnan and Guizhou are not the bureau's own, Hainan was left out.
    assert drum == ["CSG-GD", "CSG-GX", "GXSL"]
    assert made.inputs["excluded"] == {"CSG-HI": "今年已作检查"}
    barred = {one["certificate"]: one["barred"] for one in made.inputs["inspectors"]}
    assert barred == {"N0": ["CSG-GD"], "N1": [], "N2": [], "Y1": []}
    inspections = Inspection.objects.all()
    assert sorted(one.organisation.code for one in inspections) == sorted(
        code for code, _team in made.result
    )
    for one in inspections:
        team = {seat.inspector.certificate for seat in one.team.all()}
        assert len(team) == 2
        # Cross-region: somebody from elsewhere; nobody with a conflict.
        assert "Y1" in team
        assert not (one.organisation == guangdong and "N0" in team)
    html = page(client, f"/inspections/draws/{made.pk}/")
    assert "复算一致" in html
    assert made.seal in html
    # Drawn again: adds what is left, and says why.
    assert client.post(planned["Location"], {**draw, "unit_count": 1}).status_code == 409
    again = {**draw, "unit_count": 1, "reason": "增加一个", "seed": ""}
    again["client_id"] = client.get(planned["Location"]).context["form"]["client_id"].value()
    for _time in range(2):
        assert client.post(planned["Location"], again).status_code == 302
    assert InspectionDraw.objects.count() == 2
    assert sorted(Inspection.objects.values_list("organisation__code", flat=True)) == drum
    # Whoever changes what is kept is seen.
    InspectionDraw.objects.filter(pk=made.pk).update(result=[["CSG-GD", ["N0", "Y1"]]])
    assert "复算不一致" in page(client, f"/inspections/draws/{made.pk}/")
    event = AuditEvent.objects.filter(kind="inspection.draw").earliest("pk")
    assert event.details["seal"] == made.seal
    # The other office's inspector sees the round through the team; a company sees no round.
    client.force_login(other.person)
    assert page(client, planned["Location"])
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    assert client.get(planned["Location"]).status_code == 404


def proposal(officer, *, state="accepted"):
    decided = {"decided_by": officer, "decided_at": NOW, "reason": "集中反映停电"}
    return InspectionProposal.objects.create(
        organisation=officer.home,
        respondent=accounts.organisation("CSG-GD"),
        category="",
        rule=CountingRule.objects.filter(code="cluster").first(),
        first_day=date(2012, 6, 16),
        last_day=date(2012, 7, 15),
        count=12,
        state=state,
        created_at=NOW,
        **(decided if state != "open" else {}),
    )


@pytest.mark.clause("S1-2.2.2e")
def test_a_special_inspection_is_opened_for_a_cluster_of_complaints_once(client, organiser):
    client.force_login(organiser)
    waiting = proposal(organiser)
    assert f"?proposal={waiting.pk}" in client.get("/inspections/").content.decode()
    url = f"/inspections/new/?proposal={waiting.pk}"
    form = client.get(url).context["form"]
    data = {
        **{name: form[name].value() or "" for name in form.fields},
        "first_day": "2012-07-20",
        "last_day": "2012-07-31",
        "checklist": factory.checklist().pk,
    }
    assert "12件" in data["reason"]
    assert client.post(url, data).status_code == 302
    found = Inspection.objects.get()
    assert (found.organisation.code, found.round.kind) == ("CSG-GD", "special")
    assert found.round.proposal == waiting
    assert f"?proposal={waiting.pk}" not in client.get("/inspections/").content.decode()
    # The same form once more leads to the list; a new one is told why not.
    assert client.post(url, data)["Location"] == "/inspections/"
    data["client_id"] = ""
    assert client.post(url, data).status_code == 409
    InspectionRound.objects.update(proposal=None)
    InspectionProposal.objects.update(state="open", decided_by=None, decided_at=None)
    assert client.post(url, data).status_code == 409


def record(client, inspection, **given):
    data = {"client_id": uuid4(), "kind": "note", "text": "现场无人值班", **given}
    return client.post(f"/inspections/{inspection.pk}/entries/", data, headers={"X-Offline": "1"})


@pytest.mark.clause("S1-3.3.6(1)a")
@pytest.mark.clause("S1-1.1.2a")
def test_an_inspection_goes_from_its_notice_to_items_of_the_ledger(client, organiser):
    lead = accounts.member("SERC-NF", "regulator_lead")
    company = accounts.member("CSG-GD", "company_lead")
    found = factory.special(by=organiser)
    base = f"/inspections/{found.pk}/"
    team = [factory.inspector(certificate=f"N{n}", by=organiser) for n in range(3)]
    inspectors.declare_tie(
        inspector=team[2],
        organisation=found.organisation,
        kind="avoid",
        by=organiser,
        now=NOW,
    )
    client.force_login(company)
    assert client.get(base).status_code == 404
    client.force_login(organiser)
    chosen = {"members": [one.pk for one in team], "leader": team[0].pk, "reason": ""}
    refused = client.post(f"{base}team/", chosen)
    assert (refused.status_code, "须回避" in text_of(refused)) == (409, True)
    chosen["members"] = [one.pk for one in team[:2]]
    assert client.post(f"{base}team/", chosen).status_code == 302
    notice = {
        "notice_number": "南电监稽〔2012〕3号",
        "first_day": "2012-07-16",
        "last_day": "2012-07-20",
    }
    assert client.post(f"{base}announce/", notice).status_code == 302
    assert Letter.objects.filter(kind="inspection.announced", recipient_id=company.pk).exists()
    # On site.
    client.force_login(team[0].person)
    item = found.round.checklist.items.get(number="1.2")
    given = {"kind": "item", "item": item.pk, "result": "fail", "sample": "公告第3号"}
    photo = SimpleUploadedFile("公告.png", reporting.png(3), "image/png")
    saved = record(client, found, **given, text="公告不足七日，联系13800138000", uploads=photo)
    assert saved.status_code == 200
    entry = RecordEntry.objects.get()
    assert "13800138000" not in entry.text
    for name, words in (("notice", "检查内容"), ("record", "公告第3号")):
        answer = client.get(f"{base}papers/{name}.docx")
        assert answer.status_code == 200
        assert answer.content[:2] == b"PK"
        assert words in docx_text(answer.content)
    # A finding cites what was in force on the day of the fact.
    draft = {
        "problem": "计划检修停电公告不足七日",
        "facts": "抽查20次，3次不足",
        "happened_on": "2009-12-31",
        "severity": "major",
        "item": item.pk,
        "articles": [LegalArticle.objects.get(code="order27-13").pk],
        "evidence": [entry.pk],
        "requirement": "建立停电公告复核制度",
        "rectify_on": "2012-08-31",
    }
    refused = client.post(f"{base}findings/new/", draft)
    assert (refused.status_code, "不具有效力" in text_of(refused)) == (409, True)
    draft["happened_on"] = "2012-07-10"
    assert client.post(f"{base}findings/new/", {**draft, "articles": []}).status_code == 422
    for problem in ("计划检修停电公告不足七日", "公示的热线电话有误", "停电时间超过公告"):
        answer = client.post(f"{base}findings/new/", {**draft, "problem": problem})
        assert answer.status_code == 302
    first, second, third = Finding.objects.all()
    client.force_login(company)
    assert client.get(f"/inspections/findings/{first.pk}/").status_code == 404
    assert client.get(f"/files/{entry.files.get().uuid}/").status_code == 404
    client.force_login(team[0].person)
    assert client.post(f"{base}facts/", {"answer_on": "2012-07-23"}).status_code == 302
    # The company confirms one and contests another; the third stays without an answer.
    client.force_login(company)
    assert client.get(f"/files/{entry.files.get().uuid}/").getvalue() == reporting.png(3)
    assert client.post(f"/inspections/findings/{first.pk}/", {"agree": "1"}).status_code == 302
    url = f"/inspections/findings/{second.pk}/"
    assert client.post(url, {"agree": "0", "answer": ""}).status_code == 409
    assert client.post(url, {"agree": "0", "answer": "当日已更换"}).status_code == 302
    ledger = RectificationItem.objects.get()
    assert (ledger.unit.code, ledger.source_kind) == ("CSG-GD", "inspection")
    assert ledger.source_ref == "南电监稽〔2012〕3号第1项"
    assert "《供电监管办法》第十三条" in ledger.basis
    assert ledger.due_at == datetime(2012, 8, 31, 23, 59, 59, tzinfo=ZONE)
    # Settled by another than who found it; the third only when its days are over.
    client.force_login(team[0].person)
    decided = {"uphold": "0", "decision": "更换属实"}
    assert client.post(f"{url}decide/", decided).status_code == 409
    client.force_login(lead)
    assert client.post(f"{base}conclude/", {"conclusion": "基本规范"}).status_code == 409
    assert client.post(f"{url}decide/", decided).status_code == 302
    upheld = {"uphold": "1", "decision": "逾期未答复，证据充分"}
    last = f"/inspections/findings/{third.pk}/decide/"
    assert client.post(last, upheld).status_code == 409
    with standing_at(NOW + timedelta(days=8)):
        assert client.post(last, upheld).status_code == 302
        assert client.post(f"{base}conclude/", {"conclusion": "基本规范"}).status_code == 302
        close = f"/inspections/rounds/{found.round_id}/close/"
        assert client.post(close, {"conclusion": "查出两项问题"}).status_code == 302
        html = page(client, f"/inspections/rounds/{found.round_id}/")
    assert "《供电监管办法》第十三条" in html
    states = dict(Finding.objects.values_list("pk", "state"))
    assert states == {first.pk: "confirmed", second.pk: "dropped", third.pk: "upheld"}
    assert RectificationItem.objects.count() == 2
    client.force_login(company)
    assert "基本规范" in page(client, base)
    assert "当日已更换" in docx_text(client.get(f"{base}papers/facts.docx").content)


def docx_text(content):
    from io import BytesIO
    from zipfile import ZipFile

    from lxml import etree

    tree = etree.fromstring(ZipFile(BytesIO(content)).read("word/document.xml"))
    return "".join(tree.itertext())


def test_an_entry_that_is_sent_again_is_kept_once(client, organiser):
    found = factory.announced(by=organiser)
    member = found.team.get(leads=True).inspector.person
    client.force_login(member)
    client_id = uuid4()

    def photo():
        return SimpleUploadedFile("现场.png", reporting.png(3), "image/png")

    # Before the day of which the company was told nobody has begun.
    with standing_at(NOW - timedelta(days=1)):
        early = record(client, found)
        assert early.json()["reason"] == "检查通知写明2012-07-16进场，届时再作现场记录。"
    first = record(client, found, client_id=client_id, uploads=photo())
    again = record(client, found, client_id=client_id, uploads=photo())
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == {"url": f"/inspections/{found.pk}/record/"}
    other = record(client, found, client_id=client_id, text="别的内容", uploads=photo())
    assert other.status_code == 409
    entry = RecordEntry.objects.get()
    assert entry.files.count() == 1
    # It was written when the phone says; nobody else writes at all, and nothing without words.
    assert record(client, found, waited=600).status_code == 200
    assert RecordEntry.objects.latest("pk").happened_at == NOW - timedelta(minutes=10)
    assert record(client, found, text="").json()["reason"] == "请填写内容，或者附上照片。"
    client.force_login(accounts.member("SERC-NF", "regulator_viewer"))
    assert record(client, found).status_code == 409
    # What was written without network arrives after the facts went out: kept, and marked.
    factory.finding(found)
    from campaign.services import findings

    findings.send_facts(inspection=found, answer_on=date(2012, 7, 23), by=member, now=NOW)
    client.force_login(member)
    with standing_at(NOW + timedelta(hours=2)):
        assert record(client, found, waited=9000, text="迟到的记录").status_code == 200
        assert RecordEntry.objects.get(text="迟到的记录").came_late
        told = page(client, f"/inspections/{found.pk}/")
        assert "送交事实后收到" in told
        # Whoever says that it waited is believed, and both times stand there.
        assert "收到时间" in told
        assert "07-16 11:30" in told
        late = "".join(str(one) for one in inspection_documents.record(found_again(found)).blocks)
    assert "送交事实后收到的记录" in late
    assert "迟到的记录（2012-07-16 09:00记录，2012-07-16 11:30收到）" in late


def found_again(inspection):
    return Inspection.objects.select_related("round__lead", "organisation").get(pk=inspection.pk)


def test_what_proves_a_finding_is_not_taken_back(client, organiser):
    found = factory.announced(by=organiser)
    finding = factory.finding(found)
    member = found.team.get(leads=True).inspector.person
    entry = finding.evidence.get()
    client.force_login(member)
    undo = f"/inspections/entries/{entry.pk}/withdraw/"
    refused = client.post(undo, {"reason": "记错了"})
    assert refused.status_code == 409
    assert "第1项问题的证据" in text_of(refused)
    findings.drop_draft(finding=finding, by=member, now=NOW)
    assert client.post(undo, {"reason": "记错了"}).status_code == 302
    assert not found.entries.standing().exists()


def test_articles_are_entered_and_ended_on_their_page(client):
    administrator = accounts.member("NEA-ROOT", "system_administrator")
    client.force_login(administrator)
    data = {
        "code": "order27-13",
        "law": "供电监管办法",
        "article": "第十三条",
        "kind": "duty",
        "subject": "停电、限电",
        "text": "修订后的内容",
        "valid_from": "2024-01-04",
    }
    assert client.post("/articles/", data).status_code == 302
    assert client.post("/articles/", data).status_code == 409
    old, new = LegalArticle.objects.filter(code="order27-13").order_by("valid_from")
    assert (old.valid_to, new.valid_to) == (date(2024, 1, 3), None)
    assert "提前7日公告" in page(client, "/articles/?on=2024-01-03")
    assert "修订后的内容" in page(client, "/articles/?on=2024-01-04")
    ended = {"last_day": "2025-12-31", "reason": "废止"}
    assert client.post(f"/articles/{new.pk}/end/", ended).status_code == 302
    assert "修订后的内容" not in page(client, "/articles/?on=2026-01-01")
    client.force_login(accounts.member("CSG-GD", "company_viewer"))
    assert "现场查看营业窗口" in page(client, "/articles/")
    assert client.post("/articles/", data).status_code == 409
    assert client.post(f"/articles/{new.pk}/end/", ended).status_code == 403


def test_who_has_to_stay_away_by_now_is_not_announced_and_hears_that_they_stay(client, organiser):
    found = factory.special(by=organiser)
    team = [factory.inspector(certificate=f"S{n}", by=organiser) for n in range(3)]
    client.force_login(organiser)
    url = f"/inspections/{found.pk}/"
    seats = {"members": [one.pk for one in team[:2]], "leader": team[0].pk, "reason": ""}
    assert client.post(f"{url}team/", seats).status_code == 302
    tie = {"organisation": found.organisation, "kind": "former", "by": team[1].person}
    inspectors.declare_tie(inspector=team[1], **tie, now=NOW)
    notice = {"notice_number": "南电监稽〔2012〕9号"}
    notice |= {"first_day": "2012-07-17", "last_day": "2012-07-20"}
    refused = client.post(f"{url}announce/", notice)
    assert (refused.status_code, f"{team[1]}须回避该单位" in text_of(refused)) == (409, True)
    seats |= {"members": [team[0].pk, team[2].pk]}
    assert client.post(f"{url}team/", seats).status_code == 302
    inspectors.end_inspector(inspector=team[2], by=organiser, now=NOW)
    refused = client.post(f"{url}announce/", notice)
    assert (refused.status_code, "已不在检查人员名录中" in text_of(refused)) == (409, True)
    client.post(f"{url}cancel/", {"reason": "改期"})
    told = Letter.objects.filter(kind="inspection.stood_down", channel="notice")
    assert set(told.values_list("recipient_id", flat=True)) == {one.person_id for one in team}


def test_nobody_of_the_team_settles_what_the_team_found():
    found = factory.announced()
    first = factory.finding(found)
    mate = found.team.get(leads=False).inspector.person
    refused = findings.decide_who_refusal(first, by=mate)
    assert "检查组成员不得认定" in refused
    assert findings.decide_who_refusal(first, by=accounts.member("SERC-NF", "regulator_lead")) == ""


def test_whom_something_ties_to_the_company_takes_no_part_in_its_office_either(client):
    found = factory.announced()
    first = factory.finding(found)
    tied = factory.inspector(certificate="T1")
    told = {"inspector": tied, "organisation": accounts.organisation("CSG-GD"), "kind": "former"}
    inspectors.declare_tie(**told, by=factory.organiser(), now=NOW)
    client.force_login(tied.person)
    assert "须回避该单位" in record(client, found).json()["reason"]
    facts = client.post(f"/inspections/{found.pk}/facts/", {"answer_on": "2012-07-23"})
    assert facts.status_code == 409
    lead = accounts.member("SERC-NF", "regulator_lead")
    findings.send_facts(
        inspection=found, answer_on=date(2012, 7, 23), by=organiser_of(found), now=NOW
    )
    assert "须回避" in findings.decide_who_refusal(first, by=tied.person)
    assert findings.decide_who_refusal(first, by=lead) == ""
    with pytest.raises(Refused, match="须回避"):
        findings.conclude(inspection=found, conclusion="无问题", by=tied.person, now=NOW)
    # Nor do they end the tie themselves; longer they may make it, and the office shorter.
    ended = {**told, "until": date(2012, 7, 1), "now": NOW}
    with pytest.raises(Refused, match="不能自行缩短"):
        inspectors.declare_tie(**ended, by=tied.person)
    inspectors.declare_tie(**told, by=tied.person, now=NOW)
    inspectors.declare_tie(**ended, by=factory.organiser())
    assert record(client, found).status_code == 200


def organiser_of(inspection):
    return inspection.round.created_by


def test_nothing_is_drawn_for_a_plan_that_is_over(client, organiser):
    found = factory.concentrated(by=organiser)
    client.force_login(organiser)
    url = f"/inspections/rounds/{found.pk}/"
    with standing_at(datetime(2012, 11, 1, 9, tzinfo=ZONE)):
        assert "检查计划已于2012-10-31到期" in page(client, url)
        assert "已到期未办结" in page(client, "/inspections/")
        said = {"kinds": ["provincial_company"], "unit_count": 1, "team_size": 2}
        said["inspectors"] = [
            factory.inspector(certificate=f"O{n}", by=organiser).pk for n in (1, 2)
        ]
        assert client.post(url, said).status_code == 409
    assert not InspectionDraw.objects.exists()


def test_every_round_is_reached_however_many_there_are(client, organiser):
    planned = {factory.special(by=organiser).round_id for _number in range(21)}
    client.force_login(organiser)
    first = client.get("/inspections/")
    assert "共 21 条" in text_of(first)
    rest = client.get("/inspections/" + first.context["rounds"].next_query)
    shown = [[one.pk for one in leaf.context["rounds"]] for leaf in (first, rest)]
    assert [len(leaf) for leaf in shown] == [20, 1]
    assert {*shown[0], *shown[1]} == planned
