"""A company draws a plan up on its pages and files it; the office receives, returns, accepts."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core import clock, outbox
from reporting.models import OrderedUsePlan, PlanImport, PlanRow
from reporting.services import plans
from tests.factories.accounts import member
from tests.factories.plans import FIGURES, ROWS, accepted, begun, drawn_up, filed
from tests.reporting.test_plan_import import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)


@pytest.fixture(autouse=True)
def _on_that_day():
    with clock.standing_at(NOW):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, name, *args, query="", status=200):
    response = client.get(reverse(f"reporting:{name}", args=args) + query)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode() if status == 200 else ""


def sent(client, name, *args, **data):
    return client.post(reverse(f"reporting:{name}", args=args), data)


@pytest.mark.clause("S1-2.1.1b")
@pytest.mark.clause("S1-2.1.1e")
@pytest.mark.clause("S1-2.2.1c")
@pytest.mark.clause("S1-3.3.4(2)b")
@pytest.mark.clause("S1-4.2f")
def test_from_the_first_word_to_the_accepted_plan():
    filer = signed_in(member("CSG-GD", "company_filer"))
    lead = signed_in(member("CSG-GD", "company_lead"))
    company = member("CSG-GD", "company_filer", name="另一人").home
    sent(filer, "plan_start", organisation=company.pk, year=2011)
    plan = OrderedUsePlan.objects.get()
    form = {f"target_{n}": kw for n, kw in enumerate((500, 1000, 2000, 2000), start=1)}
    form |= {f"section_{code}": text for code, text in FIGURES["sections"].items()}
    form |= {"peak_demand_kw": 10_000, "supply_kw": 9_200, "listing": "once"}
    form |= {"gap_from": "09:00", "gap_to": "9:00"}
    wrong = sent(filer, "plan_figures", plan.pk, **form)
    assert "缺口时段的起止都写作09:00这样的时间" in wrong.content.decode()
    form["gap_to"] = "12:00"
    assert sent(filer, "plan_figures", plan.pk, **form).status_code == 302
    # A workbook with a resident in it: nothing comes in, the cell is named.
    bad = [*ROWS, ROWS[0] | {"user_no": "99", "user_class": "居民"}]
    sent(filer, "plan_import", plan.pk, upload=book([r | {"region": "广东省"} for r in bad]))
    outbox.run_due(now=NOW)
    made = PlanImport.objects.get()
    told = page(filer, "plan_imported", made.pk)
    assert "居民用户列入了限电明细" in told
    assert "J6" in told
    assert "请删除该户；缺口由企业用户承担。" in told
    copy = filer.get(made.copy.get_absolute_url())
    assert openpyxl.load_workbook(io.BytesIO(b"".join(copy))).sheetnames[0] == "问题清单"
    assert PlanRow.objects.count() == 0
    sent(filer, "plan_import", plan.pk, upload=book([r | {"region": "广东省"} for r in ROWS]))
    outbox.run_due(now=NOW)
    assert PlanRow.objects.count() == 4
    text = page(filer, "plan", plan.pk)
    assert "检查没有发现问题" in text or "四会供电局" in text
    sent(filer, "plan_check", plan.pk)
    outbox.run_due(now=NOW)
    sent(lead, "plan_certify", plan.pk)
    approval = {
        "body": "广东省人民政府",
        "number": "粤府函〔2011〕20号",
        "approved_on": "2011-05-11",
    }
    assert sent(filer, "plan_approve", plan.pk, **approval).status_code == 302
    assert "2011-05-18" in page(lead, "plan", plan.pk)
    assert sent(lead, "plan_file", plan.pk).status_code == 409
    place = "approval_document_missing:::"
    assert sent(lead, "plan_explain", plan.pk, place=place, reason="x").status_code == 409
    shown = page(lead, "plan", plan.pk)
    place = re.search(r'name="place" value="(approval_document_missing:[^"]+)"', shown)[1]
    sent(lead, "plan_explain", plan.pk, place=place, reason="原件随后寄送")
    assert sent(lead, "plan_file", plan.pk).status_code == 302
    office = signed_in(member("SERC-NF", "regulator_officer"))
    assert re.search("南电监收〔2011〕1号", page(office, "plan", plan.pk))
    assert str(OrderedUsePlan.objects.get()) in page(office, "plans", query="?view=desk")
    assert sent(office, "plan_receive", plan.pk).status_code == 302
    places = {"place": ["O5", "", ""], "problem": ["可压限负荷偏大", "", ""]}
    places |= {"rule": ["可压限负荷不大于最大负荷减保安负荷", "", ""]}
    assert sent(office, "plan_return", plan.pk, **places).status_code == 302
    letter = page(filer, "plan", plan.pk)
    for words in ("O5", "可压限负荷偏大", "2011-05-16"):
        assert words in letter
    sent(filer, "plan_revise", plan.pk)
    second = OrderedUsePlan.objects.get(number=2)
    sent(filer, "plan_check", second.pk)
    outbox.run_due(now=NOW)
    sent(lead, "plan_certify", second.pk)
    sent(filer, "plan_approve", second.pk, **approval)
    sent(lead, "plan_explain", second.pk, place="approval_document_missing", reason="随后寄送")
    sent(lead, "plan_file", second.pk)
    sent(office, "plan_receive", second.pk)
    sent(office, "plan_accept", second.pk)
    public = page(Client(), "public_plan", second.pk)
    assert "粤府函〔2011〕20号" in public
    assert "居民生活、排灌" in public
    for hidden in ("四会第1厂", ROWS[0]["phone"], "赵某"):
        assert hidden not in public
    assert page(Client(), "public_plans")
    page(Client(), "public_plan", plan.pk, status=404)
    assert "没有变化" not in page(filer, "plan_changes", second.pk)


@pytest.mark.clause("S1-2.1.1d")
@pytest.mark.clause("S1-3.3.1(4)a")
@pytest.mark.clause("S2-5.1.1d")
def test_rows_that_cut_residents_are_named_on_the_page_with_their_rule():
    mixed = ROWS[2] | {"user_no": "98", "measure": "拉闸", "mixed_line": True}
    rows = [*ROWS, ROWS[0] | {"user_no": "99", "user_class": "居民"}, mixed]
    rows += [ROWS[0] | {"user_no": "97", "protected": "医院学校金融"}]
    plan = drawn_up(now=NOW, rows=rows)
    text = page(signed_in(plan.drafted_by), "plan", plan.pk)
    assert "优先保障居民生活用电，居民用户不得列入" in text
    assert "企业与居民共用线路的只限企业用电" in text
    assert "医院学校金融”类用户列入了限电明细" in text
    lead = signed_in(member("CSG-GD-ZQ", "company_lead"))
    assert sent(lead, "plan_certify", plan.pk).status_code == 409
    # The row is mended on its own page; its telephone stays as it was.
    filer = signed_in(plan.drafted_by)
    row = ROWS[0] | {"user_no": "99", "user_name": "四会第九厂", "contact": "", "phone": ""}
    row = {key: value for key, value in row.items() if value is not False}
    assert sent(filer, "plan_row", plan.pk, 5, **row).status_code == 302
    assert PlanRow.objects.get(line=5).phone == ROWS[0]["phone"]
    # A row is added on a page of its own.
    assert "新增一行" in page(filer, "plan_row", plan.pk, 0)
    added = row | {"user_no": "96", "user_name": "四会第十厂", "phone": "13900001111"}
    assert sent(filer, "plan_row", plan.pk, 0, **added).status_code == 302
    assert PlanRow.objects.get(user_no="96").line == 8
    sent(filer, "plan_row_remove", plan.pk, 8)
    sent(filer, "plan_row_remove", plan.pk, 6)
    sent(filer, "plan_row_remove", plan.pk, 7)
    sent(filer, "plan_check", plan.pk)
    outbox.run_due(now=NOW)
    plan.refresh_from_db()
    assert plan.finding_counts["hard"] == 0


@pytest.mark.clause("S1-3.3.1(1)b")
def test_a_quota_below_what_residents_need_is_refused():
    plan = drawn_up(now=NOW)
    filer = signed_in(plan.drafted_by)
    text = page(filer, "plan_quotas", plan.pk)
    assert "四会市" in text
    names = re.findall(r'name="form-(\d+)-region" value="(\d+)"', text)
    form = {"form-TOTAL_FORMS": len(names), "form-INITIAL_FORMS": len(names)}
    for number, code in names:
        own = {"supply_kw": 1000, "resident_kw": 900, "cut_kw": 500}
        if code == "441284":
            own["supply_kw"] = 899
        form |= {f"form-{number}-{key}": value for key, value in (own | {"region": code}).items()}
    assert sent(filer, "plan_quotas", plan.pk, **form).status_code == 302
    sent(filer, "plan_check", plan.pk)
    outbox.run_due(now=NOW)
    told = page(filer, "plan", plan.pk)
    assert "四会市电力指标899千瓦，低于居民生活用电负荷900千瓦" in told


@pytest.mark.clause("S1-3.3.4(1)")
@pytest.mark.clause("S1-3.3.4(2)a")
def test_the_province_sees_who_is_missing_and_sums_that_add_up():
    for unit, region in (("CSG-GX-NN", "南宁市"), ("GXSL-DB", "德保县")):
        rows = [row | {"user_no": unit + row["user_no"], "region": region} for row in ROWS]
        rows = [row | {"supply_unit": unit} for row in rows]
        filed(unit, now=NOW, rows=rows)
    client = signed_in(member("CSG-GX", "company_filer"))
    text = page(client, "plan_rollup", query="?year=2011")
    missing = re.search("缺报单位.*?</section>", text, re.S)[0]
    for name in ("柳州供电局", "桂林供电局", "马山县供电公司", "上林县供电公司", "广西电网公司"):
        assert name in missing
    assert "南宁供电局" not in missing
    # Four rows of 600 kW each from Nanning and from Debao, which the water group's county filed.
    assert re.search("广西电网公司.*?>4,800<", text, re.S)
    assert page(
        signed_in(member("SERC-NF", "regulator_officer")), "plan_rollup", query="?year=2011"
    )


def test_telephones_are_masked_and_shown_in_full_only_with_a_purpose():
    plan = filed(now=NOW)
    above = signed_in(member("CSG-GD", "company_lead"))
    masked = page(above, "plan_row", plan.pk, 1)
    assert ROWS[0]["phone"] not in masked
    assert "138****" in masked
    assert sent(above, "plan_row_reveal", plan.pk, 1, purpose="").status_code == 409
    full = sent(above, "plan_row_reveal", plan.pk, 1, purpose="核对联系电话")
    assert ROWS[0]["phone"] in full.content.decode()
    viewer = signed_in(member("CSG-GD", "company_viewer"))
    assert sent(viewer, "plan_row_reveal", plan.pk, 1, purpose="核对联系电话").status_code == 409


def test_rows_are_found_by_word_grade_and_measure():
    plan = drawn_up(now=NOW)
    client = signed_in(plan.drafted_by)
    assert "四会第2厂" in page(client, "plan_rows", plan.pk)
    found = page(client, "plan_rows", plan.pk, query="?grade=Ⅱ")
    assert ("四会第3厂" in found, "四会第2厂" in found) == (True, False)
    assert "四会第1厂" in page(client, "plan_rows", plan.pk, query="?q=F01")
    assert "没有明细" in page(client, "plan_rows", plan.pk, query="?q=不存在")


def test_the_template_comes_with_last_years_rows_and_others_never_get_it():
    accepted(now=NOW)
    plan = begun(year=2012, now=clock.at(date(2012, 1, 9), 9))
    client = signed_in(plan.drafted_by)
    content = b"".join(client.get(reverse("reporting:plan_template", args=[plan.pk])))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["方案明细"]
    assert sheet.max_row == 7
    assert "2011年" in page(client, "plan_import", plan.pk)
    stranger = signed_in(member("CSG-GX", "company_filer"))
    assert stranger.get(reverse("reporting:plan_template", args=[plan.pk])).status_code == 404


def test_changes_since_last_year_are_told():
    before = accepted(now=NOW)
    plan = begun(year=2012, now=clock.at(date(2012, 1, 9), 9))
    rows = [ROWS[0] | {"reducible_kw": 500}, *ROWS[1:3], ROWS[3] | {"user_no": "新"}]
    plans.put_rows(plan=plan, rows=rows, by=plan.drafted_by, now=NOW)
    text = page(signed_in(plan.drafted_by), "plan_changes", plan.pk)
    assert str(before) in text
    for words in ("可压限负荷", "新增的用户", "退出的用户"):
        assert words in text


def test_the_desk_leads_to_what_waits():
    from reporting.plan_work import items

    plan = filed(now=NOW)
    lead, above = member("CSG-GD-ZQ", "company_lead"), member("CSG-GD", "company_lead")
    assert [(one.group, one.lamp) for one in items(above, now=NOW)] == [("mine", "near")]
    assert [one.group for one in items(lead, now=NOW)] == ["others"]
    assert items(above, now=NOW)[0].url == reverse("reporting:plan", args=[plan.pk])
    later = clock.at(date(2011, 5, 13), 9)
    assert [one.group for one in items(above, now=later)] == ["overdue"]
