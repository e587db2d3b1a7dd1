"""A filing from the first row to the receipt and the decision, through the pages alone."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import services
from campaign.models import Duty
from core import clock
from core.models import AuditEvent, Letter
from reporting import parts
from reporting.models import Filing, FilingCopy, PartUpload, Receipt
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

pytestmark = pytest.mark.django_db
NOW = reporting.NOW


def grid(rows, *, seen=0, keys=None, **more):
    """What the grid's form sends for these rows."""
    keys = keys or [f"k{number}" for number in range(len(rows))]
    data = {"grid": "1", "seen": str(seen), "row": keys, **more}
    for key, row in zip(keys, rows, strict=True):
        data |= {f"r-{key}-{name}": value or "" for name, value in row.items()}
    return data


def uploaded(content, name):
    return SimpleUploadedFile(name, content)


def filled_in(client, filing):
    """Fill the five parts of the kick-off report in as the browser would."""
    base = f"/filings/{filing.pk}/parts"
    for code in ("leading_group", "demonstration_points", "service_commitments"):
        answer = client.post(f"{base}/{code}/", grid(reporting.rows_for(code)))
        assert answer.status_code == 302
    photos = {f"f-k{n}": uploaded(reporting.png(n), f"{n}.png") for n in range(2)}
    client.post(f"{base}/windows/", grid(reporting.rows_for("windows")) | photos)
    plan = {"seen": "0", "text": reporting.TEXT, "files": uploaded(reporting.docx(), "方案.docx")}
    client.post(f"{base}/implementation_plan/", plan)


def begun(client, duty):
    client.post(f"/filings/duty/{duty.pk}/start/")
    return Filing.objects.get(duty=duty)


def certified(client, filing):
    """Press the button of the page that shows what is to be certified."""
    shown = client.get(f"/filings/{filing.pk}/certify/").context
    seen = shown["digest"] if shown else ""
    return client.post(f"/filings/{filing.pk}/submit/", {"confirm": "1", "digest": seen})


# --- The whole way --------------------------------------------------------------------------------


@pytest.mark.clause(
    "S1-5.1.3a",
    "S1-5.1.3c",
    "S1-5.1.3d",
    "S1-5.1.3e",
    "S1-5.1.3f",
    "S1-5.1.3g",
    "S1-4.1d",
    "S1-4.1f",
    "S1-4.1j",
)
def test_a_company_reports_its_kick_off_to_the_local_regulator(client, duty, people):
    client.force_login(people["filer"])
    assert "开始填报" in client.get("/filings/").content.decode()
    filing = begun(client, duty)
    filled_in(client, filing)
    assert "已完成 5 / 5" in client.get(f"/filings/{filing.pk}/edit/").content.decode()
    client.post(f"/filings/{filing.pk}/check/", {"act": "request"})
    # The filer cannot put the company's name under it.
    assert certified(client, filing).status_code == 403
    client.force_login(people["lead"])
    page = client.get(f"/filings/{filing.pk}/certify/").content.decode()
    for told in ("林远山", "四会供电局", "方案.docx", "45分钟", "城东营业厅"):
        assert told in page
    seen = re.search(r'name="digest" value="(\w{64})"', page)[1]
    answer = client.post(f"/filings/{filing.pk}/submit/", {"confirm": "1", "digest": seen})
    receipt = client.get(answer["Location"]).content.decode()
    for told in ("南电监收〔2011〕1号", "2011-11-22 10:00:00", "按期报送", seen):
        assert told in receipt
    client.force_login(people["officer"])
    desk = client.get("/filings/review/").context["rows"]
    assert [(row.duty.organisation, row.receipt.number) for row in desk] == [
        (duty.organisation, "南电监收〔2011〕1号")
    ]


PARTS = {
    "leading_group": "专项行动领导小组名单",
    "demonstration_points": "示范区县、示范点名单及负责同志",
    "implementation_plan": "专项行动实施方案",
    "service_commitments": "发布公开服务承诺情况",
    "windows": "对外服务窗口公示12398和95598热线情况",
}


@pytest.mark.clause("S1-5.1.3c", "S1-5.1.3d", "S1-5.1.3e", "S1-5.1.3f", "S1-5.1.3g")
@pytest.mark.parametrize(("code", "title"), PARTS.items())
def test_without_a_required_part_nothing_goes_to_certification(client, duty, people, code, title):
    filing = reporting.started(duty)
    reporting.fill(filing, only=set(PARTS) - {code})
    client.force_login(people["filer"])
    page = client.get(f"/filings/{filing.pk}/check/").content.decode()
    assert f"处必须改正：{title}。" in page
    answer = client.post(f"/filings/{filing.pk}/check/", {"act": "request"})
    assert answer.status_code == 409
    assert title in answer.content.decode()
    assert Filing.objects.get().state == "draft"


@pytest.mark.clause("S1-5.1.3b")
def test_yunnan_files_at_home_and_the_bureau_gets_a_copy(client, campaign):
    duty = campaigns.duty(campaign, organisation="CSG-YN")
    filing = reporting.filed(duty, state="certifying")
    client.force_login(reporting.certifier(duty.organisation))
    certified(client, filing)
    assert FilingCopy.objects.get().organisation.code == "SERC-NF"
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    assert not client.get("/filings/review/").context["rows"]
    copies = client.get("/filings/review/?scope=copies").context["rows"]
    assert [row.duty.organisation.code for row in copies] == ["CSG-YN"]
    assert "由云南电监办具有“审核报送”权限" in client.get(f"/filings/{filing.pk}/").content.decode()
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    assert [r.receipt.number for r in client.get("/filings/review/").context["rows"]] == [
        "滇电监收〔2011〕1号"
    ]


OWN = {
    "consultation": ("SERC-NF", ("省经济和信息化委员会", "同意工作方案")),
    "groups": ("SERC-NF", ("联合行动工作领导小组", "组长")),
    "kickoff-meeting": ("SERC-NF", ("2011-11-18", "部署专项行动")),
    "issue-plan": ("SERC-NF", ("南电监供电〔2011〕8号", "各省（区）电网公司")),
    "assurance-plan": ("SERC-NF", ("保障方案", "方案.docx")),
    "responsibility": ("SERC-NF", ("输供电监管处", "示范点督促推动")),
    "leader-visits": ("SERC-NF", ("四会供电局", "年内完成台区改造")),
    "kickoff-upward": ("NEA-ROOT", ("方案.docx", "本单位高度重视")),
}


@pytest.mark.clause(
    "S1-5.1.1a",
    "S1-5.1.1b",
    "S1-5.1.2a",
    "S1-5.1.2b",
    "S1-5.1.4a",
    "S1-5.1.4b",
    "S1-5.1.4c",
    "S1-5.1.5",
)
@pytest.mark.parametrize(("code", "recipient", "told"), [(c, *rest) for c, rest in OWN.items()])
def test_the_bureau_files_its_own_duties_and_another_accepts(
    client, campaign, code, recipient, told
):
    duty = Duty.objects.get(definition__code=code, organisation__code="SERC-NF")
    filing = reporting.filed(duty, state="certifying")
    filer, certifier = (reporting.filer(duty.organisation), reporting.certifier(duty.organisation))
    client.force_login(certifier)
    certified(client, filing)
    assert Receipt.objects.get().recipient.code == recipient
    client.force_login(reporting.reviewer(duty.recipient, other_than=[filer, certifier]))
    client.post(f"/filings/{filing.pk}/receive/")
    page = client.get(f"/filings/{filing.pk}/").content.decode()
    assert all(words in page for words in told)
    answer = client.post(f"/filings/{filing.pk}/decide/", {"decision": "accept"})
    assert answer.status_code == 302
    duty.refresh_from_db()
    assert duty.state == "accepted"
    assert (
        duty.definition.due_on.isoformat()
        in client.get("/filings/review/?view=accepted&scope=territory").content.decode()
    )


# --- The grid -------------------------------------------------------------------------------------


def test_autosave_answers_with_the_next_revision(client, duty, people):
    client.force_login(people["filer"])
    url = f"/filings/{begun(client, duty).pk}/parts/leading_group/"
    htmx = {"headers": {"HX-Request": "true"}}
    answer = client.post(url, grid([{"name": "林远山"}]), **htmx)
    assert answer.status_code == 200
    assert "已自动保存 10:00:00" in answer.content.decode()
    assert 'name="seen" id="seen" value="1" hx-swap-oob="true"' in answer.content.decode()
    answer = client.post(url, grid([{"name": "别人"}]), **htmx)
    assert answer.status_code == 409
    assert "刚被他人保存过" in answer.content.decode()
    rows = Filing.objects.get().current_version.rows("leading_group")
    assert [row["name"] for row in rows] == ["林远山"]


@pytest.mark.parametrize("seen", ["²", "١", "-1", "99999999999999999999", "x"])
def test_a_revision_that_is_no_number_is_a_stale_one(client, duty, people, seen):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    rows = reporting.rows_for("leading_group")
    answer = client.post(f"/filings/{filing.pk}/parts/leading_group/", grid(rows, seen=seen))
    assert answer.status_code == 409
    assert "请刷新页面" in answer.content.decode()


def test_the_same_sent_twice_is_saved_once(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    sent = grid(reporting.rows_for("leading_group"))
    page = f"/filings/{filing.pk}/parts/leading_group/"
    assert [client.post(page, sent).status_code for _click in range(2)] == [302, 302]
    version = Filing.objects.get().current_version
    assert version.revisions == {"leading_group": 1}
    other = sent | {"r-k0-name": "另一人"}
    assert client.post(page, other).status_code == 409


def test_the_button_to_the_next_part_leads_there_whatever_is_sent_with_it(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    codes = duty.definition.parts
    base = f"/filings/{filing.pk}/parts"
    sent = {"seen": "0", "act": "next", "next_part": "中文/.."}
    assert client.post(f"{base}/{codes[0]}/", sent)["Location"] == f"{base}/{codes[1]}/"
    # After the last part there is none.
    assert client.post(f"{base}/{codes[-1]}/", sent)["Location"] == f"{base}/{codes[-1]}/"


@pytest.mark.parametrize("number", ["²", "١", "99999999999999999999", "-1"])
def test_an_address_with_a_wrong_number_shows_the_page(client, duty, people, number):
    filing = reporting.filed(duty)
    client.force_login(people["officer"])
    for address in (
        f"/filings/review/?phase={number}&definition={number}",
        f"/filings/review/export.xlsx?phase={number}&definition={number}",
        f"/filings/{filing.pk}/?version={number}&compare={number}",
    ):
        assert client.get(address).status_code == 200


def act_of_enter(html, action):
    """The button that a browser presses when Enter is hit in a field: the form's first one."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', html, re.DOTALL)[0]
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', form)
    return next(button for button in buttons if " form=" not in button)


def test_enter_in_a_cell_saves_and_removes_no_row(client, duty, people):
    filing = reporting.started(duty)
    reporting.fill(filing, only={"windows"})
    client.force_login(people["filer"])
    address = f"/filings/{filing.pk}/parts/windows/"
    pressed = act_of_enter(client.get(address).content.decode(), address)
    assert 'name="act" value="save"' in pressed


def test_enter_in_a_remark_neither_accepts_nor_returns(client, duty, people):
    filing = reporting.filed(duty)
    client.force_login(people["officer"])
    client.post(f"/filings/{filing.pk}/receive/")
    html = client.get(f"/filings/{filing.pk}/").content.decode()
    assert " disabled" in act_of_enter(html, f"/filings/{filing.pk}/decide/")


@pytest.mark.parametrize("decision", ["", "ACCEPT", "refuse"])
def test_only_a_stated_decision_is_taken(client, duty, people, decision):
    filing = reporting.filed(duty)
    client.force_login(people["officer"])
    client.post(f"/filings/{filing.pk}/receive/")
    marked = {"deficient-windows": "1", "problem-windows": "照片不清", "rule-windows": "五（一）3"}
    sent = marked | {"decision": decision}
    answer = client.post(f"/filings/{filing.pk}/decide/", sent)
    assert answer.status_code == 422
    assert "请选择审核通过或者退回补正" in answer.content.decode()
    assert Filing.objects.get().state == "received"


def test_the_menu_shows_each_the_list_that_the_filing_stands_in(client, duty, people):
    filing = reporting.filed(duty)
    for person, entry in ((people["officer"], "报送审核"), (people["filer"], "本单位报送")):
        client.force_login(person)
        html = client.get(f"/filings/{filing.pk}/").content.decode()
        rail = re.search(r'<a href="[^"]*" aria-current="page">.*?<span>(.*?)</span>', html)
        assert rail[1] == entry


def test_text_with_a_nul_character_is_no_request(client, duty, people):
    filing = reporting.started(duty)
    client.force_login(people["filer"])
    sent = {"seen": "0", "text": "方案\0摘要"}
    page = f"/filings/{filing.pk}/parts/implementation_plan/"
    assert client.post(page, sent).status_code == 400
    assert client.get("/search/?q=%00").status_code == 400
    assert Filing.objects.get().current_version.parts == {}


def test_the_clock_names_what_it_counts(client, duty, people):
    filing = reporting.filed(duty)
    client.force_login(people["officer"])
    page = client.get(f"/filings/{filing.pk}/").content.decode()
    assert "<h2>接收期限" in page
    assert "<h2>审核期限" not in page
    client.post(f"/filings/{filing.pk}/receive/")
    assert "<h2>审核期限" in client.get(f"/filings/{filing.pk}/").content.decode()


def test_rows_come_and_go_without_scripts(client, duty, people):
    client.force_login(people["filer"])
    url = f"/filings/{begun(client, duty).pk}/parts/leading_group/"
    rows = reporting.rows_for("leading_group")
    answer = client.post(url, grid(rows, act="add", blank="2"))
    page = client.get(answer["Location"]).content.decode()
    assert len(re.findall(r'name="row"', page)) == 3 + 2
    client.post(url, grid(rows, seen=1, remove="k1"))
    names = [r["name"] for r in Filing.objects.get().current_version.rows("leading_group")]
    assert names == ["林远山", "何建波"]


def test_a_wrong_cell_keeps_what_was_typed_and_says_what_is_wrong(client, duty, people):
    client.force_login(people["filer"])
    url = f"/filings/{begun(client, duty).pk}/parts/leading_group/"
    rows = reporting.rows_for("leading_group")
    rows[0]["phone"] = "12"
    client.post(url, grid(rows))
    page = client.get(url).content.decode()
    assert 'value="12"' in page
    assert "“12”不是电话号码" in page
    assert 'aria-invalid="true"' in page


def test_a_long_list_is_turned_over_and_loses_nothing(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    rows = [
        {"name": f"第{n}营业厅", "address": "某路", "shows_12398": "是", "shows_95598": "是"}
        for n in range(120)
    ]
    client.post(f"/filings/{filing.pk}/parts/windows/", grid(rows))
    url = f"/filings/{filing.pk}/parts/windows/?page=2"
    shown = [row.key for row in client.get(url).context["rows"]]
    assert shown == [f"k{n}" for n in range(50, 100)]
    second = [{**row, "address": "新址"} for row in rows[50:100]]
    client.post(url, grid(second, seen=1, keys=shown, page="2"))
    kept = Filing.objects.get().current_version.rows("windows")
    assert [row["name"] for row in kept] == [row["name"] for row in rows]
    assert {row["address"] for row in kept[50:100]} == {"新址"}
    assert {row["address"] for row in [*kept[:50], *kept[100:]]} == {"某路"}


@pytest.mark.clause("S1-5.1.3g")
def test_many_photos_find_their_windows_by_name(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    client.post(f"/filings/{filing.pk}/parts/windows/", grid(reporting.rows_for("windows")))
    names = ("城东营业厅.png", "城东营业厅-2.png", "城西营业厅.png", "不认识.png")
    photos = [uploaded(reporting.png(n), name) for n, name in enumerate(names)]
    answer = client.post(
        f"/filings/{filing.pk}/parts/windows/photos/", {"photos": photos}, follow=True
    )
    assert "已对应3张照片" in answer.content.decode()
    assert "对不上：不认识.png" in answer.content.decode()
    version = Filing.objects.get().current_version
    held = sorted((a.row_key, a.file.name) for a in version.attachments.select_related("file"))
    assert held == [("k0", names[1]), ("k0", names[0]), ("k1", names[2])]
    assert not next(
        part
        for part in client.get(f"/filings/{filing.pk}/edit/").context["result"].parts
        if part.part.code == "windows"
    ).hard


# --- Workbooks ------------------------------------------------------------------------------------


def workbook(code, rows):
    part = next(p for p in parts.in_force([code], on=NOW.date()))
    return uploaded(part.form.template(rows), "名单.xlsx")


def test_a_template_goes_out_and_comes_back_filled_in(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    base = f"/filings/{filing.pk}"
    template = client.get(f"{base}/parts/leading_group/template.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(template.content)).active
    assert [cell.value for cell in sheet[3]][:3] == ["姓名*", "职务*", "小组职务*"]
    sent = {"workbook": workbook("leading_group", reporting.rows_for("leading_group"))}
    preview = client.post(f"{base}/parts/leading_group/upload/", sent)
    page = client.get(preview["Location"]).content.decode()
    assert "周晓岚" in page
    assert "采用这些内容" in page
    client.post(f"{preview['Location']}confirm/")
    assert len(Filing.objects.get().current_version.rows("leading_group")) == 3


def test_errors_are_named_by_cell_and_marked_in_a_copy(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    rows = reporting.rows_for("leading_group")
    rows[0]["phone"], rows[2]["duty"] = "12", ""
    sent = {"workbook": workbook("leading_group", rows)}
    answer = client.post(f"/filings/{filing.pk}/parts/leading_group/upload/", sent)
    page = client.get(answer["Location"])
    assert page.status_code == 422
    for told in ("E4", "C6", "“12”不是电话号码", "下载标注错误的表", "采用这些内容"):
        assert told in page.content.decode()
    assert client.post(f"{answer['Location']}confirm/").status_code == 409
    copy = client.get(f"{answer['Location']}errors.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(copy.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment]
    assert [cell.coordinate for cell in cells] == ["E4", "C6"]


def test_a_hostile_file_ends_in_a_page_that_says_so_and_nothing_is_kept(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    sent = {"workbook": uploaded(b"PK\x03\x04" + b"\0" * 90, "名单.xlsx")}
    answer = client.post(f"/filings/{filing.pk}/parts/leading_group/upload/", sent)
    assert answer.status_code == 422
    assert "没有被采用，也没有保存" in answer.content.decode()
    assert not PartUpload.objects.exists()


def test_somebody_elses_upload_is_not_there(client, campaign, people):
    client.force_login(people["filer"])
    filing = begun(client, campaigns.duty(campaign))
    sent = {"workbook": workbook("leading_group", reporting.rows_for("leading_group"))}
    url = client.post(f"/filings/{filing.pk}/parts/leading_group/upload/", sent)["Location"]
    client.force_login(accounts.member("CSG-HI", "company_filer"))
    for page in (url, f"{url}errors.xlsx"):
        assert client.get(page).status_code == 404
    assert client.post(f"{url}confirm/").status_code == 404


@pytest.mark.parametrize(
    ("code", "personal"),
    [("leading_group", ("name", "phone")), ("demonstration_points", ("person", "phone"))],
)
def test_who_only_looks_on_sees_no_names_in_a_draft(client, duty, people, code, personal):
    filing = reporting.started(duty, by=people["filer"])
    reporting.fill(filing, by=people["filer"])
    rows = reporting.rows_for(code)
    secrets = [row[key] for row in rows for key in personal if row.get(key)]
    assert len(secrets) >= 2
    address = f"/filings/{filing.pk}/parts/{code}/"
    client.force_login(people["filer"])
    assert all(secret in client.get(address).content.decode() for secret in secrets)
    client.force_login(accounts.member("CSG-GD", "company_viewer"))
    page = client.get(address).content.decode()
    assert [secret for secret in secrets if secret in page] == []


def test_a_filer_of_another_company_who_may_look_on_here_opens_no_upload(client, duty, people):
    client.force_login(people["filer"])
    filing = begun(client, duty)
    sent = {"workbook": workbook("leading_group", reporting.rows_for("leading_group"))}
    url = client.post(f"/filings/{filing.pk}/parts/leading_group/upload/", sent)["Location"]
    onlooker = accounts.member("CSG-HI", "company_filer")
    services.appoint(
        user=onlooker,
        organisation=duty.organisation,
        role="company_viewer",
        by=None,
        now=accounts.LONG_AGO,
    )
    client.force_login(onlooker)
    assert client.get(f"/filings/{filing.pk}/edit/").status_code == 200
    for page in (url, f"{url}errors.xlsx"):
        assert client.get(page).status_code == 404
    assert client.post(f"{url}confirm/").status_code == 404


# --- Deadlines, refusals, work --------------------------------------------------------------------


def test_a_report_after_the_deadline_says_late_everywhere(client, duty, people):
    filing = reporting.filed(duty, state="certifying")
    with clock.standing_at(duty.due_at + timedelta(seconds=1)):
        client.force_login(people["lead"])
        assert "已超过截止时间" in client.get(f"/filings/{filing.pk}/certify/").content.decode()
        answer = certified(client, filing)
        assert "逾期报送" in client.get(answer["Location"]).content.decode()
        client.force_login(people["officer"])
        for page in ("/filings/review/", f"/filings/{filing.pk}/"):
            assert "逾期报送" in client.get(page).content.decode()
        rows = client.get("/filings/review/?view=all&late=1").context["rows"]
        assert [row.duty.pk for row in rows] == [duty.pk]


@pytest.mark.parametrize("sent", [{}, {"digest": ""}, {"digest": "0" * 64}])
def test_certifying_what_was_not_shown_is_refused(client, duty, people, sent):
    filing = reporting.filed(duty, state="certifying")
    client.force_login(people["lead"])
    answer = client.post(f"/filings/{filing.pk}/submit/", {"confirm": "1"} | sent)
    assert answer.status_code == 409
    assert "重新核对" in answer.content.decode()
    assert not Receipt.objects.exists()


def test_a_refused_act_is_shown_with_its_reason(client, duty, people):
    filing = reporting.filed(duty, state="certifying")
    client.force_login(people["filer"])
    page = client.get(f"/filings/{filing.pk}/certify/").content.decode()
    assert "由广东电网公司具有“企业复核认证并报送”权限的人员办理" in page
    assert 'name="confirm"' not in page


@pytest.mark.parametrize(
    ("state", "role", "group"),
    [
        ("draft", "company_filer", "mine"),
        ("certifying", "company_filer", "others"),
        ("certifying", "company_lead", "mine"),
        ("submitted", "company_filer", "others"),
        ("returned", "company_filer", "mine"),
    ],
)
def test_the_desk_tells_each_what_waits_for_them(duty, state, role, group):
    from reporting.work import items

    reporting.filed(duty, state=state)
    person = accounts.member("CSG-GD", role)
    found = [item for item in items(person, now=NOW) if "报告启动部署情况" in item.title]
    assert [item.group for item in found] == [group]


def test_the_companys_list_counts_what_it_shows(client, duty, people):
    reporting.filed(duty, state="returned")
    client.force_login(people["filer"])
    for view in ("todo", "certify", "sent", "returned", "overdue", "accepted", "all"):
        answer = client.get(f"/filings/?view={view}")
        tab = next(tab for tab in answer.context["tabs"] if tab.current)
        assert tab.count == len(answer.context["rows"])


def test_search_finds_filings_and_receipts_in_sight_only(client, duty, people):
    reporting.filed(duty)
    found = {}
    for name, person in {
        "officer": people["officer"],
        "other": accounts.member("CSG-HI", "company_filer"),
    }.items():
        client.force_login(person)
        found[name] = client.get("/search/", {"q": "南电监收"}).content.decode()
    assert "南电监收〔2011〕1号" in found["officer"]
    assert "南电监收〔2011〕1号" not in found["other"]


def test_taking_a_photo_off_is_for_the_draft_only(client, duty, people):
    filing = reporting.filed(duty, state="draft")
    client.force_login(people["filer"])
    version = Filing.objects.get().current_version
    first, second = version.attachments.filter(part="windows")
    assert client.post(f"/filings/{filing.pk}/files/{first.pk}/remove/").status_code == 302
    reporting.attach(
        filing, "windows", reporting.png(3), "新.png", by=people["filer"], row_key=first.row_key
    )
    reporting.played(filing, "submitted")
    assert client.post(f"/filings/{filing.pk}/files/{second.pk}/remove/").status_code == 409
    assert version.attachments.filter(pk=second.pk).exists()


def test_notices_of_a_returned_filing_lead_to_it(client, duty, people):
    filing = reporting.filed(duty, state="returned")
    notice = Letter.objects.get(
        kind="filing.returned", channel="notice", recipient_id=people["filer"].pk
    )
    assert notice.url == f"/filings/{filing.pk}/"
    client.force_login(people["filer"])
    assert "已退回补正，请于 2011-11-25 23:59 前重报" in client.get(notice.url).content.decode()


def test_every_write_leaves_a_trace(client, duty, people):
    reporting.filed(duty, state="accepted")
    kinds = set(
        AuditEvent.objects.filter(kind__startswith="filing.").values_list("kind", flat=True)
    )
    assert {
        "filing.start",
        "filing.attach",
        "filing.request_certification",
        "filing.submit",
        "filing.receipt",
        "filing.receive",
        "filing.accept",
    } <= kinds


def test_only_pictures_are_shown_as_pictures(client, campaign):
    duty = campaigns.duty(campaign, code="issue-plan", organisation="SERC-NF")
    filing = reporting.started(duty)
    reporting.fill(filing)
    version = Filing.objects.get(pk=filing.pk).current_version
    row = version.rows("issued_plan")[0]["_key"]
    by = reporting.filer(filing.organisation)
    reporting.attach(filing, "issued_plan", reporting.docx(), "印发件.docx", by=by, row_key=row)
    reporting.played(filing, "submitted")
    client.force_login(by)
    html = client.get(f"/filings/{filing.pk}/").content.decode()
    assert "印发件.docx" in html
    assert "<img" not in html[html.index("<main") :]
