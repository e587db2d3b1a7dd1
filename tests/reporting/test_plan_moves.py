"""Certified by a second person, approved by the government, filed in time, received, decided."""

import io
from datetime import date, timedelta

import pytest

import reporting.invariants
from core import clock
from core.errors import Refused
from core.models import Letter
from reporting.models import OrderedUsePlan, PlanReceipt
from reporting.services import plans
from reporting.services.plans import moving
from tests.factories.accounts import member
from tests.factories.plans import ROWS, approved, drawn_up, filed
from tests.factories.reporting import docx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)


def lead(plan):
    return member(plan.organisation, "company_lead")


def test_a_plan_goes_its_way_and_every_letter_names_what_it_is_about():
    plan = filed(now=NOW)
    assert plan.recipient.code == "CSG-GD"
    receipt = PlanReceipt.objects.get()
    assert (receipt.serial, receipt.digest) == (1, plan.digest)
    reviewer = member("CSG-GD", "company_lead")
    assert OrderedUsePlan.objects.visible_to(reviewer).get() == plan
    plan = plans.receive(plan=plan, by=reviewer, now=NOW)
    deficient = [
        {"place": "O6", "problem": "可压限负荷偏大", "rule": "可压限负荷不大于最大负荷减保安负荷"}
    ]
    event = plans.return_plan(plan=plan, deficient=deficient, by=reviewer, now=NOW)
    # Three working days from Wednesday: Monday 2011-05-16, to its end.
    assert event.new_due_at == clock.at(date(2011, 5, 16), 23, 59, 59)
    letter = Letter.objects.get(kind="plan.returned", channel="mail")
    for words in ("O6", "可压限负荷偏大", "可压限负荷不大于最大负荷减保安负荷", "5月16日"):
        assert words in letter.body
    assert OrderedUsePlan.objects.get(pk=plan.pk).in_force
    again = plans.revise(plan=event.plan, by=plan.drafted_by, now=NOW)
    assert (again.number, again.due_at, again.rows.count()) == (2, event.new_due_at, 4)
    again = plans.check(plan=again, by=plan.drafted_by, now=NOW)
    plans.certify(plan=again, by=lead(plan), now=NOW)
    paper = io.BytesIO(docx("批复"))
    paper.name = "批复.docx"
    plans.approve(plan=again, body="市政府", number="21号", approved_on=NOW.date(), document=paper,
                  by=plan.drafted_by, now=NOW)  # fmt: skip
    assert OrderedUsePlan.objects.in_force(year=2011).get().number == 2
    assert reporting.invariants.receipts_without_gap() == []


def test_hard_findings_stop_certifying_and_soft_ones_want_a_reason():
    resident = [*ROWS, ROWS[0] | {"user_no": "99", "user_class": "居民"}]
    plan = drawn_up(now=NOW, rows=resident)
    with pytest.raises(Refused, match="1处必须改正"):
        plans.certify(plan=plan, by=lead(plan), now=NOW)
    plans.put_rows(plan=plan, rows=[*ROWS, ROWS[0] | {"user_no": "98", "user_name": "市人民医院"}],
                   by=plan.drafted_by, now=NOW)  # fmt: skip
    with pytest.raises(Refused, match="还没有检查"):
        plans.certify(plan=plan, by=lead(plan), now=NOW)
    plan = plans.check(plan=plan, by=plan.drafted_by, now=NOW)
    assert [one["code"] for one in plan.findings] == ["protected_suspected"]
    with pytest.raises(Refused, match="1处提示没有说明理由"):
        plans.certify(plan=plan, by=lead(plan), now=NOW)
    words = {"reason": "是医院路上的水泥厂", "by": plan.drafted_by, "now": NOW}
    plans.explain(plan=plan, place=plan.findings[0]["place_key"], **words)
    plans.certify(plan=plan, by=lead(plan), now=NOW)


def test_who_drew_it_up_does_not_certify_it():
    plan = drawn_up(now=NOW)
    with pytest.raises(Refused):
        plans.certify(plan=plan, by=plan.drafted_by, now=NOW)
    both = member(plan.organisation, "company_lead")
    OrderedUsePlan.objects.filter(pk=plan.pk).update(editors=[both.pk])
    with pytest.raises(Refused, match="编制人不能复核"):
        plans.certify(plan=plan, by=both, now=NOW)


def test_approval_comes_before_filing_and_not_after_today():
    plan = drawn_up(now=NOW)
    plans.certify(plan=plan, by=lead(plan), now=NOW)
    plan.refresh_from_db()
    with pytest.raises(Refused, match="不能“报送”"):
        plans.file(plan=plan, by=lead(plan), now=NOW)
    for on, number in ((NOW.date() + timedelta(1), "1号"), (NOW.date(), " ")):
        with pytest.raises(Refused):
            plans.approve(plan=plan, body="市政府", number=number, approved_on=on,
                          by=plan.drafted_by, now=NOW)  # fmt: skip


def test_five_working_days_after_the_approval_are_in_time_and_the_sixth_wants_a_reason():
    plan = approved(now=NOW)
    # Approved on Wednesday 11 May 2011: Thursday, Friday, Monday, Tuesday, Wednesday 18 May.
    assert plan.due_at == clock.at(date(2011, 5, 18), 23, 59, 59)
    values = [line["value"] for line in plan.due_explanation]
    assert "5" in values
    place = "approval_document_missing"
    plans.explain(plan=plan, place=place, reason="随后寄送", by=lead(plan), now=NOW)
    late = clock.at(date(2011, 5, 19), 9)
    with pytest.raises(Refused, match="超过批准后5个工作日"):
        plans.file(plan=plan, by=lead(plan), now=late)
    plans.explain(plan=plan, place="filing_late", reason="台风停运", by=lead(plan), now=late)
    plans.file(plan=plan, by=lead(plan), now=late)
    plan.refresh_from_db()
    assert plan.is_late
    # The last second counts as in time.
    elsewhere = {"region": "广州市", "supply_unit": "广州供电局"}
    rows = [row | elsewhere | {"user_no": f"GZ{row['user_no']}"} for row in ROWS]
    other = approved("CSG-GD-GZ", now=NOW, rows=rows)
    assert moving.file_refusal(other, now=other.due_at).startswith("没有附批准文件")


def test_a_user_in_the_plan_of_another_area_is_told_at_its_row():
    approved(now=NOW)
    other = drawn_up("CSG-GD-GZ", now=NOW)
    told = [(one["code"], one["line"]) for one in other.findings if one["severity"] == "hard"]
    assert told[:4] == [("user_in_other_plan", line) for line in (1, 2, 3, 4)]
    assert "肇庆市2011年" in other.findings[0]["message"]


def test_the_unit_above_counts_the_plans_in_force_below_with_its_own():
    for unit in ("CSG-GD-ZQ-SH", "CSG-GD-ZQ-GY"):
        rows = [row | {"user_no": f"{unit}{row['user_no']}", "region": "肇庆市"} for row in ROWS]
        below = drawn_up(unit, now=NOW, rows=rows)
        OrderedUsePlan.objects.filter(pk=below.pk).update(
            in_force=True, state="approved", approval_body="县政府", approval_number="1号",
            approved_on=NOW.date())  # fmt: skip
    above = drawn_up(now=NOW, rows=[])
    # Four rows of 600 kW twice: the targets are reached although the unit itself lists nobody.
    assert [one["code"] for one in above.findings] == []


def test_only_the_recipient_reviews_and_never_who_certified():
    plan = filed(now=NOW)
    for stranger in (member("CSG-GX", "company_lead"), lead(plan)):
        with pytest.raises(Refused):
            plans.receive(plan=plan, by=stranger, now=NOW)
