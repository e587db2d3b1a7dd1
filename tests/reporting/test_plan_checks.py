"""Planted mistakes: each is found with its code at its place, and nothing else is invented."""

from dataclasses import replace
from datetime import date

import pytest

from reporting.plans.findings import catalogue
from reporting.plans.row_checks import RowChecks
from reporting.plans.table_checks import TableChecks
from tests.reporting.plan_world import ROW, found_in, plan, rules


def cell(line, **values):
    """Other values in a row."""

    def change(plan):
        plan["rows"][line] |= values

    return change


def head(**values):
    """Other figures above the table."""

    def change(plan):
        plan.update(values)

    return change


def target(targets):
    """Other targets, by the numbers of their grades."""

    def change(plan):
        plan["targets"] |= targets

    return change


def paper(**values):
    def change(plan):
        plan["approval"] |= values

    return change


def quota(area, **values):
    def change(plan):
        plan["quotas"][area] = replace(plan["quotas"][area], **values)

    return change


def without(name, key):
    def change(plan):
        plan[name] = {k: v for k, v in plan[name].items() if k != key}

    return change


def copied(line, as_line, **values):
    """A further row like another one."""

    def change(plan):
        plan["rows"][as_line] = plan["rows"][line] | values

    return change


def every(*changes):
    def change(plan):
        for one in changes:
            one(plan)

    return change


def by_grade(plan):
    """Every grade lists all its users: as the plan before, each row again in heavier grades."""
    order = ["Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"]
    listed, line = {}, 100
    for row in plan["rows"].values():
        for grade in order[order.index(row["grade"]) :]:
            listed[line] = row | {"grade": grade}
            line += 1
    plan["rows"], plan["listing"] = listed, "each"


def six_grades(plan):
    """The same by the rules of 2023: 30 % of the peak of 9,800 kW are 2,940 kW; reached: 4,100."""
    plan["rules"] = "national-2023"
    plan["peak_kw"], plan["supply_kw"] = 10_000, 9_500
    moved = {4: "Ⅵ", 5: "Ⅴ", 6: "Ⅳ", 7: "Ⅲ", 13: "Ⅳ"}
    for line, grade in moved.items():
        plan["rows"][line]["grade"] = grade
    plan["rows"][6]["reducible_kw"] = plan["rows"][7]["reducible_kw"] = 700
    plan["rows"][8] |= {"grade": "Ⅱ", "reducible_kw": 300}
    plan["rows"][14] = plan["rows"][11] | {"user_no": "110", "user_name": "四会第110厂"}
    plan["rows"][14] |= {"phone": "13800002219", "reducible_kw": 700, "line_code": "F14"}
    plan["targets"] = {"Ⅵ": 500, "Ⅴ": 1000, "Ⅳ": 1500, "Ⅲ": 2000, "Ⅱ": 2500, "Ⅰ": 3000}
    plan["quotas"]["四会市"] = replace(plan["quotas"]["四会市"], cut_kw=2_000)


# What is planted → where it is found: line and column of a row; of a plan, which figure.
PLANTED = {
    "a row without an account": (cell(6, user_no=""), ("user_missing", 6, "user_no")),
    "a row of another city": (cell(6, region="广州市"), ("region_outside", 6, "region")),
    "a unit of somebody else": (
        cell(6, supply_unit="东莞供电局"), ("unit_unknown", 6, "supply_unit")),
    "an unknown class": (cell(6, user_class="特殊"), ("class_unknown", 6, "user_class")),
    "a measure nobody knows": (cell(12, measure="停产"), ("measure_unknown", 12, "measure")),
    "a way of control nobody knows": (
        cell(5, control_means="电话"), ("control_unknown", 5, "control_means")),
    "a rest day that is no day": (cell(5, rest_day="周八"), ("rest_day_unknown", 5, "rest_day")),
    "residents in the table": (cell(6, user_class="居民"), ("resident_row", 6, "user_class")),
    "a hospital by its group": (
        cell(6, protected="医院学校金融"), ("protected_row", 6, "protected")),
    "a fertiliser works by its group": (
        cell(6, protected="居民和农业生产"), ("protected_row", 6, "protected")),
    "a hospital by its name only": (
        cell(5, user_name="四会市人民医院"), ("protected_suspected", 5, "user_name")),
    "a water works by its industry only": (
        cell(5, industry="自来水生产和供应"), ("protected_suspected", 5, "industry")),
    "a mine without security load": (
        cell(12, security_load_kw=0), ("hazard_without_security", 12, "security_load_kw")),
    "an important user without security load": (
        cell(11, security_load_kw=0), ("security_missing", 11, "security_load_kw")),
    "a security load above the highest load": (
        cell(6, security_load_kw=1_001), ("security_over", 6, "security_load_kw")),
    "a reduction into the security load": (
        cell(6, reducible_kw=801), ("reducible_over", 6, "reducible_kw")),
    "a reduction of nothing": (cell(12, reducible_kw=0), ("reducible_zero", 12, "reducible_kw")),
    "no capacity": (cell(6, capacity_kva=0), ("capacity_zero", 6, "capacity_kva")),
    "a load above the capacity": (
        cell(6, capacity_kva=999), ("load_over_capacity", 6, "max_load_kw")),
    "an hour that does not exist": (cell(6, time_from="25:00"), ("time_invalid", 6, "time_from")),
    "an end that is no time": (cell(6, time_to="中午"), ("time_invalid", 6, "time_to")),
    "an end that is the beginning": (cell(6, time_to="09:00"), ("time_invalid", 6, "time_to")),
    "a band over midnight": (cell(6, time_to="06:00"), ("time_past_midnight", 6, "time_to")),
    "a switch that cuts residents too": (
        cell(9, control_means="线路开关"), ("mixed_line_cut", 9, "control_means")),
    "a feeder cut of a mixed line": (cell(9, measure="拉闸"), ("mixed_line_cut", 9, "measure")),
    "a mixed line whose device is missing": (
        cell(10, cutoff_device=False), ("mixed_line_cut", 10, "control_means")),
    "a device that separates nothing": (
        cell(10, separable=False), ("cutoff_not_separable", 10, "separable")),
    "a mixed line that only another row tells of": (
        cell(8, line_code="F09"), ("mixed_line_unmarked", 8, "mixed_line")),
    "a mixed line that only the register tells of": (
        cell(8, line_code="F99"), ("mixed_line_registered", 8, "control_means")),
    "a device that only the row tells of": (
        cell(10, line_code="F99"), ("mixed_line_registered", 10, "control_means")),
    "a feeder cut of no line": (
        cell(8, line_code="", line_name=""), ("line_missing", 8, "line_name")),
    "a mixed line without name": (
        cell(9, line_code="", line_name=""), ("line_missing", 9, "line_name")),
    "nobody to call": (cell(6, contact=""), ("contact_missing", 6, "contact")),
    "no telephone": (cell(6, phone=""), ("phone_missing", 6, "phone")),
    "a telephone that is too short": (cell(6, phone="1380000"), ("phone_invalid", 6, "phone")),
    "a telephone of eights": (cell(6, phone="13888888888"), ("phone_unreachable", 6, "phone")),
    "a telephone counted up": (cell(6, phone="13812345678"), ("phone_unreachable", 6, "phone")),
    "one telephone for three": (
        every(*(cell(line, phone="13800001111") for line in (4, 5, 7))),
        ("phone_shared", 4, "phone")),
    "a user twice": (copied(12, 14, phone="13800005555"), ("user_twice", 14, "user_no")),
    "a user in two lists": (
        copied(5, 14, grade="Ⅰ", reducible_kw=10), ("user_two_grades", 14, "grade")),
    "a user in two lists by two lines": (
        copied(5, 14, grade="Ⅰ", line_code="F77"), ("user_two_grades", 14, "grade")),
    "an account with two names": (
        cell(13, user_name="四会另一厂"), ("user_name_differs", 13, "user_name")),
    "a feeder cut in the mildest grade": (
        cell(8, grade="Ⅳ"), ("measure_order", 8, "measure")),
    "limiting before avoiding": (cell(5, grade="Ⅱ", reducible_kw=600), None),
    "peak shifting only at the end": (
        every(cell(4, measure="避峰"), cell(12, measure="错峰")), None),
    "high-consumption users later than others": (
        every(cell(4, user_class="一般"), cell(5, user_class="高耗能")),
        ("restrict_first_late", 5, "grade")),
    "no rows": (head(rows={}), None),
    "no forecast of the peak": (head(peak_kw=None), ("peak_missing", 0, "peak_demand_kw")),
    "no forecast of the supply": (head(supply_kw=None), ("supply_missing", 0, "supply_kw")),
    "a grade left out": (without("targets", "Ⅲ"), None),
    "a grade without target": (target({"Ⅲ": 0}), ("target_missing", 0, "Ⅲ")),
    "a target below its band": (target({"Ⅲ": 999}), ("target_below_band", 0, "Ⅲ")),
    "a heavier grade with a smaller target": (
        target({"Ⅲ": 1_200, "Ⅱ": 2_400, "Ⅰ": 2_399}), ("target_not_rising", 0, "Ⅰ")),
    "rows that miss the target by one": (target({"Ⅳ": 601}), ("grade_short", 0, "Ⅳ")),
    "a gap that no grade covers": (
        head(supply_kw=6_000, gap_reported=True), None),
    "rows whose hours are not those of the gap": (
        cell(6, time_from="00:00", time_to="06:00"), ("grade_short_at_once", 0, "Ⅱ")),
    "rows that end before the gap does": (
        cell(6, time_to="11:59"), ("grade_short_at_once", 0, "Ⅱ")),
    "a row that yields on one day of the week only": (
        cell(6, rest_day="周一"), ("grade_short_at_once", 0, "Ⅱ")),
    "rows that never meet, whenever the gap is": (
        every(head(supply_kw=10_000, quotas={}, areas=[], gap_from="", gap_to=""),
              cell(4, time_from="00:00", time_to="01:00"), cell(5, time_from="02:00"),
              cell(5, time_to="03:00")), None),
    "a gap whose hours nobody named": (
        head(gap_from="", gap_to=""), ("gap_hours_missing", 0, "gap_from")),
    "a gap that is not covered in its hours": (
        every(head(supply_kw=7_000, gap_reported=True, quotas={}, areas=[]),
              cell(8, time_from="00:00", time_to="06:00")),
        ("gap_uncovered_at_once", 0, "supply_kw")),
    "a town hall by its name only": (
        cell(5, user_name="四会市委机关大院"), ("protected_suspected", 5, "user_name")),
    "an emergency station by its name only": (
        cell(5, user_name="四会120急救中心"), ("protected_suspected", 5, "user_name")),
    "a prison by its name only": (
        cell(5, user_name="四会看守所"), ("protected_suspected", 5, "user_name")),
    "a home for the aged by its name only": (
        cell(5, user_name="城东养老院"), ("protected_suspected", 5, "user_name")),
    "a telephone exchange by its name only": (
        cell(5, user_name="中国移动四会机房"), ("protected_suspected", 5, "user_name")),
    "a college by its name only": (
        cell(5, user_name="华南师范学院"), ("protected_suspected", 5, "user_name")),
    "homes by their name only": (
        cell(5, user_name="城东花园小区"), ("protected_suspected", 5, "user_name")),
    "a gap over 10 % that nobody reported": (
        head(supply_kw=8_999, quotas={}, areas=[]), ("gap_not_reported", 0, "gap_report_number")),
    "a plan below 30 % of the peak": (
        every(six_grades, head(historic_peak_kw=13_700)), ("plan_size", 0, "historic_peak_kw")),
    "too little load under control": (
        every(*(cell(line, control_means="用户自控") for line in (4, 5, 6, 7, 12))),
        ("control_share", 0, "control_means")),
    "a chapter that is missing": (
        lambda plan: plan["sections"].discard("publicity"), ("section_missing", 0, "publicity")),
    "an area without quota": (head(areas=["四会市", "高要市", "德庆县"]),
        ("quota_missing", 0, "德庆县")),
    "a quota for an area elsewhere": (head(areas=["四会市"]), ("quota_outside", 0, "高要市")),
    "residents of whom nothing is known": (
        quota("高要市", resident_kw=0), ("quota_residents_unknown", 0, "高要市")),
    "less power than residents need": (
        quota("高要市", supply_kw=1_499), ("quota_below_residents", 0, "高要市")),
    "less energy than residents need": (
        quota("高要市", energy_mwh=299), ("quota_energy_below_residents", 0, "高要市")),
    "quotas above the supply": (
        quota("高要市", supply_kw=4_201), ("quota_over_supply", 0, "supply_kw")),
    "quotas that do not cut enough": (
        quota("高要市", cut_kw=999), ("quota_cut_short", 0, "cut_kw")),
    "no approval": (paper(number=""), ("approval_missing", 0, "approved_on")),
    "no document of the approval": (
        paper(has_document=False), ("approval_document_missing", 0, "approval_file")),
    "approval after filing": (
        paper(approved_on=date(2011, 5, 26)), ("approval_after_filing", 0, "approved_on")),
    "approval before anything was drawn up": (
        paper(approved_on=date(2011, 5, 2)), ("approval_before_draft", 0, "approved_on")),
    "approval of another year": (
        paper(year=2013), ("approval_other_year", 0, "approved_on")),
    "filing on the sixth working day": (
        paper(filed_on=date(2011, 5, 30)), ("filing_late", 0, "filed_at")),
    "a returned plan after the day of the letter": (
        paper(filed_on=date(2011, 5, 30), correcting=True), ("correction_late", 0, "filed_at")),
    "a user missing from a heavier grade": (
        every(by_grade, lambda plan: plan["rows"].pop(103)), None),
    "a user cut less in a heavier grade": (
        every(by_grade, cell(102, reducible_kw=599)), ("nested_less", 102, "reducible_kw")),
}  # fmt: skip

# Where one change rightly breaks several rules.
SEVERAL = {
    "limiting before avoiding": [("grade_short", 0, "Ⅲ")],
    "peak shifting only at the end": [
        ("measure_order", 4, "measure"),
        ("measure_order", 5, "measure"),
        ("measure_order", 6, "measure"),
    ],
    # Of 1,200 kW 600 at one o'clock at night, the others at two: no moment has 1,000.
    "rows that never meet, whenever the gap is": [
        ("grade_short_at_once", 0, grade) for grade in "ⅢⅡⅠ"
    ],
    "no rows": [
        ("no_rows", 0, "rows"),
        *(("grade_short", 0, grade) for grade in "ⅣⅢⅡⅠ"),
        ("gap_uncovered", 0, "supply_kw"),
        ("control_share", 0, "control_means"),
    ],
    "a grade left out": [("grades_too_few", 0, "grades"), ("grade_missing", 0, "Ⅲ")],
    "a gap that no grade covers": [
        ("gap_uncovered", 0, "supply_kw"),
        ("quota_over_supply", 0, "supply_kw"),
    ],
    "a user missing from a heavier grade": [("nested_missing", 100, "grade")],
}


def places(plan):
    return sorted((one.code, one.line, one.key) for one in found_in(plan))


def test_in_the_plan_without_mistakes_nothing_is_found():
    assert places(plan()) == []


@pytest.mark.parametrize("changed", [by_grade, six_grades])
def test_nor_in_the_same_plan_by_grade_or_by_the_rules_of_2023(changed):
    sound = plan()
    changed(sound)
    assert places(sound) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_at_its_place_and_nothing_besides(name):
    change, expected = PLANTED[name]
    spoilt = plan()
    change(spoilt)
    assert places(spoilt) == sorted(SEVERAL.get(name) or [expected])


def test_at_least_sixty_mistakes_are_planted_and_every_check_is_met():
    assert len(PLANTED) >= 60
    met = {found[0] for _change, found in PLANTED.values() if found}
    met |= {found[0] for several in SEVERAL.values() for found in several}
    # The others are met below, with workbooks, and beside plans of other areas.
    assert set(catalogue()["checks"]) - met == {"grade_unknown", "user_in_other_plan", "cell"}


def test_every_finding_tells_its_rule_with_the_source_and_what_to_do():
    for name, (change, _expected) in PLANTED.items():
        spoilt = plan()
        change(spoilt)
        for finding in found_in(spoilt):
            told = finding.as_dict(source="《有序用电管理办法》")
            assert all(told[key] for key in ("message", "rule", "source", "remedy")), name
            assert "{" not in told["message"] + told["rule"], name
            assert told["severity"] in ("hard", "soft")


def test_an_unknown_grade_is_told_and_counts_nowhere():
    checks = TableChecks(rules(), RowChecks(rules()))
    found = checks.row(4, ROW | {"grade": "Ⅸ"})
    assert [(one.code, one.line, one.key) for one in found] == [("grade_unknown", 4, "grade")]
    assert checks.sums.reached([1, 2, 3, 4], "once") == {1: 0, 2: 0, 3: 0, 4: 0}


@pytest.mark.parametrize(
    ("gap", "grade"),
    [(0, None), (1, "Ⅳ"), (499, "Ⅳ"), (500, "Ⅲ"), (1_000, "Ⅱ"), (2_000, "Ⅰ"), (9_999, "Ⅰ")],
)
def test_a_gap_calls_the_grade_of_its_band_the_heavier_one_where_bands_meet(gap, grade):
    called = rules().grade_of_gap(gap, 10_000)
    assert (called.grade if called else None) == grade
