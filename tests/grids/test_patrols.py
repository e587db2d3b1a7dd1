"""Joint checks, daily patrols and active maintenance at their pages."""

from datetime import date

import pytest

from core import clock
from core.models import Letter
from core.workdays import calendar
from grids.hazards.occasions import Every, occasions, span
from grids.models import Hazard, PatrolPlan
from grids.services import hazard_reminding
from tests.factories import accounts
from tests.factories import grids as make
from tests.factories.accounts import organisation
from tests.factories.hazards import at, ground, photo, planned
from tests.grids.test_hazards import get, post
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
NOW = at("11-24 09:30")


@pytest.fixture
def world(catalogues):
    return ground()


def walked(patrol, *found, **more):
    """The phone's form: everything in order, but for what was found."""
    codes = [one["code"] for one in patrol.plan.checklist.items]
    said = {f"result_{code}": "ok" for code in codes}
    for code in found:
        said |= {f"result_{code}": "found", f"content_{code}": "见照片"}
        said[f"photos_{code}"] = photo()
    return {**said, **more}


@pytest.mark.clause("S2-5.6.1a")
def test_a_joint_check_is_agreed_and_signed_by_both_sides(client, world):
    said = {
        "kind": "joint",
        "title": "第四季度联合排查",
        "year": 2011,
        "quarter": "4",
        "every": "once",
        "checklist": get(client, world.filer, "patrol_plan_new", kind="joint")
        .context["form"]["checklist"]
        .field.queryset.get()
        .pk,
        "other": organisation(make.DEPARTMENT).pk,
        "power_grids": [world.grid.pk],
    }
    assert post(client, world.manager, "patrol_plan_new", "11-24 10:00", **said).status_code == 403
    asked = get(client, world.filer, "patrol_plan_new", kind="joint")
    mark = asked.context["form"]["client_id"].value()
    assert f'name="client_id" value="{mark}"' in asked.content.decode()
    for _time in range(2):
        made = post(client, world.filer, "patrol_plan_new", "11-24 10:00", **said, client_id=mark)
        assert made.status_code == 302, text_of(made)[-2000:]
    assert post(client, world.filer, "patrol_plan_new", "11-24 10:00", **said).status_code == 409
    plan = PatrolPlan.objects.get()
    assert (plan.state, plan.patrols.count()) == ("proposed", 0)
    assert post(client, world.filer, "patrol_plan_agree", "11-24 11:00", plan.pk).status_code == 409
    client.force_login(world.officer)
    assert "第四季度联合排查" in text_of(client.get("/"))
    agreed = post(client, world.officer, "patrol_plan_agree", "11-24 11:00", plan.pk)
    assert agreed.status_code == 302
    patrol = plan.patrols.get()
    assert (patrol.starts_on, patrol.due_on) == (date(2011, 10, 1), date(2011, 12, 31))
    gaps = walked(patrol, "corridor")
    del gaps["content_corridor"]
    wrong = post(client, world.manager, "patrol", "11-28 10:00", patrol.pk, **gaps)
    assert wrong.status_code == 422
    told = walked(patrol, "corridor", "charging", place="东城社区光明路")
    sent = post(client, world.manager, "patrol", "11-28 10:00", patrol.pk, **told)
    assert sent.status_code == 302, text_of(sent)[-2000:]
    patrol.refresh_from_db()
    assert (patrol.state, patrol.findings) == ("filed", 2)
    found = Hazard.objects.order_by("pk")
    assert [(one.kind.code, one.source) for one in found] == [
        ("corridor", "joint"),
        ("charging", "joint"),
    ]
    # Neither side alone ends it.
    assert post(client, world.filer, "patrol_sign", "11-28 11:00", patrol.pk).status_code == 409
    assert Letter.objects.filter(kind="patrol.sign", recipient_id=world.officer.pk).count() == 1
    assert post(client, world.officer, "patrol_sign", "11-28 11:00", patrol.pk).status_code == 302
    patrol.refresh_from_db()
    assert (patrol.state, patrol.in_time) == ("done", True)
    page = get(client, world.officer, "patrol_plans")
    (row,) = page.context["rows"]
    assert (row["total"], row["done"], row["overdue"], row["found"]) == (1, 1, 0, 1)
    for name in ("url", "done_url", "found_url"):
        assert client.get(row[name]).context["total"] == 1


@pytest.mark.clause("S2-5.6.1b")
def test_an_officer_looks_for_hazards_on_the_daily_patrol_also_without_a_network(client, world):
    days = {"first": date(2011, 11, 24), "last": date(2011, 11, 30)}
    plan = planned(world, "daily", by=world.officer, now=NOW, every=Every.DAY, **days)
    # Thursday, Friday, Monday to Wednesday.
    due = [one.due_on.day for one in plan.patrols.order_by("due_on")]
    assert due == [24, 25, 28, 29, 30]
    listed = get(client, world.officer, "patrols")
    assert [row["patrol"].due_on.day for row in listed.context["rows"]] == [24]
    patrol = plan.patrols.get(due_on=date(2011, 11, 24))
    assert post(client, world.manager, "patrol", "11-24 10:00", patrol.pk).status_code == 404
    assert post(client, world.filer, "patrol", "11-24 10:00", patrol.pk).status_code == 409
    waiting = {"headers": {"X-Offline": "1"}, "waited": "7200", "client_id": "bbbbbbbb-0001"}
    for _time in range(2):
        said = walked(patrol, "charging", **waiting)
        sent = post(client, world.officer, "patrol", "11-25 01:00", patrol.pk, **said)
        assert sent.status_code == 200, sent.content
    patrol.refresh_from_db()
    # It was in time when it happened.
    assert (patrol.state, patrol.in_time) == ("done", True)
    hazard = Hazard.objects.get()
    assert (hazard.side, hazard.source, hazard.grid) == ("government", "daily", world.grid)
    assert hazard.reporter == world.officer
    again = post(client, world.officer, "patrol", "11-25 02:00", patrol.pk, **walked(patrol))
    assert again.status_code == 409


@pytest.mark.clause("S2-5.1.3c")
def test_active_maintenance_goes_through_a_grid_month_by_month(client, world):
    year = span(2011, None)
    days = {"every": Every.MONTH, "first": year.first, "last": year.last}
    plan = planned(world, "active", by=world.filer, now=NOW, **days)
    # What had passed when the plan was drawn up is not asked for.
    assert [one.due_on for one in plan.patrols.order_by("due_on")] == [
        date(2011, 11, 30),
        date(2011, 12, 31),
    ]
    november, december = plan.patrols.order_by("due_on")
    early = post(client, world.manager, "patrol", "11-28 10:00", december.pk, **walked(december))
    assert (early.status_code, "开始日期" in text_of(early)) == (409, True)
    for moment in ("12-02 09:00", "12-02 09:01", "12-05 09:00"):
        hazard_reminding.remind(now=at(moment))
    assert Letter.objects.filter(kind="patrol.overdue", recipient_id=world.filer.pk).count() == 1
    client.force_login(world.manager)
    with clock.standing_at(at("12-02 09:00")):
        assert "逾期未完成的排查、巡视" in text_of(client.get("/"))
        late = get(client, world.filer, "patrols", plan=plan.pk, view="overdue")
    assert late.context["total"] == 1
    told = walked(november, "partial", note="电缆头局部放电")
    post(client, world.manager, "patrol", "12-02 10:00", november.pk, **told)
    november.refresh_from_db()
    assert (november.state, november.in_time) == ("done", False)
    hazard = Hazard.objects.get()
    assert (hazard.kind.code, hazard.source, hazard.department.code) == (
        "equipment",
        "active",
        make.DEPARTMENT,
    )
    page = text_of(get(client, world.filer, "patrol", november.pk))
    assert hazard.number in page
    ended = post(client, world.filer, "patrol_plan_cancel", "12-03 09:00", plan.pk, remark="并入")
    assert ended.status_code == 302
    shown = get(client, world.filer, "patrols", plan=plan.pk)
    assert [row["patrol"] for row in shown.context["rows"]] == [november]
    assert get(client, world.filer, "patrols_export", plan=plan.pk).status_code == 200


def test_weeks_and_quarters_begin_where_the_calendar_says():
    weeks = occasions("week", date(2011, 11, 24), date(2011, 12, 6), calendar=calendar())
    assert [(a.day, b.day) for a, b in weeks] == [(24, 27), (28, 4), (5, 6)]
    year = span(2011, None)
    quarters = [b for _a, b in occasions("quarter", year.first, year.last, calendar=calendar())]
    assert [(one.month, one.day) for one in quarters] == [(3, 31), (6, 30), (9, 30), (12, 31)]
    assert span(2011, 4).last == date(2011, 12, 31)


def test_whoever_stands_on_both_sides_does_not_agree_with_themselves(client, world):
    accounts.services.appoint(
        user=world.filer,
        organisation=organisation(make.DEPARTMENT),
        role="grid_officer",
        department="",
        starts_on=date(2011, 1, 4),
        by=None,
        now=at("11-01 09:00"),
    )
    plan = planned(world, "joint", by=world.filer, now=NOW)
    answer = post(client, world.filer, "patrol_plan_agree", "11-24 11:00", plan.pk)
    assert answer.status_code == 409
    assert "不能确认自己编制的计划" in text_of(answer)
