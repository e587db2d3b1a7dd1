"""The demo's ordered-use plans, each brought as far as the catalogue says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from config.replay.script import FOLDER
from core import catalogue_files, clock
from reporting.models import OrderedUsePlan
from reporting.services import plans as services
from reporting.workflow import plan as workflow

Somebody = Callable[[Organisation, Permission], User | None]
ROW = ("user_name", "industry", "user_class", "grade", "measure", "control_means", "reducible_kw")


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Draw up, approve, file and review; a plan after that day is left out."""
    content = catalogue_files.read(FOLDER / "demo_plans.yaml")
    for number, one in enumerate(content["plans"], start=1):
        now = clock.at(one["at"], 9)
        if now > until:
            continue
        with clock.standing_at(now):
            draw_up(number, one, content, somebody, now=now)


def go_on(somebody: Somebody, *, until: datetime) -> None:
    """A review that was still to be made that autumn was made a day before its term."""
    waiting = OrderedUsePlan.objects.filter(
        state=workflow.State.RECEIVED, review_due_at__lte=until
    ).select_related("recipient")
    for plan in waiting.order_by("review_due_at", "pk"):
        reviewer = somebody(plan.recipient, workflow.needed(workflow.ACCEPT, plan.recipient))
        if reviewer is None or plan.review_due_at is None:
            continue
        at = plan.review_due_at - timedelta(days=1)
        with clock.standing_at(at):
            services.accept(plan=plan, by=reviewer, now=at)


def draw_up(
    number: int, one: dict[str, Any], content: dict[str, Any], somebody: Somebody, *, now: datetime
) -> None:
    unit = Organisation.objects.select_related("region").get(code=one["unit"])
    filer = somebody(unit, Permission.FILING_DRAFT)
    lead = somebody(unit, Permission.FILING_CERTIFY)
    if filer is None or lead is None:
        return
    plan = services.start(organisation=unit, year=content["year"], by=filer, now=now)
    needed = {g.grade: _target(g, one["peak"]) for g in plan.grades.all()}
    figures = {
        "peak_demand_kw": one["peak"],
        "historic_peak_kw": one["peak"],
        "supply_kw": one["supply"],
        "sections": content["sections"],
        "gap_from": "08:00",
        "gap_to": "12:00",
        "gap_report_number": one.get("gap", ""),
        "gap_reported_on": one["at"] if one.get("gap") else None,
    }
    services.save_figures(plan=plan, figures=figures, targets=needed, by=filer, now=now)
    rows = _rows(number, unit, one, content["rows"])
    services.put_rows(plan=plan, rows=rows, by=filer, now=now)
    plan = services.check(plan=plan, by=filer, now=now)
    if one["step"] != "draft":
        _bring_on(plan, one, content, filer, lead, somebody, now=now)


def _target(grade: Any, peak: int) -> int:
    bound = grade.gap_from if grade.gap_to is None else grade.gap_to
    return int(peak * bound / 100)


def _rows(
    number: int, unit: Organisation, one: dict[str, Any], rows: list[list[Any]]
) -> list[dict[str, Any]]:
    made = []
    for place, row in enumerate(rows if one["factor"] else [], start=1):
        said = dict(zip(ROW, row, strict=True))
        kw = said["reducible_kw"] * one["factor"]
        made.append(
            {
                **said,
                "reducible_kw": kw,
                "region": unit.region.name if unit.region else "",
                "supply_unit": unit.short_name,
                "substation": f"110kV第{place}变电站",
                "line_name": f"10kV{said['user_name'][:2]}线",
                "line_code": f"F{number}{place:02}",
                "transformer": f"{said['user_name'][:2]}1号变",
                "user_no": f"03{number:02}{place:06}",
                "capacity_kva": 2 * kw,
                "max_load_kw": kw + kw // 4,
                "security_load_kw": kw // 5,
                "time_from": "08:00",
                "time_to": "12:00",
                "contact": "赵某",
                "phone": f"138{21345670 + 137 * (100 * number + place)}",
            }
        )
    if one.get("mistake"):
        made[3] |= {"user_class": "居民"}
        made[7] |= {"mixed_line": True}
    return made


def _bring_on(
    plan: OrderedUsePlan,
    one: dict[str, Any],
    content: dict[str, Any],
    filer: User,
    lead: User,
    somebody: Somebody,
    *,
    now: datetime,
) -> None:
    step = one["step"]
    reason = {"reason": "已核对", "by": filer, "now": now}
    for code in {found["code"] for found in plan.findings if found["severity"] == "soft"}:
        services.explain_all(plan=plan, code=code, **reason)
    services.certify(plan=plan, by=lead, now=now)
    if step == "certified":
        return
    day: date = one["at"]
    services.approve(
        plan=plan,
        body=f"{plan.region}人民政府",
        number=f"府函〔{day.year}〕{day.day}号",
        approved_on=day,
        by=filer,
        now=now + timedelta(hours=1),
    )
    if step == "approved":
        return
    place = "approval_document_missing"
    services.explain(plan=plan, place=place, reason="原件随后寄送", by=lead, now=now)
    services.file(plan=plan, by=lead, now=now + timedelta(hours=2))
    if step == "filed":
        return
    needs = workflow.needed(workflow.RECEIVE, plan.recipient)
    reviewer = somebody(plan.recipient, needs)
    assert reviewer is not None
    done = {"plan": plan, "by": reviewer, "now": now + timedelta(hours=5)}
    services.receive(**done)
    if step == "accepted":
        services.accept(**done)
    elif step == "returned":
        keys = ("place", "problem", "rule")
        deficient = [dict(zip(keys, content["deficient"], strict=True))]
        services.return_plan(**done, deficient=deficient)
