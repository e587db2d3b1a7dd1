"""Ordered-use events for tests: a plan in force, a warning, and rows carried out."""

import io
from datetime import date
from decimal import Decimal

from core import files
from core.clock import at
from reporting.models import OrderedUsePlan
from reporting.services import plans
from tests.factories.accounts import organisation
from tests.factories.plans import ROW, begun
from tests.factories.reporting import docx

UNIT = "CSG-GD-ZQ"
DAY = date(2011, 11, 22)
WARNED, NOW = at(DAY, 7), at(DAY, 21)

# Users of the plan: peak shifting from the mildest grade on, a feeder only in the gravest.
PLANNED = [
    {"user_no": "U1", "line_code": "F01", "measure": "错峰", "grade": "Ⅳ", "reducible_kw": 600},
    {"user_no": "U2", "line_code": "F02", "measure": "避峰", "grade": "Ⅲ", "reducible_kw": 800},
    {"user_no": "U3", "line_code": "F03", "measure": "限电", "grade": "Ⅱ", "reducible_kw": 300}
    | {"control_means": "用户自控"},
    {"user_no": "U4", "line_code": "F09", "measure": "拉闸", "grade": "Ⅰ", "reducible_kw": 700}
    | {"control_means": "线路开关"},
]


def plan_in_force(unit=UNIT, rows=PLANNED):
    """A plan that the government approved (its way there is proven elsewhere)."""
    now = at(date(2011, 5, 11))
    plan = begun(unit, now=now)
    whole = [{**ROW, "time_from": "00:00", "time_to": "24:00", **row} for row in rows]
    plans.put_rows(plan=plan, rows=whole, by=plan.drafted_by, now=now)
    OrderedUsePlan.objects.filter(pk=plan.pk).update(
        state="approved",
        in_force=True,
        approval_body="肇庆市人民政府",
        approval_number="肇府函〔2011〕12号",
        approved_on=date(2011, 5, 10),
    )
    plan.refresh_from_db()
    return plan


def values(**more):
    """One sound row of what was carried out."""
    return {
        "user_no": "U1",
        "user_name": "四会某水泥厂",
        "line_code": "F01",
        "measure": "错峰",
        "means": "用户自控",
        "ordered_kw": Decimal(600),
        "executed_kw": Decimal(580),
        "from_at": at(DAY, 9),
        "to_at": at(DAY, 11),
        "feeder_cut": False,
        "resident_lines": 0,
        "households": 0,
        **more,
    }


def unit():
    return organisation(UNIT)


def stored(by):
    """A small file as an emergency plan may hold one."""
    return files.store(
        io.BytesIO(docx("附录")),
        by=by,
        now=NOW,
        organisation=None,
        purpose="filing",
        name="附录.docx",
    )
