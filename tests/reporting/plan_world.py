"""A plan without any mistake, as plain values, for the checks to be planted into."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

from reporting.catalogue.ordered_use_rules import from_file
from reporting.plans.plan_checks import Approval, Figures, Quota, approval, whole
from reporting.plans.row_checks import RowChecks, Shared
from reporting.plans.rules import Rules
from reporting.plans.table_checks import TableChecks
from tests.factories.plans import ROW


def rules(code="national-2011"):
    found = next(one for one in from_file()["rules"] if one["code"] == code)
    return Rules(found["source"], found["content"])


# The forecast peak is 10,000 kW: the bands ask for 500, 1,000, 2,000 and 2,000 kW.
# 600 kW each but where said. Reached: Ⅳ 600, Ⅲ 1,200, Ⅱ 2,500, Ⅰ 3,500.
def rows():
    def row(line, user, **more):
        return line, ROW | {
            "user_no": user,
            "user_name": f"四会第{user}厂",
            "phone": f"1380000{1000 + line * 7}",
            "line_code": f"F{line:02}",
            "line_name": f"10kV第{line}线",
            **more,
        }

    return [
        row(4, "101", grade="Ⅳ", measure="错峰", user_class="高耗能"),
        row(5, "102", grade="Ⅲ", measure="避峰"),
        row(6, "103", grade="Ⅱ", measure="限电"),
        row(7, "104", grade="Ⅱ", measure="限电", time_to="24:00"),
        row(8, "105", grade="Ⅰ", measure="拉闸", control_means="线路开关"),
        row(9, "106", grade="Ⅰ", measure="限电", reducible_kw=100, mixed_line=True,
            control_means="用户自控"),
        row(10, "107", grade="Ⅰ", measure="拉闸", reducible_kw=100, mixed_line=True,
            separable=True, cutoff_device=True, control_means="线路开关"),
        row(11, "108", grade="Ⅰ", measure="限电", user_class="重要", reducible_kw=100),
        row(12, "109", grade="Ⅰ", measure="限电", protected="危化矿井", reducible_kw=100),
        row(13, "103", grade="Ⅱ", measure="限电", reducible_kw=100, phone="13800001042",
            user_name="四会第103厂"),
    ]  # fmt: skip


def plan():
    code = "national-2011"
    return deepcopy(
        {
            "rules": code,
            "listing": "once",
            "rows": dict(rows()),
            "regions": frozenset({"四会市", "肇庆市"}),
            "units": frozenset({"四会供电局"}),
            # Registered as serving residents too: the one with, the other without a device.
            "shared": [Shared("F10", "10kV第10线", device=True), Shared("F99", "10kV第99线")],
            "peak_kw": 10_000,
            "historic_peak_kw": 9_800,
            "supply_kw": 9_200,
            "targets": {"Ⅳ": 500, "Ⅲ": 1_000, "Ⅱ": 2_000, "Ⅰ": 2_400},
            "sections": {section["code"] for section in rules(code).sections},
            "gap_reported": False,
            "gap_from": "09:00",
            "gap_to": "12:00",
            "areas": ["四会市", "高要市"],
            "quotas": {
                "四会市": Quota("四会市", 5_000, 2_000, 900, 400, 1_400),
                "高要市": Quota("高要市", 4_200, 1_500, 700, 300, 1_000),
            },
            "approval": {
                "year": 2011,
                "begun_on": date(2011, 5, 3),
                "approved_on": date(2011, 5, 20),
                "filed_on": date(2011, 5, 25),
                "due_on": date(2011, 5, 27),
                "due_days": 5,
                "body": "肇庆市人民政府",
                "number": "肇府函〔2011〕20号",
                "has_document": True,
            },
        }
    )


def found_in(plan):
    """(code, place) of everything that the checks find: row and column, or what of the plan."""
    by = rules(plan["rules"])
    row_checks = RowChecks(
        by, area="肇庆市", regions=plan["regions"], units=plan["units"], shared=plan["shared"]
    )
    table = TableChecks(by, row_checks, listing=plan["listing"])
    found = []
    for line, row in plan["rows"].items():
        found += table.row(line, row)
    found += table.finish()
    figures = Figures(
        peak_kw=plan["peak_kw"],
        supply_kw=plan["supply_kw"],
        historic_peak_kw=plan["historic_peak_kw"],
        targets=plan["targets"],
        sections=frozenset(plan["sections"]),
        gap_reported=plan["gap_reported"],
        gap_from=plan["gap_from"],
        gap_to=plan["gap_to"],
        quotas=list(plan["quotas"].values()),
        areas=plan["areas"],
        listing=plan["listing"],
    )
    found += whole(by, figures, table.sums)
    found += approval(Approval(**plan["approval"]))
    return found
