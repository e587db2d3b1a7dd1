"""What a plan must not slip past: reasons for something else, lines that the register knows, days
that the portal never saw, telephones taken in bulk.
"""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import Refused
from core.models import AuditEvent
from reporting.models import MixedLine, PlanRow
from reporting.services import plans
from reporting.services.plans import checking, explaining
from tests.factories.accounts import member
from tests.factories.plans import ROWS, accepted, begun, drawn_up, filed
from tests.factories.reporting import docx
from tests.reading import text_of
from tests.reporting.test_plan_import import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)
HOSPITAL = ROWS[0] | {"user_no": "98", "user_name": "市人民医院", "phone": "13800002001"}


@pytest.fixture(autouse=True)
def _on_that_day():
    with clock.standing_at(NOW):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(name, *args):
    return reverse(f"reporting:{name}", args=args)


def lead(plan):
    return member(plan.organisation, "company_lead")


def checked(plan, rows):
    plans.put_rows(plan=plan, rows=rows, by=plan.drafted_by, now=NOW)
    return plans.check(plan=plan, by=plan.drafted_by, now=NOW)


def test_a_row_is_added_on_its_page_and_who_may_not_reads_why():
    plan = drawn_up(now=NOW)
    client = signed_in(plan.drafted_by)
    shown = client.get(at("plan_row", plan.pk, 0))
    assert (shown.status_code, "保存" in text_of(shown)) == (200, True)
    values = {k: v for k, v in ROWS[0].items() if not isinstance(v, bool)}
    client.post(at("plan_row", plan.pk, 0), values | {"user_no": "77", "phone": "13800002077"})
    assert list(PlanRow.objects.filter(plan=plan, user_no="77").values_list("line")) == [(5,)]
    sent = filed("CSG-GD-GZ", now=NOW, rows=[r | {"user_no": f"G{r['user_no']}", "region": "广州市",
                 "supply_unit": "广州供电局"} for r in ROWS])  # fmt: skip
    closed = signed_in(sent.drafted_by).get(at("plan_row", sent.pk, 0))
    assert closed.status_code == 200
    assert "当前状态为“已报送”，不能“编制”" in text_of(closed)


def test_the_template_names_contacts_only_for_a_purpose_and_then_whose_copy_it_is():
    accepted(now=NOW)
    plan = begun(year=2012, now=clock.at(date(2012, 1, 9), 9))
    client = signed_in(plan.drafted_by)

    def phones(response):
        book = openpyxl.load_workbook(io.BytesIO(b"".join(response)))
        sheet = book["方案明细"]
        heads = [str(cell.value) for cell in sheet[3]]
        column = next(n for n, head in enumerate(heads) if head.startswith("联系电话"))
        told = {row[column].value for row in sheet.iter_rows(min_row=4)}
        return told, f"{book.properties.creator}{sheet.oddHeader.right.text}"

    told, _mark = phones(client.get(at("plan_template", plan.pk)))
    assert told == {None}
    assert client.post(at("plan_template", plan.pk), {"purpose": ""}).status_code == 409
    told, mark = phones(client.post(at("plan_template", plan.pk), {"purpose": "核对联系电话"}))
    assert told == {row["phone"] for row in ROWS}
    assert plan.drafted_by.username in mark
    event = AuditEvent.objects.filter(kind="plan.template").latest("pk")
    assert (event.reason, event.details["contacts"]) == ("核对联系电话", True)


def test_a_reason_belongs_to_what_it_was_given_for():
    plan = checked(drawn_up(now=NOW), [*ROWS, HOSPITAL])
    [one] = plan.findings
    words = {"by": plan.drafted_by, "now": NOW}
    plans.explain(plan=plan, place=one["place_key"], reason="是医院路上的水泥厂", **words)
    # The same again, one row further down: the reason still holds.
    plan = checked(plan, [*ROWS, ROWS[0] | {"user_no": "97", "user_name": "新厂"}, HOSPITAL])
    assert not checking_open(plan)
    # Another user in the same place: it does not.
    plan = checked(plan, [*ROWS, HOSPITAL | {"user_no": "96", "user_name": "县人民医院"}])
    assert checking_open(plan) == ["96"]
    # A reason for all of a kind covers those that stood there then.
    plans.explain_all(plan=plan, code="protected_suspected", reason="已逐户核实", **words)
    plan.refresh_from_db()
    assert not checking_open(plan)
    plan = checked(plan, [*ROWS, HOSPITAL | {"user_no": "95", "user_name": "区人民医院"}])
    assert checking_open(plan) == ["95"]
    with pytest.raises(Refused, match="没有这项"):
        plans.explain(plan=plan, place="protected_suspected:9:x", reason="不相干的", **words)


def checking_open(plan):
    found = explaining.unexplained(plan, plan.findings)
    return [plan.rows.get(line=one["line"]).user_no for one in found]


def test_what_is_not_shown_any_more_wants_a_reason_too(monkeypatch):
    monkeypatch.setattr(checking, "SHOWN", 2)
    some = [HOSPITAL | {"user_no": f"98{n}", "phone": f"1380000210{n}"} for n in range(4)]
    plan = checked(drawn_up(now=NOW), [*ROWS, *some])
    assert (len(plan.findings), plan.finding_counts["soft"]) == (2, 4)
    words = {"by": plan.drafted_by, "now": NOW}
    for one in plan.findings:
        plans.explain(plan=plan, place=one["place_key"], reason="已核实", **words)
    with pytest.raises(Refused, match="还有2处提示没有说明理由"):
        plans.certify(plan=plan, by=lead(plan), now=NOW)
    client = signed_in(plan.drafted_by)
    assert "同类4处一并说明" in text_of(client.get(at("plan", plan.pk)))
    client.post(at("plan_explain_all", plan.pk),
                {"code": "protected_suspected", "reason": "已逐户核实"})  # fmt: skip
    plans.certify(plan=plan, by=lead(plan), now=NOW)


def test_a_line_in_the_register_of_mixed_lines_is_not_cut_whole_whatever_the_row_says():
    plan = drawn_up(now=NOW)
    line = MixedLine.objects.create(
        organisation=plan.organisation, code="F09", name="城西线", residents=320, enterprises=4,
        due_on=date(2011, 6, 30), entered_by=plan.drafted_by, entered_at=NOW)  # fmt: skip
    cut = ROWS[3] | {"user_no": "94", "grade": "Ⅰ", "measure": "拉闸", "control_means": "线路开关",
                     "line_code": "F09", "phone": "13800002002"}  # fmt: skip
    plan = checked(plan, [*ROWS, cut])
    assert [(f["code"], f["line"], f["key"]) for f in plan.findings] == [
        ("mixed_line_registered", 5, "control_means")
    ]
    assert "320户" in plan.findings[0]["message"]
    # The row claims a device that the register does not know; by its name; with the device.
    claims = cut | {"cutoff_device": True, "separable": True, "mixed_line": True}
    for row in (claims, cut | {"line_code": "", "line_name": "城西线"}):
        plan = checked(plan, [*ROWS, row])
        assert [f["code"] for f in plan.findings] == ["mixed_line_registered"]
    line.done_on = date(2011, 5, 10)
    line.save()
    assert [f["code"] for f in checked(plan, [*ROWS, claims]).findings] == []


def test_a_line_that_came_into_the_register_after_the_check_is_asked_for_before_certifying():
    plan = drawn_up(now=NOW)
    later = NOW + timedelta(hours=1)
    MixedLine.objects.create(
        organisation=plan.organisation, code="F09", name="城西线", residents=1, enterprises=1,
        separable=True, entered_by=plan.drafted_by, entered_at=later)  # fmt: skip
    with pytest.raises(Refused, match="重新检查"):
        plans.certify(plan=plan, by=lead(plan), now=later)


@pytest.mark.clause("S1-2.2.1c")
def test_a_plan_that_was_approved_before_it_was_typed_in_is_filed_with_a_reason():
    plan = drawn_up(now=NOW)
    plans.certify(plan=plan, by=lead(plan), now=NOW)
    client = signed_in(plan.drafted_by)
    form = {"body": "肇庆市人民政府", "number": "肇府函〔2011〕12号"}
    early = client.post(at("plan_approve", plan.pk), form | {"approved_on": "2011-05-12"})
    assert "批准日期2011-05-12晚于今天" in text_of(early)
    assert "请核对批准日期" in text_of(early)
    # Approved on Wednesday 4 May, typed in on the 11th, the last day of five working days.
    assert client.post(at("plan_approve", plan.pk), form | {"approved_on": "2011-05-04"}).url
    plan.refresh_from_db()
    assert plan.due_at == clock.at(date(2011, 5, 11), 23, 59, 59)
    shown = text_of(signed_in(lead(plan)).get(at("plan", plan.pk)))
    assert "早于在本平台开始编制的日期2011-05-11" in shown
    for place in ("approval_document_missing", "approval_before_draft"):
        with pytest.raises(Refused):
            plans.file(plan=plan, by=lead(plan), now=NOW)
        plans.explain(plan=plan, place=place, reason="年初已批准", by=lead(plan), now=NOW)
    plans.file(plan=plan, by=lead(plan), now=NOW)
    plan.refresh_from_db()
    assert (plan.state, plan.is_late) == ("filed", False)


def test_the_day_of_the_deficiency_letter_outlives_a_new_approval():
    plan = filed(now=NOW)
    above = member("CSG-GD", "company_lead")
    plan = plans.receive(plan=plan, by=above, now=NOW)
    wrong = {"place": "O6", "problem": "可压限负荷偏大", "rule": "不大于最大负荷减保安负荷"}
    plans.return_plan(plan=plan, deficient=[wrong], by=above, now=NOW)
    plan.refresh_from_db()
    again = plans.revise(plan=plan, by=plan.drafted_by, now=NOW)
    plans.check(plan=again, by=plan.drafted_by, now=NOW)
    plans.certify(plan=again, by=lead(plan), now=NOW)
    # Three working days from Wednesday are Monday the 16th; approved on Friday the 13th, five more
    # would be the 20th.
    friday = clock.at(date(2011, 5, 13), 10)
    plans.approve(plan=again, body="市政府", number="21号", approved_on=friday.date(),
                  by=plan.drafted_by, now=friday)  # fmt: skip
    again.refresh_from_db()
    assert again.due_at == clock.at(date(2011, 5, 16), 23, 59, 59)
    shown = text_of(signed_in(lead(plan)).get(at("plan", again.pk)))
    assert re.search(r"批准后应报送.*2011-05-20", shown)
    late = clock.at(date(2011, 5, 17), 9)
    words = {"by": lead(plan), "now": late}
    plans.explain(plan=again, place="approval_document_missing", reason="随后寄送", **words)
    with pytest.raises(Refused, match="超过补正期限2011-05-16"):
        plans.file(plan=again, **words)
    plans.explain(plan=again, place="correction_late", reason="台风停运", **words)
    plans.file(plan=again, **words)
    again.refresh_from_db()
    assert again.is_late


@pytest.mark.clause("S1-2.1.1e")
def test_one_person_puts_no_plan_in_force_without_its_paper():
    plan = drawn_up(now=NOW)
    plans.certify(plan=plan, by=lead(plan), now=NOW)
    filer = signed_in(plan.drafted_by)
    form = {"body": "肇庆市人民政府", "number": "肇府函〔2011〕12号", "approved_on": "2011-05-11"}
    assert filer.post(at("plan_approve", plan.pk), form).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.in_force) == ("approved", False)
    # The second person says why there is none, files it, and only then it is in force.
    other = signed_in(lead(plan))
    assert other.post(at("plan_file", plan.pk)).status_code == 409
    why = {"place": "approval_document_missing", "reason": "原件随后寄送"}
    other.post(at("plan_explain", plan.pk), why)
    assert other.post(at("plan_file", plan.pk)).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.in_force) == ("filed", True)
    # The next version comes with its document: in force at once, and the one before no more.
    again = plans.revise(plan=plan, by=plan.drafted_by, now=NOW)
    plans.check(plan=again, by=plan.drafted_by, now=NOW)
    plans.certify(plan=again, by=lead(plan), now=NOW)
    paper = io.BytesIO(docx("批复"))
    paper.name = "批复.docx"
    assert filer.post(at("plan_approve", again.pk), form | {"document": paper}).status_code == 302
    plan.refresh_from_db()
    again.refresh_from_db()
    assert (plan.in_force, again.in_force) == (False, True)


def shown_form(client, door, plan):
    """What a page's form sends when nobody types anything."""
    page = client.get(at(door, plan.pk))
    several = page.context.get("formset")
    fields = [f for one in several for f in one] if several else list(page.context["form"])
    given = {one.html_name: one.value() for one in fields}
    given = {name: getattr(value, "pk", value) for name, value in given.items()}
    sent = {name: "" if value is None else str(value) for name, value in given.items()}
    if several:
        sent |= {one.html_name: one.value() for one in several.management_form}
    return sent | {"seen": page.context["seen"]}


def test_nobody_overwrites_what_a_colleague_saved_meanwhile_nor_loses_what_was_typed():
    plan = drawn_up(now=NOW)
    client = signed_in(plan.drafted_by)
    first = shown_form(client, "plan_figures", plan)
    row = text_of(client.get(at("plan_row", plan.pk, 1)))
    row_seen = client.get(at("plan_row", plan.pk, 1)).context["seen"]
    assert "四会第1厂" in row
    mine = first | {"supply_kw": "9100", "section_situation": "甲的形势分析"}
    assert client.post(at("plan_figures", plan.pk), mine).status_code == 302
    # On the same page as it stood before.
    late = client.post(at("plan_figures", plan.pk), first | {"section_situation": "乙的形势分析"})
    assert late.status_code == 409
    assert "方案刚由他人改动" in text_of(late)
    assert "乙的形势分析" in text_of(late)
    plan.refresh_from_db()
    assert plan.sections["situation"] == "甲的形势分析"
    table = {"seen": first["seen"], "upload": book(ROWS)}
    assert client.post(at("plan_import", plan.pk), table).status_code == 409
    # A row that nobody touched is still the one that was shown, the plan's figures or not.
    values = {k: v for k, v in ROWS[0].items() if not isinstance(v, bool)}
    sent = values | {"seen": row_seen, "reducible_kw": 590}
    assert client.post(at("plan_row", plan.pk, 1), sent).status_code == 302
    again = client.post(at("plan_row", plan.pk, 1), sent | {"reducible_kw": 580})
    assert (again.status_code, PlanRow.objects.get(plan=plan, line=1).reducible_kw) == (409, 590)


def test_an_area_that_stands_in_two_rows_is_named_and_no_figure_lost():
    plan = begun("CSG-GD", now=NOW)
    client = signed_in(plan.drafted_by)
    quotas = shown_form(client, "plan_quotas", plan)
    regions = [name for name in quotas if name.endswith("-region")]
    twice = quotas | dict.fromkeys(regions[:2], quotas[regions[0]])
    twice |= {name.replace("-region", "-supply_kw"): "4321" for name in regions[:2]}
    answer = client.post(at("plan_quotas", plan.pk), twice)
    assert answer.status_code == 422
    assert "重复，每个地区只填一行" in text_of(answer)
    assert answer.content.decode().count("4321") == 2
    good = quotas | {regions[0].replace("-region", "-supply_kw"): "4321"}
    assert client.post(at("plan_quotas", plan.pk), good).status_code == 302
    assert client.post(at("plan_quotas", plan.pk), good).status_code == 409


@pytest.mark.parametrize(
    ("number", "on", "words"),
    [
        ("粤电缺〔2011〕1号", "2099-01-01", "不能晚于今天"),
        ("粤电缺〔2011〕1号", "2009-12-31", "不是本方案缺口的报告"),
        ("粤电缺〔2011〕1号", "", "文号和日期须同时填写"),
        ("李桂花13877665544", "2011-05-10", "不得填写姓名、电话"),
    ],
)
def test_the_report_of_a_gap_is_one_that_was_made(number, on, words):
    plan = begun(now=NOW)
    client = signed_in(plan.drafted_by)
    form = {f"target_{n}": kw for n, kw in enumerate((500, 1000, 2000, 2000), start=1)}
    form |= {"peak_demand_kw": 10_000, "supply_kw": 8_000, "listing": "once"}
    form |= {"gap_report_number": number, "gap_reported_on": on}
    assert words in text_of(client.post(at("plan_figures", plan.pk), form))
    plan.refresh_from_db()
    assert plan.gap_report_number == ""


def test_the_public_part_of_a_plan_names_nobody():
    plan = accepted(now=NOW)
    plan.sections |= {"procedure": "联系人李桂花，电话13877665544", "principles": "有保有限"}
    plan.save(update_fields=["sections"])
    page = text_of(Client().get(at("public_plan", plan.pk)))
    assert ("13877665544" in page, "138****5544" in page, "有保有限" in page) == (False, True, True)
