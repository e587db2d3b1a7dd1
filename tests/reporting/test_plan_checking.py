"""A plan is checked in the background: how far it is, what it found, and that it was this plan."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, outbox
from core.errors import Refused
from core.models import Job
from reporting.models import OrderedUsePlan
from reporting.services import plans
from tests.factories.accounts import member
from tests.factories.plans import FIGURES, ROWS, TARGETS, begun, drawn_up
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)


@pytest.fixture(autouse=True)
def _on_that_day():
    with clock.standing_at(NOW):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def asked(client, plan):
    response = client.post(reverse("reporting:plan_check", args=[plan.pk]))
    assert response.status_code == 302, response.content.decode()[:300]


def seen(client, plan):
    return text_of(client.get(reverse("reporting:plan", args=[plan.pk])))


@pytest.mark.clause("S1-2.1.1d")
def test_the_page_says_how_far_the_check_is_and_then_what_it_found():
    plan = begun(now=NOW)
    filer = signed_in(plan.drafted_by)
    rows = [*ROWS, ROWS[0] | {"user_no": "99", "user_class": "居民"}]
    by = plan.drafted_by
    plans.save_figures(plan=plan, figures=FIGURES, targets=TARGETS, by=by, now=NOW)
    plans.put_rows(plan=plan, rows=rows, by=by, now=NOW)
    asked(filer, plan)
    asked(filer, plan)
    job = Job.objects.get()
    assert "排队中" in seen(filer, plan)
    # A colleague sees that it is under way, but has no job of theirs to watch.
    colleague = signed_in(member(plan.organisation, "company_lead"))
    assert "正在检查" in seen(colleague, plan)
    assert colleague.get(reverse("core:job", args=[job.pk])).status_code == 404
    outbox.run_due(now=NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert job.result_url == reverse("reporting:plan", args=[plan.pk])
    text = seen(filer, plan)
    assert "正在检查" not in text
    assert "居民用户列入了限电明细" in text


def test_what_was_changed_during_the_check_is_to_be_checked_again():
    plan = drawn_up(now=NOW)
    filer = signed_in(plan.drafted_by)
    asked(filer, plan)
    plans.remove_row(plan=plan, line=4, by=plan.drafted_by, now=NOW)
    outbox.run_due(now=NOW)
    # Asked about the plan as it stood when the work began: it reads what stands by then.
    plan.refresh_from_db()
    # 1,800 kW are left of the 2,000 that grades Ⅱ and Ⅰ are to cut.
    assert (plan.checked_at, plan.finding_counts["hard"]) == (NOW, 2)
    # Changed while the rows were being read, nothing is kept.
    changed = []

    def change(done, total):
        if not changed:
            changed.append(plans.remove_row(plan=plan, line=3, by=plan.drafted_by, now=NOW))

    with pytest.raises(Refused, match="检查期间方案有改动"):
        plans.check(plan=plan, by=plan.drafted_by, now=NOW, progress=change)
    plan.refresh_from_db()
    assert (plan.checked_at, plan.digest) == (None, "")


def test_a_check_that_was_given_up_leaves_the_plan_unchecked_and_others_may_not_ask_for_one():
    plan = drawn_up(now=NOW)
    plans.remove_row(plan=plan, line=4, by=plan.drafted_by, now=NOW)
    filer = signed_in(plan.drafted_by)
    asked(filer, plan)
    assert filer.post(reverse("core:cancel_job", args=[Job.objects.get().pk])).status_code == 302
    outbox.run_due(now=NOW)
    plan.refresh_from_db()
    assert plan.checked_at is None
    assert "已取消" in seen(filer, plan)
    asked(filer, plan)
    outbox.run_due(now=NOW)
    plan.refresh_from_db()
    assert plan.checked_at == NOW
    # Certifying asks nothing of the rows any more: what was checked is what is certified.
    plan = OrderedUsePlan.objects.get()
    assert plan.digest == plans.checking.digest_of(plan)
    stranger = signed_in(member("CSG-GX", "company_filer"))
    response = stranger.post(reverse("reporting:plan_check", args=[plan.pk]))
    assert response.status_code == 404
