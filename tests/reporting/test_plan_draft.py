"""A plan is begun by the rules in force, and its rows are kept with sums and sealed contacts."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Organisation, Region
from core.errors import Refused
from core.sla import day_end
from reporting.models import OrderedUsePlan, OrderedUseRule, PlanRow
from reporting.services import plans
from tests.factories.accounts import member
from tests.factories.plans import ROW, begun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
NOW = day_end(date(2011, 5, 11))


def test_the_grades_of_a_new_plan_are_those_of_the_rules_of_its_year_and_place():
    plan = begun(now=NOW)
    assert [(g.grade, g.colour, g.gap_to) for g in plan.grades.all()] == [
        ("Ⅳ", "蓝", 5),
        ("Ⅲ", "黄", 10),
        ("Ⅱ", "橙", 20),
        ("Ⅰ", "红", None),
    ]
    codes = [
        OrderedUseRule.objects.in_force(on=day, region_code=code).first().code
        for day, code in (
            (date(2012, 1, 1), "441200"),
            (date(2022, 6, 1), "530100"),
            (date(2023, 6, 1), "530100"),
            (date(2024, 1, 1), "441200"),
            # Wuxi and what lies in it had five grades in 2011, Jiangsu had four.
            (date(2011, 6, 1), "320281"),
            (date(2012, 1, 1), "320200"),
            (date(2011, 6, 1), "320000"),
        )
    ]
    national = ["national-2011", "yunnan-2022", "national-2011", "national-2023"]
    assert codes == [*national, "wuxi-2011", "national-2011", "national-2011"]
    wuxi = OrderedUseRule.objects.get(code="wuxi-2011")
    assert [grade["grade"] for grade in wuxi.content["grades"]] == ["Ⅴ", "Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"]


@pytest.mark.parametrize(
    ("unit", "collector"),
    [
        ("CSG-GD-ZQ-SH", "CSG-GD-ZQ"),
        ("CSG-GD-ZQ", "CSG-GD"),
        ("CSG-GD", "SERC-NF"),
        ("GXSL-DB", "CSG-GX"),
    ],
)
def test_every_unit_files_with_whoever_collects_its_plan(unit, collector):
    found = plans.collector_of(Organisation.objects.get(code=unit), now=NOW)
    assert found.code == collector


def test_rows_are_kept_with_their_sums_and_nobody_reads_a_telephone_in_the_database():
    plan = begun(now=NOW)
    rows = [ROW | {"user_no": "1", "grade": "Ⅳ"}, ROW | {"user_no": "2", "grade": "Ⅱ"}]
    plans.put_rows(plan=plan, rows=rows, by=plan.drafted_by, now=NOW)
    plan.refresh_from_db()
    assert (plan.row_count, plan.user_count, plan.reducible_kw) == (2, 2, 1200)
    sums = plan.grades.values_list("grade", "reducible_kw", "user_count")
    assert list(sums) == [("Ⅳ", 600, 1), ("Ⅲ", 600, 1), ("Ⅱ", 1200, 2), ("Ⅰ", 1200, 2)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact, phone FROM reporting_planrow")
        assert not {"赵某", "13800001234"} & {text for row in cursor.fetchall() for text in row}
    assert PlanRow.objects.first().phone == ROW["phone"]
    second = plan.grades.get(grade="Ⅲ")
    assert PlanRow.objects.called_at(second).count() == 1


def test_others_neither_see_nor_change_a_plan_that_is_being_drawn_up():
    plan = begun(now=NOW)
    regulator = member("SERC-NF", "regulator_officer")
    above = member("CSG-GD", "company_filer")
    beside = member("CSG-GX", "company_lead")
    seen = [OrderedUsePlan.objects.visible_to(u).exists() for u in (regulator, above, beside)]
    assert seen == [False, True, False]
    with pytest.raises(Refused):
        plans.put_rows(plan=plan, rows=[], by=beside, now=NOW)


def test_one_plan_per_area_and_year_is_in_force():
    plan = begun(now=NOW)
    approved = {"state": "approved", "approval_body": "市政府", "approval_number": "1号"}
    approved |= {"approved_on": NOW.date(), "in_force": True}
    OrderedUsePlan.objects.filter(pk=plan.pk).update(**approved)
    twin = OrderedUsePlan.objects.get(pk=plan.pk)
    twin.pk, twin.number, twin.organisation = None, 1, Organisation.objects.get(code="CSG-GD")
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    twin.region = Region.objects.get(pk="440000")
    twin.save()
