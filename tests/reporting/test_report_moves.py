"""From draft to issued: who may, who may not, and what happens when two come at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from campaign import services as campaign_services
from campaign.services import open_duty
from core import clock, outbox
from core.errors import Conflict, Refused
from core.models import AuditEvent, Job, Letter
from reporting import documents
from reporting.models import DocumentCounter, ReportVersion, StageReport
from reporting.services import drafting, reports, sending
from reporting.workflow import report as workflow
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns
from tests.factories import reports as factory

pytestmark = pytest.mark.usefixtures("catalogues")
NOW = factory.REPORT_DAY


@pytest.fixture
def campaign(catalogues):
    return campaigns.launched_campaign()


def words_of(report):
    return [dict(chapter) for chapter in report.current_version.chapters]


def edited(report, text, *, note="", by=None, seen=None):
    words = words_of(report)
    words[0]["text"] += f"\n{text}"
    return reports.edit_version(
        report=report,
        seen=seen or report.current_version.number,
        words=words,
        note=note,
        by=by or factory.editor(),
        now=NOW,
    )


def test_building_runs_in_the_background_with_progress_and_once_per_occasion(campaign):
    by = factory.editor()
    first = factory.building(campaign, by=by, occasion="one")
    again = factory.building(campaign, by=by, occasion="one")
    assert again == first
    assert Job.objects.filter(kind=reports.JOB).count() == 1
    assert first.state == "building"
    outbox.run_due(now=NOW)
    first.refresh_from_db()
    job = Job.objects.get(kind=reports.JOB)
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert job.result_url == reverse("reporting:report", args=[first.pk])
    assert first.state == "draft"
    assert first.versions.count() == 1


def test_a_second_run_of_the_job_changes_nothing(campaign):
    report = factory.drafted(campaign)
    digest, versions = report.snapshot.digest, report.versions.count()
    reports.run_build(report, progress=lambda *told: None, now=NOW + timedelta(hours=1))
    report.refresh_from_db()
    assert (report.snapshot.digest, report.versions.count()) == (digest, versions)


def test_a_job_that_died_between_figures_and_words_goes_on_with_the_same_figures(campaign):
    report = factory.building(campaign)

    class Killed(Exception):
        pass

    def progress(done, total, note):
        if done == 1:
            raise Killed

    with pytest.raises(Killed):
        reports.run_build(report, progress=progress, now=NOW)
    report.refresh_from_db()
    digest = report.snapshot.digest
    outbox.run_due(now=NOW + timedelta(minutes=5))
    report.refresh_from_db()
    assert (report.state, report.snapshot.digest) == ("draft", digest)


def test_a_report_that_cannot_be_built_says_why_and_can_be_tried_again(campaign, monkeypatch):
    by = factory.editor()
    report = factory.building(campaign, by=by)
    real = documents.render

    def refuse(*_args):
        raise Refused("“company.filed”没有对应的数据。")

    monkeypatch.setattr(documents, "render", refuse)
    outbox.run_due(now=NOW)
    report.refresh_from_db()
    assert (report.state, report.failure) == ("failed", "“company.filed”没有对应的数据。")
    assert Job.objects.get(pk=report.job_id).state == "failed"
    monkeypatch.setattr(documents, "render", real)
    reports.retry(report=report, by=by, now=NOW)
    outbox.run_due(now=NOW)
    report.refresh_from_db()
    assert (report.state, report.failure) == ("draft", "")


@pytest.mark.parametrize("office", ["CSG-GD", "SERC-YN"])
def test_nobody_builds_for_another_office(campaign, office):
    role = "company_lead" if office.startswith("CSG") else "regulator_officer"
    stranger = accounts.member(office, role)
    with pytest.raises(Refused):
        factory.building(campaign, by=stranger)
    assert not StageReport.objects.exists()


def test_a_company_cannot_have_a_stage_report(campaign):
    person = accounts.member("CSG-GD", "company_lead")
    with pytest.raises(Refused, match="监管机构"):
        factory.building(campaign, by=person, office="CSG-GD")


def test_editing_makes_a_new_version_and_keeps_the_old_one(campaign):
    report = factory.drafted(campaign)
    version = edited(report, "补充说明。")
    report.refresh_from_db()
    assert (version.number, report.current_version) == (2, version)
    assert "补充说明。" in version.chapters[0]["text"]
    assert "补充说明。" not in report.versions.get(number=1).chapters[0]["text"]
    assert version.pdf.sha256 != report.versions.get(number=1).pdf.sha256


def test_an_unknown_placeholder_is_refused_in_chinese_and_nothing_is_kept(campaign):
    report = factory.drafted(campaign)
    with pytest.raises(Refused, match="第1章第7行：没有名为“company.nobody”的数据"):
        edited(report, "另有{{figure:company.nobody}}家。")
    assert report.versions.count() == 1


def test_digits_typed_by_hand_need_a_word_on_where_they_come_from(campaign):
    report = factory.drafted(campaign)
    with pytest.raises(Refused, match="手工填写的数字（12）"):
        edited(report, "另有12家。")
    version = edited(report, "另有12家。", note="据11月27日电话核实")
    assert version.note == "据11月27日电话核实"
    # Once explained, later edits need not explain them again.
    report.refresh_from_db()
    edited(report, "再补一句。")


def test_two_editors_do_not_overwrite_each_other(campaign):
    report = factory.drafted(campaign)
    edited(report, "甲。", seen=1)
    report.refresh_from_db()
    with pytest.raises(Conflict):
        edited(report, "乙。", seen=1)
    assert report.versions.count() == 2


def test_the_editor_cannot_approve_but_a_second_person_can(campaign):
    report = factory.drafted(campaign)
    # One person who holds both rights: the four eyes still need two people.
    both = factory.editor()
    accounts.services.appoint(
        user=both,
        organisation=report.organisation,
        role="regulator_lead",
        department="",
        starts_on=NOW.date() - timedelta(days=30),
        by=None,
        now=NOW,
    )
    both = type(both).objects.get(pk=both.pk)
    edited(report, "甲。", by=both)
    report.refresh_from_db()
    report = reports.submit_for_approval(report=report, by=both, now=NOW)
    with pytest.raises(Refused, match="编辑人不能审批"):
        reports.approve(report=report, by=both, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportVersion.objects.filter(pk=report.current_version_id).update(
            approved_by=both, approved_at=NOW
        )
    lead = factory.approver()
    report = reports.approve(report=report, by=lead, now=NOW)
    assert report.state == "approved"
    assert report.current_version.approved_by == lead


@pytest.mark.parametrize(
    ("move", "allowed"),
    [
        ("edit", {"draft"}),
        ("submit_for_approval", {"draft"}),
        ("recall", {"review"}),
        ("send_back", {"review", "approved"}),
        ("approve", {"review"}),
        ("issue", {"approved"}),
    ],
)
@pytest.mark.parametrize("state", ["draft", "review", "approved", "issued"])
def test_each_move_is_open_in_its_state_only(campaign, state, move, allowed):
    names = {"submit_for_approval": "submit"}
    report = StageReport(organisation=accounts.organisation("SERC-NF"), state=state)
    step = next(m for m in workflow.MOVES if m.name == names.get(move, move))
    person = factory.approver() if "approve" in step.needs else factory.editor()
    assert (workflow.refusal(step, report, by=person) == "") == (state in allowed)


def test_sending_back_needs_a_reason_and_opens_the_words_again(campaign):
    report = factory.at("review", campaign)
    lead = factory.approver()
    with pytest.raises(Refused, match="退回理由"):
        reports.send_back(report=report, reason=" ", by=lead, now=NOW)
    report = reports.send_back(report=report, reason="请补充下一步工作", by=lead, now=NOW)
    assert report.state == "draft"
    event = AuditEvent.objects.about(report).get(kind="report.send_back")
    assert event.reason == "请补充下一步工作"
    # A mistake seen after the approval goes back, too, and the approval is gone.
    report = reports.submit_for_approval(report=report, by=factory.editor(), now=NOW)
    report = reports.approve(report=report, by=lead, now=NOW)
    report = reports.send_back(report=report, reason="标题有误", by=lead, now=NOW)
    assert (report.state, report.current_version.approved_by) == ("draft", None)


def test_a_reason_too_long_to_keep_is_refused_and_never_cut(campaign, client):
    report = factory.at("review", campaign)
    client.force_login(factory.approver())
    address = reverse("reporting:report_send_back", args=[report.pk])
    with clock.standing_at(NOW):
        answer = client.post(address, {"reason": "改" * 501})
        assert answer.status_code == 409
        assert "不能超过500个字，现有501个字" in answer.content.decode()
        assert client.post(address, {"reason": "改" * 500}).status_code == 302
    assert AuditEvent.objects.about(report).get(kind="report.send_back").reason == "改" * 500


def test_numbers_count_on_per_office_and_year_and_pass_over_the_plans_own(campaign):
    # The plan itself was issued as 南电监供电〔2011〕8号 by the factory.
    office = accounts.organisation("SERC-NF")
    DocumentCounter.objects.create(organisation=office, year=2011, last=6)
    type(office).objects.filter(pk=office.pk).update(document_prefix="南电监供电")
    by, lead = factory.editor(), factory.approver()
    numbers = [
        factory.at("issued", campaign, by=by, approved_by=lead).document_number for _n in range(2)
    ]
    assert numbers == ["南电监供电〔2011〕7号", "南电监供电〔2011〕9号"]
    later = NOW.replace(year=2012, month=1, day=5)
    third = factory.at("approved", campaign, by=by, approved_by=lead)
    assert reports.issue(report=third, by=lead, now=later).document_number == (
        "南电监供电〔2012〕1号"
    )


def test_a_number_is_given_back_when_the_files_cannot_be_printed(campaign, monkeypatch):
    report = factory.at("approved", campaign)

    def fail(*_args):
        raise Refused("打印失败")

    monkeypatch.setattr(documents, "render", fail)
    with pytest.raises(Refused):
        reports.issue(report=report, by=factory.approver(), now=NOW)
    assert not DocumentCounter.objects.filter(last__gt=0).exists()
    report.refresh_from_db()
    assert (report.state, report.document_number) == ("approved", "")


def test_an_issued_report_is_closed_and_its_correction_is_a_report_of_its_own(campaign):
    by = factory.editor()
    report = factory.at("issued", campaign, by=by)
    with pytest.raises(Refused):
        edited(report, "改一句。", by=by)
    before = {kind: getattr(report.current_version, kind).sha256 for kind in ("docx", "pdf")}
    given = {"note": "原报告漏列海南电网公司。", "occasion": "c1", "recount": False}
    corrected = reports.correct(report=report, by=by, now=NOW, **given)
    assert reports.correct(report=report, by=by, now=NOW, **given) == corrected
    outbox.run_due(now=NOW)
    corrected.refresh_from_db()
    assert corrected.state == "draft"
    assert corrected.snapshot == report.snapshot
    assert corrected.title.endswith("（更正）")
    assert corrected.corrects == report
    report.refresh_from_db()
    assert before == {k: getattr(report.current_version, k).sha256 for k in ("docx", "pdf")}
    with pytest.raises(Refused, match="更正内容"):
        reports.correct(report=report, note="", occasion="c2", recount=True, by=by, now=NOW)


def test_an_issued_report_is_mailed_whole_and_once_per_office(campaign):
    by = factory.editor()
    report = factory.at("issued", campaign, by=by)
    offices = [accounts.organisation("NEA-ROOT"), accounts.organisation("SERC-YN")]
    for _time in range(2):
        sending.send(report=report, to=offices, by=by, now=NOW)
    letters = Letter.objects.filter(kind="report.sent", channel="mail")
    assert letters.count() == 2
    assert {len(letter.attachments) for letter in letters} == {3}
    assert {letter.to[0] for letter in letters} == {office.email for office in offices}
    assert report.document_number in letters[0].subject


def test_a_draft_is_not_sent_and_an_office_without_mailbox_is_named(campaign):
    by = factory.editor()
    draft = factory.drafted(campaign, by=by)
    office = accounts.organisation("NEA-ROOT")
    with pytest.raises(Refused):
        sending.send(report=draft, to=[office], by=by, now=NOW)
    issued = factory.at("issued", campaign, by=by)
    type(office).objects.filter(pk=office.pk).update(email="")
    office.refresh_from_db()
    with pytest.raises(Refused, match=str(office)):
        sending.send(report=issued, to=[office], by=by, now=NOW)
    assert not Letter.objects.filter(kind="report.sent").exists()


@pytest.mark.clause("S1-5.1.5")
def test_the_bureau_reports_upwards_with_the_issued_report(campaign, client):
    by, lead = factory.editor(), factory.approver()
    report = factory.at("issued", campaign, by=by, approved_by=lead)
    open_duty(duty=sending.upward_duty(report), now=NOW)
    client.force_login(by)
    with clock.standing_at(NOW):
        answer = client.post(reverse("reporting:report_upward", args=[report.pk]))
    assert answer.status_code == 302
    filing = sending.upward_duty(report).filing
    version = filing.current_version
    names = sorted(a.file.name for a in version.attachments.select_related("file"))
    assert [name.rpartition(".")[2] for name in names] == ["docx", "pdf", "xlsx"]
    digests = {a.file.sha256 for a in version.attachments.select_related("file")}
    current = report.current_version
    assert digests == {current.docx.sha256, current.pdf.sha256, current.xlsx.sha256}
    assert "应报告启动部署情况的企业6家" in version.text("upward_report")
    drafting.request_certification(filing=filing, by=by, now=NOW)
    reporting.certified(filing, by=factory.editor(), now=NOW)
    filing.refresh_from_db()
    assert filing.recipient.code == "NEA-ROOT"
    assert filing.filed_version.receipt.number


# -- whose ---------------------------------------------------------------------------------------


def test_drafts_stay_in_the_office_and_issued_reports_go_upwards_only(campaign):
    by = factory.editor()
    draft = factory.drafted(campaign, by=by)
    issued = factory.at("issued", campaign, by=by)
    seen = {
        "own viewer": accounts.member("SERC-NF", "regulator_viewer"),
        "national": accounts.member("NEA-ROOT", "regulator_viewer"),
        "other office": accounts.member("SERC-YN", "regulator_viewer"),
        "company": accounts.member("CSG-GD", "company_lead"),
        "administrator": accounts.member("SERC-NF", "system_administrator"),
    }
    found = {
        who: set(StageReport.objects.visible_to(user).values_list("pk", flat=True))
        for who, user in seen.items()
    }
    assert found == {
        "own viewer": {draft.pk, issued.pk},
        "national": {issued.pk},
        "other office": set(),
        "company": set(),
        "administrator": set(),
    }


PAGES = (
    "report",
    "report_progress",
    "report_edit",
    "report_versions",
    "report_figures",
)
ACTS = ("submit", "recall", "send_back", "approve", "issue", "retry", "correct", "send", "upward")


def test_a_report_of_others_is_not_there_and_doors_are_closed_to_companies(campaign, client):
    report = factory.drafted(campaign)
    version = report.current_version
    addresses = [reverse(f"reporting:{name}", args=[report.pk]) for name in PAGES]
    addresses.append(reverse("reporting:report_figure", args=[report.pk, "company.filed"]))
    addresses.append(reverse("reporting:figure_export", args=[report.pk, "company.filed"]))
    files = [getattr(version, kind).get_absolute_url() for kind in ("docx", "pdf", "xlsx")]
    with clock.standing_at(NOW):
        client.force_login(accounts.member("SERC-YN", "regulator_officer"))
        assert {client.get(a).status_code for a in (*addresses, *files)} == {404}
        acts = [reverse(f"reporting:report_{name}", args=[report.pk]) for name in ACTS]
        assert {client.post(a).status_code for a in acts} <= {403, 404}
        client.force_login(accounts.member("CSG-GD", "company_lead"))
        assert {client.get(a).status_code for a in addresses} == {403}
        assert {client.get(a).status_code for a in files} == {404}
        client.force_login(factory.editor())
        for address in files:
            opened = client.get(address)
            assert opened.status_code == 200
            assert opened.getvalue()


def test_a_refused_move_answers_409_with_its_reason(campaign, client):
    report = factory.drafted(campaign)
    client.force_login(factory.approver())
    with clock.standing_at(NOW):
        answer = client.post(reverse("reporting:report_issue", args=[report.pk]))
    assert answer.status_code == 409
    assert "不能“编号印发”" in answer.content.decode()


@pytest.mark.clause("S1-4.2j")
def test_the_whole_way_goes_through_the_pages(campaign, client):
    by, lead = factory.editor(), factory.approver()
    with clock.standing_at(NOW):
        client.force_login(by)
        phase = factory.phase(campaign)
        given = {"phase": phase.pk, "occasion": "pages"}
        answer = client.post(reverse("reporting:report_build"), given, follow=True)
        assert "生成报告" in answer.content.decode()
        report = StageReport.objects.get()
        poll = reverse("reporting:report_progress", args=[report.pk])
        fragment = client.get(poll, headers={"HX-Request": "true"})
        assert "hx-get" in fragment.content.decode()
        outbox.run_due(now=NOW)
        done = client.get(poll, headers={"HX-Request": "true"})
        page = reverse("reporting:report", args=[report.pk])
        assert done.headers["HX-Redirect"] == page
        form = reverse("reporting:report_edit", args=[report.pk])
        words = StageReport.objects.get().current_version.chapters
        fields = {
            "seen": 1,
            "code": [c["code"] for c in words] + [""],
            "title": [c["title"] for c in words] + [""],
            "text": [c["text"] for c in words] + [""],
        }
        broken = fields | {"text": [*fields["text"][:-1], "{{figure:nothing}}"]}
        broken["title"] = [*fields["title"][:-1], "新章"]
        refused = client.post(form, broken)
        assert refused.status_code == 422
        assert "没有名为“nothing”的数据" in refused.content.decode()
        assert "{{figure:nothing}}" in refused.content.decode()
        fields["text"][-2] += "\n请国家监管机构予以指导。"
        assert client.post(form, fields).status_code == 302
        diff = client.get(reverse("reporting:report_versions", args=[report.pk]))
        assert "请国家监管机构予以指导。" in diff.content.decode()
        client.post(reverse("reporting:report_submit", args=[report.pk]))
        assert client.post(reverse("reporting:report_approve", args=[report.pk])).status_code == 403
        client.force_login(lead)
        client.post(reverse("reporting:report_approve", args=[report.pk]))
        client.post(reverse("reporting:report_issue", args=[report.pk]))
        shown = client.get(page).content.decode()
        report = StageReport.objects.get()
        assert report.state == "issued"
        assert report.document_number in shown
        assert "签发人：签发领导" in shown
        client.force_login(by)
        national = accounts.organisation("NEA-ROOT")
        client.post(reverse("reporting:report_send", args=[report.pk]), {"to": [national.pk]})
    assert Letter.objects.get(kind="report.sent", channel="mail").to == [national.email]


def test_the_desk_and_the_menu_count_what_waits_for_a_person(campaign, client):
    from reporting import navigation, work

    by, lead = factory.editor(), factory.approver()
    report = factory.at("review", campaign, by=by, approved_by=lead)
    mine = [item for item in work.items(lead, now=NOW) if item.title == report.title]
    others = [item for item in work.items(by, now=NOW) if item.title == report.title]
    assert [item.group for item in mine] == ["mine"]
    assert [item.group for item in others] == ["others"]
    assert navigation.waiting_reports(lead, now=NOW) == 1
    assert navigation.waiting_reports(by, now=NOW) == 0


def test_a_title_in_sight_is_found_by_search(campaign):
    from reporting import finders

    report = factory.drafted(campaign)
    stranger = accounts.member("SERC-YN", "regulator_officer")
    assert [r.title for r in finders.stage_reports(factory.editor(), "启动部署")] == [report.title]
    assert not list(finders.stage_reports(stranger, "启动部署"))


@pytest.mark.django_db(transaction=True)
def test_six_who_issue_at_once_give_one_number():
    campaign = campaigns.launched_campaign()
    lead = factory.approver()
    report = factory.at("approved", campaign, approved_by=lead)
    results = []

    def issue():
        try:
            results.append(reports.issue(report=report, by=lead, now=NOW).document_number)
        except (Refused, Conflict) as refused:
            results.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=issue) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [result for result in results if "号" in result]
    assert len(results) == 6
    assert len(numbers) == 1
    assert DocumentCounter.objects.get().last == 1


def test_a_number_of_a_report_is_not_given_to_a_document_again(campaign):
    report = factory.at("issued", campaign)
    office = report.organisation
    with pytest.raises(Refused, match=f"“{report.document_number}”已被使用"):
        campaign_services.issue_document(
            campaign=campaign,
            title="通知",
            document_number=report.document_number,
            body="略",
            recipients=[accounts.organisation("CSG-GD")],
            by=accounts.member(office, "regulator_officer"),
            now=NOW,
        )
