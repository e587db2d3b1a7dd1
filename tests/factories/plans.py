"""Ordered-use plans for tests, drawn up by the real services."""

from accounts.models import Organisation
from reporting.services import plans
from tests.factories.accounts import member

# One row of a plan in which nothing is wrong.
ROW = {
    "region": "四会市",
    "supply_unit": "四会供电局",
    "substation": "110kV贞山站",
    "line_name": "10kV城东线",
    "line_code": "F01",
    "transformer": "城东1号变",
    "user_no": "0312000001",
    "user_name": "四会某水泥厂",
    "industry": "水泥制造",
    "user_class": "一般",
    "protected": "",
    "capacity_kva": 1250,
    "max_load_kw": 1000,
    "security_load_kw": 200,
    "reducible_kw": 600,
    "grade": "Ⅳ",
    "measure": "错峰",
    "time_from": "09:00",
    "time_to": "12:00",
    "rest_day": "",
    "control_means": "负控终端",
    "mixed_line": False,
    "separable": False,
    "cutoff_device": False,
    "contact": "赵某",
    "phone": "13800001234",
}


def begun(code="CSG-GD-ZQ", *, year=2011, now, **more):
    """A plan that a unit has begun to draw up."""
    return plans.start(
        organisation=Organisation.objects.get(code=code),
        year=year,
        by=member(code, "company_filer"),
        now=now,
        **more,
    )


# A plan of Zhaoqing for 10,000 kW of forecast peak in which nothing is wrong.
FIGURES = {
    "peak_demand_kw": 10_000,
    "historic_peak_kw": 9_800,
    "supply_kw": 9_200,
    "gap_from": "09:00",
    "gap_to": "12:00",
    "sections": dict.fromkeys(
        (
            *("principles", "situation", "quotas", "arrangement", "organisation"),
            *("procedure", "supervision", "publicity", "guarantee"),
        ),
        "按市政府部署执行。",
    ),
}
TARGETS = {"Ⅳ": 500, "Ⅲ": 1_000, "Ⅱ": 2_000, "Ⅰ": 2_000}
ROWS = tuple(
    ROW
    | {
        "user_no": f"03{n}",
        "user_name": f"四会第{n}厂",
        "phone": f"1380000{1000 + 7 * n}",
        "line_code": f"F{n:02}",
        "grade": grade,
        "measure": measure,
    }
    for n, (grade, measure) in enumerate(
        (("Ⅳ", "错峰"), ("Ⅲ", "避峰"), ("Ⅱ", "限电"), ("Ⅱ", "限电")), start=1
    )
)


def drawn_up(code="CSG-GD-ZQ", *, now, year=2011, rows=ROWS, **more):
    """A plan with everything in it, checked."""
    plan = begun(code, year=year, now=now, **more)
    by = plan.drafted_by
    plans.save_figures(plan=plan, figures=FIGURES, targets=TARGETS, by=by, now=now)
    plans.put_rows(plan=plan, rows=rows, by=by, now=now)
    return plans.check(plan=plan, by=by, now=now)


def approved(code="CSG-GD-ZQ", *, now, on=None, **more):
    """A plan that the government has approved."""
    plan = drawn_up(code, now=now, **more)
    plans.certify(plan=plan, by=member(code, "company_lead"), now=now)
    return plans.approve(
        plan=plan,
        body=f"{plan.region}人民政府",
        number=f"府函〔{plan.year}〕20号",
        approved_on=on or now.date(),
        by=plan.drafted_by,
        now=now,
    )


def filed(code="CSG-GD-ZQ", *, now, **more):
    """A plan on the desk of whoever collects it."""
    plan = approved(code, now=now, **more)
    lead = member(code, "company_lead")
    place = "approval_document_missing"
    plans.explain(plan=plan, place=place, reason="原件随后寄送", by=lead, now=now)
    plans.file(plan=plan, by=lead, now=now)
    plan.refresh_from_db()
    return plan


def accepted(code="CSG-GD-ZQ", *, now, **more):
    """A plan that was received and accepted."""
    plan = filed(code, now=now, **more)
    above = plan.recipient
    role = "regulator_officer" if above.is_regulator else "company_lead"
    reviewer = member(above, role, name="审核人")
    plan = plans.receive(plan=plan, by=reviewer, now=now)
    return plans.accept(plan=plan, comment="", by=reviewer, now=now)
