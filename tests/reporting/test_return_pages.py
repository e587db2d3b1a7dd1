"""Returns by their pages: filled in, uploaded, confirmed, certified, returned, accepted, added up.

One world: Guangdong's company and its Guangzhou bureau, the South bureau, and its daily return.
"""

import hashlib
import io
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core import clock, sla
from core.models import AuditEvent, Letter
from reporting.models import PortalOutage, Return, ReturnForm, ReturnUpload, ReturnWaiver
from reporting.services import return_filing, return_opening, return_reminding
from tests.factories import accounts, returns
from tests.factories.complaints import at
from tests.reporting.test_returns import DAY, GD, GZ, MORNING, ROW

pytestmark = pytest.mark.django_db
WORKBOOKS = Path(__file__).parent.parent / "workbooks" / "returns"


@pytest.fixture
def world(catalogues):
    people = {
        "officer": accounts.member("SERC-NF", "regulator_officer"),
        "head": accounts.member("SERC-NF", "regulator_lead"),
        "lead": accounts.member(GD, "company_lead"),
        "filer": accounts.member(GD, "company_filer"),
        "stranger": accounts.member("CSG-GX", "company_filer"),
    }
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
        yield people


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def page(client, name, *keys, **query):
    answer = client.get(reverse(f"reporting:{name}", args=keys), query)
    return answer, answer.content.decode(errors="replace")


def send(client, name, *keys, **data):
    return client.post(reverse(f"reporting:{name}", args=keys), data)


def typed(content, **cells):
    """The official template with some cells typed in, as an upload."""
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook["日报"]
    places = {sheet.cell(row=3, column=n).value: n for n in range(1, 14)}
    for heading, value in cells.items():
        column = next(n for text, n in places.items() if text.startswith(heading))
        sheet.cell(row=4, column=column).value = value
    kept = io.BytesIO()
    workbook.save(kept)
    return SimpleUploadedFile("日报.xlsx", kept.getvalue())


GOOD = {
    "日期": "2011-11-21",
    "最大负荷": 6200,
    "日供电量": 118000,
    "最大电力缺口": 0,
    "计划停电": 12,
    "故障停电": 3,
    "停电影响居民": 4100,
    "95598 来电": 21000,
    "其中接通": 20100,
    "居民投诉": 8,
    "居民报修": 950,
    "其中超时到达": 0,
}


@pytest.mark.clause("S1-2.2.1d")
def test_a_daily_return_goes_from_template_to_acceptance_through_its_pages(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    filer = as_(world["filer"])
    assert "供电监管日报" in page(filer, "return_list")[1]
    send(filer, "return_begin", entry.pk)
    template = page(filer, "return_template", entry.pk)[0].content
    # Two mistakes: more connected than called, and a reason that is missing.
    wrong = typed(template, **{**GOOD, "其中接通": 21001, "其中超时到达": 2})
    answer = send(filer, "return_upload", entry.pk, workbook=wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "I4" in text
    assert "接通数不能大于来电数，请核对。" in text
    assert "M4" in text
    assert "请写明超时到达的原因。" in text
    marked = load_workbook(io.BytesIO(page(filer, "return_error_copy", entry.pk)[0].content))
    assert "接通数不能大于来电数" in marked["日报"]["I4"].comment.text
    assert send(filer, "return_check", entry.pk, act="request").status_code == 409
    # Far too much energy for the load: to be confirmed with a reason.
    odd = typed(template, **{**GOOD, "日供电量": 180000})
    assert send(filer, "return_upload", entry.pk, workbook=odd).status_code == 422
    text = page(filer, "return_check", entry.pk)[1]
    assert "日供电量一般为最大负荷的 8 至 24 倍" in text
    name = text.split('name="reason-')[1].split('"')[0]
    assert send(filer, "return_check", entry.pk, act="request").status_code == 409
    send(filer, "return_check", entry.pk, act="request", **{f"reason-{name}": "含转供电量"})
    # Not the filer, but a second person certifies.
    text = page(filer, "return", entry.pk)[1]
    assert "具有“企业复核认证并报送”权限的人员办理" in text
    lead = as_(world["lead"])
    digest = page(lead, "return", entry.pk)[1].split('name="digest" value="')[1].split('"')[0]
    send(lead, "return_act", entry.pk, act="submit", digest=digest)
    entry.refresh_from_db()
    assert (entry.state, entry.filed_version.is_late) == ("submitted", False)
    assert entry.filed_version.receipt_number == "南电监报收〔2011〕1号"
    # Whoever holds the receipt can have it verified, without an account.
    attested = page(lead, "verify", entry.filed_version.verify_code)[1]
    assert "南电监报收〔2011〕1号" in attested
    assert entry.filed_version.verify_code in page(lead, "return", entry.pk)[1]
    assert Letter.objects.filter(kind="return.receipt").exists()
    officer = as_(world["officer"])
    text = page(officer, "return", entry.pk)[1]
    assert "含转供电量" in text
    # Measured figures with commas between thousands.
    assert ">180,000.00<" in text
    send(officer, "return_act", entry.pk, act="accept", reason="")
    entry.refresh_from_db()
    assert entry.accepted_version.sheet("day")[0]["energy"] == "180000.00"
    assert AuditEvent.objects.filter(kind="return.accept").exists()


def uploaded(client, entry, content, **cells):
    """A workbook made out of the template, handed in; as it came."""
    book = typed(content, **{**GOOD, **cells})
    kept = book.read()
    book.seek(0)
    send(client, "return_upload", entry.pk, workbook=book)
    return kept


def test_an_older_workbook_replaces_nobody_elses_saving_unawares(world, as_):
    """Taken in the morning; meanwhile a colleague fills in on the screen."""
    entry = returns.owed("supply_daily", GD, DAY)
    colleague = accounts.member(GD, "company_filer", name="同事")
    filer = as_(world["filer"])
    send(filer, "return_begin", entry.pk)
    template = page(filer, "return_template", entry.pk)[0].content
    # What I saved myself is no reason to ask.
    uploaded(filer, entry, template)
    version = entry.versions.get()
    return_filing.save_sheet(entry=entry, sheet="day", rows=[{**returns.DAILY, "complaints": 88}],
                             seen=version.revision, by=colleague, now=MORNING)  # fmt: skip
    answer = send(filer, "return_upload", entry.pk, workbook=typed(template, **GOOD))
    assert answer.status_code == 409
    assert "表格下载以后，这张报表已由他人保存" in answer.content.decode()
    version.refresh_from_db()
    assert version.rows["day"][0]["complaints"] == 88
    # Whoever looked may replace it all the same.
    send(filer, "return_upload", entry.pk, workbook=typed(template, **GOOD), over="1")
    version.refresh_from_db()
    assert version.rows["day"][0]["complaints"] == 8


def test_the_workbook_is_kept_as_it_came_and_told_of_on_the_receipt(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    filer = as_(world["filer"])
    send(filer, "return_begin", entry.pk)
    template = page(filer, "return_template", entry.pk)[0].content
    broken = SimpleUploadedFile("日报.xlsx", b"PK nothing of the kind")
    assert send(filer, "return_upload", entry.pk, workbook=broken).status_code == 422
    assert not ReturnUpload.objects.exists()
    uploaded(filer, entry, template, 居民投诉=9)
    kept = uploaded(filer, entry, template)
    mark = hashlib.sha256(kept).hexdigest()
    last = ReturnUpload.objects.last()
    assert (ReturnUpload.objects.count(), last.file.sha256) == (2, mark)
    assert (
        AuditEvent.objects.filter(kind="return.upload").order_by("pk").last().details["sha256"]
        == mark
    )
    url = last.file.get_absolute_url()
    officer = as_(world["officer"])
    # Beyond the unit a file is in nobody's sight before its return is filed.
    assert officer.get(url).status_code == 404
    version = return_filing.request_certification(entry=entry, by=world["filer"], now=MORNING)
    digest = return_filing.digest_of(version)
    return_filing.submit(entry=entry, by=world["lead"], now=MORNING, seen_digest=digest)
    letter = Letter.objects.get(
        kind="return.receipt", channel="notice", recipient_id=world["filer"].pk
    )
    assert f"上传文件：日报.xlsx（SHA-256：{mark}）" in letter.body
    text = page(as_(world["officer"]), "return", entry.pk)[1]
    assert url in text
    assert f"SHA-256 {mark[:16]}…" in text
    for person, status in (("filer", 200), ("lead", 200), ("officer", 200), ("stranger", 404)):
        answer = as_(world[person]).get(url)
        assert answer.status_code == status, person
        if status == 200:
            assert b"".join(answer.streaming_content) == kept


def test_names_are_masked_and_shown_in_full_for_a_stated_purpose_only(world, as_):
    good = yaml.safe_load((WORKBOOKS / "arrears.yaml").read_text(encoding="utf-8"))["good"]
    returns.collected("arrears", "SERC-NF", starts_on=DAY.replace(day=1), now=MORNING)
    entry = Return.objects.filter(code="arrears", organisation__code=GZ).get()
    accounts_of = [row["account"] for row in good["cases"]]
    lead, filer = accounts.member(GZ, "company_lead"), accounts.member(GZ, "company_filer")
    returns.filed(entry, good, filer=filer, lead=lead, now=at("2011-12-01 09:00"))
    assert accounts_of[0] in page(as_(lead), "return", entry.pk)[1]
    viewer = as_(accounts.member(GZ, "company_viewer"))
    assert accounts_of[0] not in page(viewer, "return", entry.pk)[1]
    assert send(viewer, "return_reveal", entry.pk, version=1, purpose="看看").status_code == 403
    officer = as_(world["officer"])
    text = page(officer, "return", entry.pk)[1]
    assert accounts_of[0] not in text
    assert "显示姓名和户号" in text
    assert send(officer, "return_reveal", entry.pk, version=1, purpose=" ").status_code == 422
    assert not AuditEvent.objects.filter(kind="return.reveal").exists()
    answer = send(officer, "return_reveal", entry.pk, version=1, purpose="核对停电户数")
    assert all(one in answer.content.decode() for one in accounts_of)
    assert answer["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(kind="return.reveal")
    assert (event.actor_id, event.reason) == (world["officer"].pk, "核对停电户数")
    assert accounts_of[0] not in page(officer, "return", entry.pk)[1]


def test_what_is_deficient_is_named_by_cell_with_rule_and_a_new_date(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    returns.filed(entry, {"day": [ROW]}, filer=world["filer"], lead=world["lead"], now=MORNING)
    officer = as_(world["officer"])
    named = {"sheet": "日报", "cell": "J4", "problem": "与95598报表不一致", "rule": "二（二）2"}
    blank = {"sheet": "日报", "cell": "", "problem": "", "rule": ""}
    both = {key: [named[key], blank[key]] for key in named}
    empty = {key: [blank[key]] for key in named}
    assert send(officer, "return_act", entry.pk, act="return", **empty).status_code == 409
    send(officer, "return_act", entry.pk, act="return", reason="请核对", **both)
    entry.refresh_from_db()
    # Three working days from Tuesday 22 November.
    assert (entry.state, entry.due_at) == ("returned", sla.day_end(date(2011, 11, 25)))
    filer = as_(world["filer"])
    text = page(filer, "return", entry.pk)[1]
    assert "日报 J4：与95598报表不一致" in text
    assert "依据：二（二）2" in text
    letter = Letter.objects.get(kind="return.returned", channel="notice")
    assert "J4" in letter.body
    assert "2011年11月25日" in letter.body
    assert page(filer, "return_letter_docx", entry.pk)[0].content[:2] == b"PK"
    again = {"day": [{**ROW, "complaints": 9}]}
    returns.filed(entry, again, filer=world["filer"], lead=world["lead"], now=MORNING)
    text = page(as_(world["officer"]), "return", entry.pk)[1]
    assert "第 2 版与第 1 版对照" in text
    assert "居民投诉" in text


def test_nobody_sees_what_is_not_filed_nor_a_strangers_return(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    secret = {"day": [{**ROW, "reason": "尚未核实的数字"}]}
    returns.filled(entry, secret, by=world["filer"], now=MORNING)
    officer = as_(world["officer"])
    answer, text = page(officer, "return", entry.pk)
    assert answer.status_code == 200
    assert "尚未核实的数字" not in text
    assert page(officer, "return_edit", entry.pk)[0].status_code == 404
    stranger = as_(world["stranger"])
    assert page(stranger, "return", entry.pk)[0].status_code == 404


@pytest.mark.clause("S1-2.2.1a")
def test_the_board_says_submitted_late_and_missing_and_the_calendar_what_is_due(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    returns.filed(entry, {"day": [ROW]}, filer=world["filer"], lead=world["lead"], now=MORNING)
    noon = at("2011-11-22 12:00")
    late = returns.owed("supply_daily", GZ, DAY)
    lead, filer = accounts.member(GZ, "company_lead"), accounts.member(GZ, "company_filer")
    with clock.standing_at(noon):
        returns.filed(late, {"day": [ROW]}, filer=filer, lead=lead, now=noon)
        officer = as_(world["officer"])
        text = page(officer, "return_board")[1]
        assert "已报送" in text
        assert "逾期报送" in text
        assert "逾期未报" in text
        due = Return.objects.filter(code="supply_daily", period_start=DAY).count()
        shown = [part.split("<")[0] for part in text.split('stat-value">')[1:5]]
        assert shown == [str(due), "1", "1", str(due - 2)]
        text = page(officer, "return_calendar", month="2011-11")[1]
        assert "2011-11-22 10:00" in text
        assert "供电监管日报" in text


def test_a_roll_up_adds_the_accepted_returns_and_names_what_is_missing(world, as_):
    officer = world["officer"]
    for unit, complaints in (("CSG-GD-ZQ-SH", 3), ("CSG-GD-ZQ-GY", 4)):
        lead, filer = accounts.member(unit, "company_lead"), accounts.member(unit, "company_filer")
        returns.accepted(
            returns.owed("supply_daily", unit, DAY),
            {"day": [{**ROW, "complaints": complaints}]},
            filer=filer,
            lead=lead,
            officer=officer,
            now=MORNING,
        )
    text = page(as_(officer), "return_rollup", code="supply_daily", period=DAY.isoformat())[1]
    line = text.split(str(accounts.organisation("CSG-GD-ZQ")))[1].split("</tr>")[0]
    assert ">7<" in line
    assert "2/3" in line
    assert str(accounts.organisation(GZ)) in text.split("尚缺单位")[1]


def test_a_check_is_waived_by_the_head_until_a_day(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    wrong = {"day": [{**ROW, "repairs_late": 2}]}
    returns.filled(entry, wrong, by=world["filer"], now=MORNING)
    filer = as_(world["filer"])
    assert "请写明超时到达的原因" in page(filer, "return_check", entry.pk)[1]
    asked = {"check_name": "day/required_beyond/reason", "reason": "系统改造，暂无法统计原因"}
    send(filer, "return_waiver_ask", entry.pk, **asked, expires_on="2011-11-30")
    waiver = ReturnWaiver.objects.get()
    assert as_(world["officer"]).post(
        reverse("reporting:return_waiver_decide", args=[waiver.pk]), {"act": "approve"}
    ).status_code in (403, 409)
    send(as_(world["head"]), "return_waiver_decide", waiver.pk, act="approve", decision="系统改造")
    text = page(as_(world["filer"]), "return_check", entry.pk)[1]
    assert "已批准豁免的校验" in text
    assert "未发现问题" in text
    waiver.refresh_from_db()
    assert (waiver.decided_by, waiver.expires_on) == (world["head"], date(2011, 11, 30))


def test_two_browsers_do_not_overwrite_each_other(world, as_):
    entry = returns.owed("supply_daily", GD, DAY)
    filer = as_(world["filer"])
    send(filer, "return_begin", entry.pk)
    cells = {"row": "k1", "sheet": "day", "r-k1-reason": "第一次", "r-k1-calls": "x"}
    send(filer, "return_edit", entry.pk, seen="0", **cells)
    answer = send(filer, "return_edit", entry.pk, seen="0", **{**cells, "r-k1-reason": "第二次"})
    assert answer.status_code == 409
    # The loser sees what stands now, and every value of his own that does.
    lost = answer.content.decode()
    assert "没有保存的数值" in lost
    assert "第二次" in lost.split("您填写的")[1].split("</table>")[0]
    book = typed(page(filer, "return_template", entry.pk)[0].content, **GOOD)
    answer = send(filer, "return_upload", entry.pk, workbook=book, seen="0")
    assert answer.status_code == 409
    assert "上传前这张报表已由他人保存" in answer.content.decode()
    text = page(filer, "return_edit", entry.pk)[1]
    # A value that does not fit is kept as it was typed, with what is wrong beside it.
    assert "第一次" in text
    assert "“x”不是数字" in text
    assert 'value="x"' in text


def reminded(person, **more):
    letters = Letter.objects.filter(kind="return.reminder", recipient_id=person.pk, **more)
    return [letter.body for letter in letters.order_by("pk")]


def test_each_step_is_said_once_one_letter_a_day_by_mail_and_as_a_notice(world):
    """The daily return of Monday 21 November is due on Tuesday at ten, the arrears on 12 December:
    both are reminded of; steps are the day itself, and two days before, the day and the day after.
    """
    filer, lead = world["filer"], world["lead"]
    assert return_reminding.remind(now=at("2011-11-22 08:59")) == 0
    people = return_reminding.remind(now=at("2011-11-22 09:00"))
    assert people >= 1
    [notice], [mail] = reminded(filer, channel="notice"), reminded(filer, channel="mail")
    assert "供电监管日报" in notice
    assert "已逾期" not in notice
    assert "2011年11月22日 10时00分" in mail
    assert not reminded(lead)
    # Once a day at most and each step once, however often the round comes.
    assert return_reminding.remind(now=at("2011-11-22 09:30")) == 0
    # What was opened later waits for the next day's letter, with what is late by then.
    returns.collected("arrears", "SERC-NF", starts_on=date(2011, 11, 1), now=MORNING)
    monthly = returns.owed("arrears", GD, date(2011, 11, 1))
    Return.objects.filter(pk=monthly.pk).update(due_at=at("2011-11-22 17:00"))
    # By then the daily return is late: whoever certifies hears of both.
    assert return_reminding.remind(now=at("2011-11-22 15:00")) == 1
    assert "供电监管日报" in reminded(lead, channel="mail")[0]
    assert return_reminding.remind(now=at("2011-11-23 09:30")) >= 1
    [_first, second] = reminded(filer, channel="mail")
    assert "欠费" in second
    assert "已逾期" in second
    # The daily return has no step after its deadline and is not said again.
    assert "2011-11-21" not in second
    assert "欠费" in reminded(lead, channel="mail")[-1]
    # Tuesday's return became late an hour after that letter: the cap put it off to the next day.
    assert return_reminding.remind(now=at("2011-11-23 11:00")) == 0
    assert return_reminding.remind(now=at("2011-11-24 09:30")) == 1
    assert "2011-11-22" in reminded(lead, channel="mail")[-1]
    assert return_reminding.remind(now=at("2011-11-25 09:30")) == 0


def test_a_deadline_in_an_outage_of_the_portal_moves_to_the_next_working_day(world, as_):
    with clock.standing_at(at("2011-11-22 14:00")):
        officer = as_(world["officer"])
        send(
            officer,
            "return_outages",
            starts_at="2011-11-22T09:30",
            ends_at="2011-11-22T13:00",
            reason="机房停电",
        )
        outage = PortalOutage.objects.get()
        assert returns.owed("supply_daily", GD, DAY).due_at == at("2011-11-22 10:00")
        second = as_(accounts.member("SERC-NF", "regulator_officer"))
        assert "确认并顺延" in page(second, "return_outages")[1]
        send(second, "return_outage_confirm", outage.pk)
    entry = returns.owed("supply_daily", GD, DAY)
    assert entry.due_at == at("2011-11-23 10:00")
    assert "截止时平台停用" in entry.due_explanation[-1]["text"]


NEW = """
code: night_patrol
title: 夜间巡视周报
version: 1
group: 试行
every: weekly
who: {kinds: [provincial_company]}
cutoff: {after: 2, unit: working_days, time: "12:00"}
sheets:
  - name: patrol
    sheet: 巡视
    title: 夜间巡视
    min_rows: 1
    columns:
      - {key: line, label: 线路, required: true}
      - {key: faults, label: 缺陷, type: int, unit: 处, required: true, min: 0}
      - {key: fixed, label: 已消除, type: int, unit: 处, required: true, min: 0}
    checks:
      - {check: compare, left: fixed, op: "<=", right: faults, remedy: 已消除不能多于缺陷。}
"""


def test_an_administrator_adds_a_form_without_code(world, as_):
    admin = as_(accounts.member("NEA-ROOT", "system_administrator"))

    def offered(text):
        upload = SimpleUploadedFile("form.yaml", text.encode())
        return send(admin, "return_forms", definition=upload)

    # All mistakes at once, each with its line, what is wrong and how to write it.
    wrong = offered(
        NEW.replace("right: faults", "right: fautls")
        .replace("label: 已消除, type: int", "label: 已消除, type: integer")
        .replace("key: line,", "key: line, requird: true,")
        .replace("group: 试行", "gruop: 试行")
        .replace("after: 2", "after: zwei")
    )
    assert wrong.status_code == 422
    text = wrong.content.decode()
    for told in (
        "第15行",
        "sheets 1 › columns 1",
        "不认识的项“requird”，是否为 required？",
        "第17行",
        "类型 integer 不存在",
        "第5行",
        "不认识的项“gruop”，是否为 group？",
        "第8行",
        "写成 cutoff: {after: 8, unit: working_days",
        "type 可用：text int decimal",
    ):
        assert told in text, told
    text = offered(NEW.replace("right: faults", "right: fautls")).content.decode()
    assert "第19行" in text
    assert "校验规则“compare”的参数不对：没有“fautls”，是否为“faults”？" in text
    text = offered(NEW.replace("weekly", "hourly")).content.decode()
    assert "第6行" in text
    assert "every 只能是" in text
    assert "填 daily、weekly" in text
    text = offered(NEW.replace("    title: 夜间巡视", "\ttitle: 夜间巡视")).content.decode()
    assert "第12行" in text
    assert "缩进请用空格，不用制表符" in text
    bomb = offered(NEW + "help: [&a [x, x], *a, *a]\n")
    assert "不能使用引用" in bomb.content.decode()
    assert not ReturnForm.objects.filter(code="night_patrol").exists()
    offered(NEW)
    form = ReturnForm.objects.get(code="night_patrol")
    template = page(admin, "return_form_template", form.pk)[0].content
    workbook = load_workbook(io.BytesIO(template))
    workbook["巡视"]["A4"], workbook["巡视"]["B4"], workbook["巡视"]["C4"] = "东风线", 1, 2
    kept = io.BytesIO()
    workbook.save(kept)
    tried = send(
        admin, "return_form_try", form.pk, workbook=SimpleUploadedFile("t.xlsx", kept.getvalue())
    ).content.decode()
    assert "C4" in tried
    assert "已消除不能多于缺陷。" in tried
    assert "没有保存" in tried
    # Nobody collects a draft; from the first day on it is collected like any other.
    text = as_(world["officer"]).get(reverse("reporting:return_collections")).content.decode()
    assert "夜间巡视周报" not in text
    admin = as_(accounts.member("NEA-ROOT", "system_administrator"))
    why = {"reason": "夜间巡视须按周报送"}
    early = send(admin, "return_form_publish", form.pk, valid_from="2011-11-21", **why)
    assert early.status_code == 409
    laid = send(admin, "return_form_publish", form.pk, valid_from="2011-11-28", **why)
    change = int(laid["Location"].rstrip("/").rpartition("/")[2])
    # What waits for a second person stays as it is; who uploaded it is no second person.
    assert "正在核准" in offered(NEW).content.decode()
    uploader = ReturnForm.objects.get(pk=form.pk).created_by
    for own in (admin, as_(uploader)):
        assert send(own, "definition_adopt", change).status_code == 409
    assert send(as_(world["officer"]), "definition_adopt", change).status_code == 302
    send(as_(world["officer"]), "return_collections", code="night_patrol", starts_on="2011-11-28")
    return_opening.open_due(now=at("2011-11-28 09:00"))
    entry = returns.owed("night_patrol", GD, date(2011, 11, 28))
    assert entry.due_at == at("2011-12-06 12:00")


def test_two_versions_of_a_form_are_open_at_once(world):
    old = ReturnForm.objects.get(code="supply_daily")
    ReturnForm.objects.create(
        code="supply_daily",
        version=2,
        title=old.title,
        valid_from=date(2011, 11, 23),
        content={**old.content, "version": 2, "valid_from": "2011-11-23"},
        created_at=MORNING,
        published_at=MORNING,
    )
    return_opening.open_due(now=at("2011-11-23 09:00"))
    assert returns.owed("supply_daily", GD, DAY).form.version == 1
    assert returns.owed("supply_daily", GD, date(2011, 11, 23)).form.version == 2
