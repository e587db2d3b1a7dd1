"""Long work: started once, followed with progress, given up, seen by its starter only."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from core import clock, jobs, outbox
from core.errors import Refused
from core.models import Job, Letter

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


@pytest.fixture
def starter():
    return User.objects.create_user("starter", name="监管专员")


@pytest.fixture
def work(monkeypatch):
    """Lets a test say what the job "test.work" does."""
    monkeypatch.setattr(outbox, "_jobs", dict(outbox._jobs))

    def does(fn):
        return jobs.register("test.work")(fn)

    return does


def start(by, key="build:1", **changes):
    given = {"kind": "test.work", "by": by, "now": NOW, "key": key, "title": "编制阶段报告"}
    return jobs.start(**(given | changes))


def test_a_job_runs_and_tells_its_result_and_its_starter(work, starter):
    seen = []

    @work
    def build(job, *, now):
        seen.append(job.payload)
        for step in range(1, 4):
            job.progress(step, 3, f"第{step}章")
        return "/reports/1/"

    job = start(starter, payload={"report": 1})
    outbox.run_due(now=NOW)
    job.refresh_from_db()
    assert seen == [{"report": 1}]
    assert (job.state, job.done, job.total, job.note) == ("done", 3, 3, "第3章")
    assert (job.result_url, job.percent, job.finished_at) == ("/reports/1/", 100, NOW)
    notice = Letter.objects.notices_for(starter).get()
    assert (notice.subject, notice.url) == ("编制阶段报告：已完成", "/reports/1/")


def test_the_same_key_starts_one_job(work, starter):
    runs = []
    work(lambda job, *, now: runs.append(job.pk))
    assert start(starter).pk == start(starter).pk
    outbox.run_due(now=NOW)
    assert len(runs) == 1


def test_a_refusal_ends_the_job_with_its_reason(work, starter):
    @work
    def build(job, *, now):
        raise Refused("快照中没有数据。")

    job = start(starter)
    outbox.run_due(now=NOW)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "快照中没有数据。")
    assert Letter.objects.get(key="job:build:1").state == "sent"


def test_a_fault_is_tried_again_and_in_the_end_told(work, starter):
    attempts = []

    @work
    def build(job, *, now):
        attempts.append(now)
        raise ValueError("张三 13800000000")

    job, now = start(starter), NOW
    for _again in range(10):
        outbox.run_due(now=now)
        now += timedelta(hours=4)
    job.refresh_from_db()
    letter = Letter.objects.get(key="job:build:1")
    assert len(attempts) == 4
    assert (job.state, letter.state) == ("failed", "parked")
    # Where it broke is kept, what the error said is not: it may name people.
    assert letter.error.startswith("ValueError test_jobs.py:")
    assert "张三" not in letter.error
    assert Letter.objects.notices_for(starter).get().subject == "编制阶段报告：未成功"


def test_a_waiting_job_is_given_up_at_once(work, starter):
    runs = []
    work(lambda job, *, now: runs.append(1))
    job = jobs.cancel(job=start(starter), by=starter, now=NOW)
    outbox.run_due(now=NOW)
    assert (job.state, runs) == ("cancelled", [])
    with pytest.raises(Refused):
        jobs.cancel(job=job, by=starter, now=NOW)


def test_a_running_job_stops_at_its_next_sign_of_progress(work, starter):
    steps = []

    @work
    def build(job, *, now):
        for step in range(5):
            job.progress(step, 5)
            steps.append(step)
            if step == 1:
                jobs.cancel(job=Job.objects.get(pk=job.pk), by=starter, now=now)

    job = start(starter)
    outbox.run_due(now=NOW)
    job.refresh_from_db()
    assert (job.state, steps) == ("cancelled", [0, 1])


def test_a_run_that_was_taken_over_writes_nothing_more(work, starter):
    """A worker sleeps through its lease; another runs the job; the first one wakes up."""
    job = start(starter)
    letter = Letter.objects.get(key="job:build:1")
    told = []

    @work
    def build(job, *, now):
        if not told:
            told.append("first")
            later = NOW + timedelta(hours=1)
            assert outbox.deliver(letter.pk, now=later) == "sent"
            with pytest.raises(jobs.Cancelled):
                job.progress(1, 2)
            return "/first/"
        return "/second/"

    assert outbox.deliver(letter.pk, now=NOW) == ""
    job.refresh_from_db()
    assert (job.state, job.result_url) == ("done", "/second/")


def test_progress_holds_the_lease(work, starter):
    start(starter)
    letter = Letter.objects.get(key="job:build:1")
    seen = []

    @work
    def build(job, *, now):
        with clock.standing_at(NOW + timedelta(minutes=15)):
            job.progress(1, 2)
        seen.append(Letter.objects.get(pk=letter.pk).lease_until)

    outbox.run_due(now=NOW)
    assert seen == [NOW + timedelta(minutes=35)]  # 15 minutes on, a lease of 20


def test_the_fragment_polls_until_the_job_is_over(client, work, starter):
    work(lambda job, *, now: "/reports/1/")
    client.force_login(starter)
    job = start(starter)
    waiting = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in waiting
    outbox.run_due(now=NOW)
    over = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in over
    assert 'href="/reports/1/"' in over


def test_a_job_is_seen_by_its_starter_only(client, work, starter):
    work(lambda job, *, now: "")
    job = start(starter)
    client.force_login(User.objects.create_user("somebody", name="别人"))
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert "编制阶段报告" not in client.get("/jobs/").content.decode()
    client.force_login(starter)
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    assert "编制阶段报告" in client.get("/jobs/").content.decode()


def test_giving_up_on_the_page_cancels_the_job(client, work, starter):
    work(lambda job, *, now: "")
    client.force_login(starter)
    job = start(starter)
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 409
