"""A workbook of rows comes in whole or not at all; every error stands at its cell with its rule."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.management import call_command

from core.sheets import writer
from core.sla import day_end
from reporting.models import OrderedUsePlan, PlanRow
from reporting.plans.reading import base_form, form_of
from reporting.services import plans
from reporting.services.plans.drafting import rules_of
from reporting.services.plans.importing import import_rows
from reporting.services.plans.templates import write_template
from tests.factories.plans import ROW, begun
from tests.reporting.plan_world import rows as sound_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
NOW = day_end(date(2011, 5, 11))


def book(rows, name="明细.xlsx"):
    columns = [(column.key, column.heading) for column in base_form().columns]
    target = io.BytesIO(writer.write(columns, rows, sheet="方案明细"))
    target.name = name
    return target


def taken(plan, rows, **more):
    return import_rows(book(rows), name="明细.xlsx", plan=plan, by=plan.drafted_by, now=NOW, **more)


def test_a_sound_workbook_is_stored_and_comes_back_by_its_template_next_year():
    plan = begun(now=NOW)
    outcome = taken(plan, [row for _line, row in sound_rows()])
    assert [(p.cell, p.message) for p in outcome.listed()] == []
    plan.refresh_from_db()
    assert (plan.row_count, plan.user_count, plan.reducible_kw) == (10, 9, 3_500)
    approved = {"state": "approved", "approval_body": "市政府", "approval_number": "1号"}
    approved |= {"approved_on": NOW.date(), "in_force": True}
    OrderedUsePlan.objects.filter(pk=plan.pk).update(**approved)
    following = begun(year=2012, now=day_end(date(2012, 1, 9)))
    target = io.BytesIO()
    write_template(following, target, now=NOW, contacts=True)
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["方案明细"]
    assert [cell.value for cell in sheet[4]][:7] == [
        *("四会市", "四会供电局", "110kV贞山站", "10kV第4线", "F04", "城东1号变", "101"),
    ]
    target.name = "明细.xlsx"
    again = import_rows(target, name="明细.xlsx", plan=following, by=following.drafted_by, now=NOW)
    assert (again.ok, again.rows, again.count) == (True, 10, 0)
    kept = ("user_no", "reducible_kw", "grade", "time_from", "mixed_line", "cutoff_device")
    old = list(plan.rows.values_list(*kept))
    assert list(following.rows.values_list(*kept)) == old
    assert [row.phone for row in following.rows.all()] == [row.phone for row in plan.rows.all()]


def test_one_mistake_keeps_everything_out_and_stands_at_its_cell_with_rule_and_remedy():
    plan = begun(now=NOW)
    taken(plan, [ROW])
    bad = [
        ROW | {"user_no": "1"},
        ROW | {"user_no": "2", "user_class": "居民"},
        ROW | {"user_no": "3", "capacity_kva": "很大"},
        ROW | {"user_no": "4", "reducible_kw": 900},
    ]
    outcome = taken(plan, bad, with_copy=True)
    places = [(p.cell, p.severity) for p in outcome.listed()]
    assert places == [("J3", "hard"), ("L4", "hard"), ("O5", "hard")]
    told = list(outcome.listed())[0]
    assert told.message == "居民用户列入了限电明细"
    assert "优先保障居民生活用电" in told.rule
    assert "二（一）1" in told.rule
    assert told.remedy == "请删除该户；缺口由企业用户承担。"
    assert list(PlanRow.objects.values_list("user_no", flat=True)) == [ROW["user_no"]]
    copy = openpyxl.load_workbook(io.BytesIO(outcome.copy))
    assert copy["方案明细"]["J3"].comment.text.startswith("居民用户列入了限电明细")


def test_what_wants_only_a_reason_comes_in_and_is_kept_with_the_plan():
    plan = begun(now=NOW)
    outcome = taken(plan, [ROW | {"user_name": "四会市人民医院"}])
    assert outcome.ok
    plan.refresh_from_db()
    soft = [one["code"] for one in plan.findings if one["severity"] == "soft"]
    assert soft == ["control_share", "protected_suspected"] or "protected_suspected" in soft
    assert plan.finding_counts["hard"] > 0  # no forecast, no targets, no text yet


def test_a_bomb_or_another_table_changes_nothing():
    plan = begun(now=NOW)
    taken(plan, [ROW])
    for content, name in ((b"PK\x03\x04 nonsense", "a.xlsx"), (b"", "a.xlsx"), (b"x", "a.exe")):
        by = plan.drafted_by
        outcome = import_rows(io.BytesIO(content), name=name, plan=plan, by=by, now=NOW)
        assert not outcome.ok
        assert not outcome.stored
    assert PlanRow.objects.count() == 1


def test_the_form_asks_for_the_grades_of_the_rules():
    plan = begun("CSG-GD-GZ", year=2024, now=day_end(date(2024, 1, 9)))
    form = form_of(rules_of(plan))
    assert form.column("grade").choices == ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ")


def test_the_command_tells_the_same_and_fails_when_anything_hard_is_found(tmp_path, capsys):
    plan = begun(now=NOW)
    path = tmp_path / "明细.xlsx"
    path.write_bytes(book([ROW | {"user_class": "居民"}]).getvalue())
    options = {"plan": plan.pk, "user": plan.drafted_by.username, "json": True}
    with pytest.raises(SystemExit):
        call_command("import_plan", path, **options)
    assert '"cell": "J2"' in capsys.readouterr().out


def test_a_single_row_is_changed_and_the_sums_follow():
    plan = begun(now=NOW)
    taken(plan, [ROW])
    plans.change_row(plan=plan, line=2, values={"reducible_kw": 500}, by=plan.drafted_by, now=NOW)
    plan.refresh_from_db()
    assert plan.reducible_kw == 500
    assert plan.checked_at is None
