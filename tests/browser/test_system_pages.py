"""Letters, audit trail and background jobs as their administrators see them."""

from datetime import datetime

import pytest

from accounts.models import Organisation
from core import anchor, audit, jobs, outbox
from core.clock import ZONE
from core.models import Job, Letter
from tests.browser.test_tour import picture
from tests.factories import accounts as people

pytestmark = pytest.mark.browser
NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


@pytest.fixture
def national(transactional_db, catalogues, kickoff_eve):
    return Organisation.objects.get(kind="national_regulator")


def look(visitor, path, name):
    assert visitor.open(path) == 200
    assert visitor.faults(path) == []
    picture(visitor, name)


def test_a_parked_letter_is_found_read_and_released(visit, national):
    reasons = ["邮件服务器拒收（550）。", "上一次发送中断，无法得知对方是否已收到。"]
    for number, (state, reason) in enumerate(zip(["parked", "unknown"], reasons, strict=True)):
        letter = outbox.post(
            key=f"filing:{number}:returned",
            channel="mail",
            kind="filing.returned",
            to="person@grid.example",
            subject="关于补正启动阶段报告的通知",
            body="请于2011年11月30日前补正下列材料：领导小组名单。",
            now=NOW,
        )
        Letter.objects.filter(pk=letter.pk).update(state=state, error=reason, attempts=1)
    visitor = visit(people.member(national, "system_administrator"))
    look(visitor, "/outbox/", "outbox")
    assert "无法得知对方是否已收到" in visitor.page.inner_text("main")
    visitor.page.click("main table a >> nth=0")
    look(visitor, visitor.page.url.removeprefix(visitor.site), "letter")
    visitor.page.fill("#read-reason", "企业来电查询")
    visitor.page.click("text=查看正文和收件地址")
    visitor.page.wait_for_selector(".letter-body")
    assert "领导小组名单" in visitor.page.inner_text("main")
    assert visitor.faults("letter read") == []
    visitor.page.click("#release summary")
    picture(visitor, "letter-release")
    visitor.page.click("#release button[type=submit]")
    visitor.page.wait_for_load_state()
    assert Letter.objects.filter(state="queued").count() == 1
    assert not visitor.wrong


def test_the_trail_is_searched_and_proved(visit, national):
    auditor = people.member(national, "audit_administrator")
    company = Organisation.objects.filter(kind="provincial_company").first()
    for reason in ("缺少领导小组名单", "附件无法打开"):
        audit.record(
            "filing.return",
            company,
            by=auditor,
            now=NOW,
            organisation=company,
            reason=reason,
            parts=["表一"],
        )
    anchor.write(now=NOW)
    visitor = visit(auditor)
    look(visitor, "/audit/", "audit")
    visitor.page.select_option("select[name=kind]", "return")
    visitor.page.click("text=筛选")
    visitor.page.wait_for_load_state()
    assert visitor.page.locator("main tbody tr").count() == 2
    visitor.page.click("text=核验审计链")
    visitor.page.wait_for_url("**/jobs/*/")
    picture(visitor, "job")
    assert visitor.faults("job") == []
    outbox.run_due(now=NOW)
    # The page notices by itself that the job is over.
    visitor.page.click("text=打开结果")
    visitor.page.wait_for_load_state()
    assert "完好" in visitor.page.inner_text("main")
    look(visitor, "/jobs/", "jobs")
    assert not visitor.wrong


def test_a_running_job_shows_its_progress_and_is_given_up(visit, national):
    person = people.member(national, "regulator_officer")
    job = jobs.start(kind="test", by=person, now=NOW, key="k", title="编制第一阶段报告")
    Job.objects.filter(pk=job.pk).update(state="running", done=3, total=11, note="正在汇总广西")
    visitor = visit(person)
    look(visitor, f"/jobs/{job.pk}/", "job-running")
    assert "正在汇总广西" in visitor.page.inner_text("main")
    visitor.page.click("main >> text=取消")
    visitor.page.wait_for_selector("text=正在取消")
    assert Job.objects.get(pk=job.pk).cancel_requested
    assert not visitor.wrong
