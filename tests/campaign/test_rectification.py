"""The rectification ledger: what opens an item, who moves it, and what opens it again."""

import html
import io
import re
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from campaign import rectification_rehearsal
from campaign import rectification_sheets as sheets
from campaign.models import RectificationItem
from campaign.services import rectification, rulemaking
from campaign.services import rectification_checks as checks
from campaign.services import rectification_moves as moves
from campaign.services import rectification_reminding as reminding
from core import clock, outbox
from core.errors import Refused
from core.models import Letter
from tests.factories import accounts
from tests.factories.campaign import LAUNCH, launched_campaign
from tests.factories.complaints import received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = clock.at(date(2011, 12, 1), 9)


@pytest.fixture
def campaign(catalogues):
    return launched_campaign(LAUNCH)


def opened(campaign=None, *, unit="CSG-GD-ZQ", by=None, now=NOW, **more):
    told = {
        "source_kind": "inspection",
        "source_ref": "检查〔2011〕3号",
        "problem": "抢修到达时限未公示",
        "requirement": "在营业厅公示并报送照片",
        "due_on": date(2011, 12, 20),
        **more,
    }
    return rectification.open_item(
        campaign=campaign, unit=accounts.organisation(unit), by=by, now=now, **told
    )


def test_a_problem_enters_the_ledger_once_with_a_number_a_date_and_letters(campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    filer = accounts.member("CSG-GD-ZQ", "company_filer")
    item = opened(campaign, by=officer, source_key="finding:1")
    assert (item.number, item.state) == ("NF-2011-0001", "open")
    assert item.regulator.code == "SERC-NF"
    assert item.due_at == clock.at(date(2011, 12, 20), 23, 59, 59)
    assert [line["value"] for line in item.due_explanation][0] == "2011-12-20"
    letters = Letter.objects.filter(recipient_id=filer.pk, kind="rectification.opened")
    assert sorted(letters.values_list("channel", flat=True)) == ["mail", "notice"]
    assert opened(campaign, by=officer, source_key="finding:1") == item
    other = opened(campaign, by=officer, unit="CSG-YN-KM", problem="电话 13812345678", due_on=None)
    # In Yunnan another office supervises; its numbers are its own. 30 days after 1 December 2011
    # is Saturday the 31st, on which people worked for the holiday after it.
    assert (other.regulator.code, other.number) == ("SERC-YN", "YN-2011-0001")
    assert other.due_at == clock.at(date(2011, 12, 31), 23, 59, 59)
    assert other.problem == "电话 138****5678"


def closed_item(now=NOW, **place):
    """An item written off, by the real moves."""
    filer = accounts.member("CSG-GD-ZQ", "company_filer")
    officer = accounts.member("SERC-NF", "regulator_officer")
    item = opened(by=officer, now=now, **place)
    item = moves.plan(
        item=item,
        measure="更换配变",
        responsible_unit=item.unit,
        responsible_person=filer,
        by=filer,
        now=now,
    )
    item = moves.report_done(item=item, text="已完成", by=filer, now=now, uploads=[paper()])
    item = checks.verify(item=item, text="现场核实", by=officer, now=now)
    return checks.close(item=item, text="", by=officer, now=now)


def paper():
    content = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    content.name = "evidence.pdf"
    return content


def complained(day, **fields):
    """A complaint that came in and was found true on a day."""
    at = clock.at(day, 10)
    told = {"outcome": "substantiated", "state": "closed", "closed_at": at, **fields}
    received(received_at=at, **told)
    outbox.run_due(now=at)


def test_a_new_verified_complaint_of_the_same_area_opens_the_item_again(catalogues):
    item = closed_item(transformer_area="贞山3#公变", feeder="10kV贞山线")
    # 60 days after 1 December 2011 is 30 January 2012, a Monday after the Spring Festival.
    assert item.look_back_due_at == clock.at(date(2012, 1, 30), 23, 59, 59)
    complained(date(2011, 12, 10), transformer_area="贞山3号台区", outcome="unsubstantiated")
    complained(date(2011, 12, 11), transformer_area="贞山4号台区")
    complained(date(2011, 12, 12), transformer_area="贞山3号台区", nature="enquiry")
    # 90 days after 1 December 2011 is 29 February 2012; a day later is too late.
    item.refresh_from_db()
    assert item.state == "closed"
    complained(date(2012, 2, 29), transformer_area="贞山3号公变台区", number="12398-7")
    item.refresh_from_db()
    assert (item.state, item.reopen_count, item.closed_at) == ("working", 1, None)
    entry = item.entries.get(act="reopen")
    assert (entry.by, entry.data["case_number"]) == (None, "12398-7")
    # 30 days after 29 February is Friday, 30 March.
    assert item.due_at == clock.at(date(2012, 3, 30), 23, 59, 59)
    assert Letter.objects.filter(kind="rectification.reopen", channel="notice").exists()


def test_a_second_look_leaves_the_item_closed_or_begins_again(catalogues):
    lasting, relapsed = closed_item(), closed_item()
    # Somebody of the office looks again, who did not do the work.
    looker = accounts.member("SERC-NF", "regulator_officer")
    at = clock.at(date(2012, 1, 30), 10)
    lasting = checks.look_back(item=lasting, kept=True, text="未见反弹", by=looker, now=at)
    assert (lasting.state, lasting.looked_back_at) == ("closed", at)
    relapsed = checks.look_back(
        item=relapsed, kept=False, text="问题反弹", due_on=date(2012, 2, 20), by=looker, now=at
    )
    assert (relapsed.state, relapsed.reopen_count) == ("working", 1)
    assert relapsed.entries.get(act="look_back").data == {"lasting": False}


def test_a_complaint_too_late_or_elsewhere_opens_nothing(catalogues):
    item = closed_item(feeder="10kV贞山线")
    complained(date(2012, 3, 1), feeder="10kV贞山线路")
    at = clock.at(date(2011, 12, 20), 10)
    told = {"outcome": "substantiated", "state": "closed", "closed_at": at}
    received(
        owner="SERC-YN",
        organisation="CSG-YN-KM",
        received_at=at,
        feeder="10kV贞山线",
        **told,
    )
    outbox.run_due(now=at)
    item.refresh_from_db()
    assert item.state == "closed"


def post(client, user, item, act, **said):
    client.force_login(user)
    return client.post(f"/rectification/{item.pk}/{act}/", said)


def page(client, user, url):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return text_of(response)


@pytest.mark.clause("S1-3.3.6(1)b", "S1-5.2c", "S2-7.6")
def test_a_problem_goes_through_the_pages_from_discovery_to_write_off(client, campaign):
    """Problem, unit, measure, person, date, evidence, check by a second person, write-off."""
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    filer = accounts.member("CSG-GD-ZQ", "company_filer", name="张整改")
    stranger = accounts.member("CSG-GX", "company_filer")
    with clock.standing_at(NOW):
        client.force_login(officer)
        begun = text_of(client.get("/rectification/new/?unit=CSG-GD-ZQ&problem=抢修慢"))
        assert "抢修慢" in begun
        assert re.search(r'<option value="\d+" selected>肇庆供电局', begun)
        said = {"units": [accounts.organisation("CSG-GD-ZQ").pk], "campaign": campaign.pk}
        said |= {"source_kind": "inspection", "problem": "抢修到达时限未公示"}
        said |= {"due_on": "2011-12-20"}
        response = client.post("/rectification/new/", said)
        item = RectificationItem.objects.get()
        assert response["Location"] == f"/rectification/{item.pk}/"
        # Nobody else's.
        assert post(client, stranger, item, "progress", text="x").status_code == 404
        # The regulator does not do the company's work, and the company does not check itself.
        assert post(client, officer, item, "plan", measure="公示").status_code == 422
        said = {"measure": "一周内全部公示", "responsible": f"{item.unit_id}-{filer.pk}"}
        assert post(client, filer, item, "plan", **said).status_code == 302
        assert post(client, officer, item, "comment", text="请同步公示投诉电话").status_code == 302
        assert post(client, officer, item, "urge", text="").status_code == 302
        done = {"text": "已公示", "uploads": paper()}
        assert post(client, filer, item, "progress", text="已张贴", percent=50).status_code == 302
        refused = post(client, filer, item, "report", text="已完成")
        assert (refused.status_code, "请上传整改佐证材料" in text_of(refused)) == (409, True)
        assert post(client, filer, item, "report", **done).status_code == 302
        assert post(client, filer, item, "verify", text="可以").status_code == 409
        assert post(client, officer, item, "verify", text="现场核实").status_code == 302
        # Where the office's rules part the two, who checked does not write off.
        rule = {"values": {"rect_second_close": 1}, "document_number": "南电监规〔2011〕1号"}
        told = {"organisation": item.regulator, "valid_from": clock.day_of(NOW), "now": NOW}
        rulemaking.lay_down_rules(by=officer, **rule, **told)
        refused = post(client, officer, item, "close")
        assert (refused.status_code, "由另一人办理" in text_of(refused)) == (409, True)
        assert post(client, lead, item, "close").status_code == 302
        shown = page(client, filer, f"/rectification/{item.pk}/")
    for words in ("已销号", "一周内全部公示", "张整改", "请同步公示投诉电话", "催办", "现场核实"):
        assert words in shown
    item.refresh_from_db()
    assert (item.reported_by, item.verified_by, item.closed_by) == (filer, officer, lead)
    urged = Letter.objects.filter(kind="rectification.urge", recipient_id=filer.pk)
    assert {one.channel for one in urged} == {"mail", "notice"}
    assert "抢修到达时限" not in "".join(urged.values_list("body", flat=True))


def test_lists_figures_and_the_workbook_say_the_same(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    days = [date(2011, 12, 2), date(2011, 12, 20), date(2012, 1, 20), date(2012, 3, 1)]
    made = [opened(campaign, by=officer, due_on=day, problem=f"问题{day}") for day in days]
    closed_item()
    # On 1 February 2012 the three days are 61, 43 and 12 days ago; the fourth lies ahead.
    with clock.standing_at(clock.at(date(2012, 2, 1), 10)):
        shown = page(client, officer, "/rectification/?view=ageing")
        cells = re.findall(r'<td class="num"[^>]*>(?:<a href="([^"]*)">)?(\d+)', shown)
        assert [number for _url, number in cells] == ["5", "1", "1", "1", "1", "0", "1", "0"]
        for url, number in cells:
            if url:
                rows = page(client, officer, "/rectification/" + html.unescape(url))
                assert rows.count("<tr data-row") == int(number), url
        narrowed = page(client, officer, "/rectification/?view=ageing&text=2011-12-02")
        (url,) = re.findall(r'<td class="num"[^>]*><a href="([^"]*)">1</a>', narrowed)[1:]
        rows = page(client, officer, "/rectification/" + html.unescape(url))
        assert rows.count("<tr data-row") == 1
        # What a subordinate office watches over is in the list, not among one's own on the desk.
        opened(unit="CSG-YN-KM", by=accounts.member("SERC-YN", "regulator_officer"), due_on=days[0])
        desk = page(client, officer, "/")
        url = re.search(r'href="([^"]*)"[^>]*>(?:(?!</a>).)*3项整改逾期', desk, re.S)[1]
        rows = page(client, officer, html.unescape(url))
        assert rows.count("<tr data-row") == 3
        late = page(client, officer, "/rectification/?view=overdue")
        assert late.count("<tr data-row") == 4
        assert [f"逾期{days}日" in late for days in (61, 43, 12)] == [True] * 3
        book = client.get("/rectification/ledger.xlsx?view=overdue")
        sheet = load_workbook(io.BytesIO(book.content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head = next(row for row in rows if "存在问题" in row)
        problems = {row[head.index("存在问题")] for row in rows[rows.index(head) + 1 :]}
        assert {one.problem for one in made[:3]} <= problems
        assert made[3].problem not in problems
        # On its own day nothing is late: the company's desk says so too.
        desk = page(client, accounts.member("CSG-GD-ZQ", "company_filer"), "/")
        assert made[0].number in desk


def test_a_ledger_is_taken_in_whole_or_not_at_all(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    head = [column.label for column in sheets.form().columns]

    def upload(*rows):
        book = Workbook()
        book.active.title = "整改台账"
        for row in (head, *rows):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        out.seek(0)
        out.name = "台账.xlsx"
        said = {"campaign": campaign.pk, "upload": out}
        return client.post("/rectification/import/", said)

    def row(unit, problem, day):
        return [unit, "企业自查", "", problem, "", "", "", "贞山3号台区", day]

    with clock.standing_at(NOW):
        client.force_login(officer)
        good = row("CSG-GD-ZQ", "台区未轮换", date(2011, 12, 30))
        wrong = upload(good, row("没有的单位", "x", date(2011, 12, 30)))
        assert wrong.status_code == 422
        assert "A3" in text_of(wrong)
        assert not RectificationItem.objects.exists()
        wrong = upload(good, row("CSG-GD-ZQ", "x", date(2011, 11, 30)))
        assert (wrong.status_code, "I3" in text_of(wrong)) == (422, True)
        assert upload(good).status_code == 302
        # The same file once more is no second problem.
        again = upload(good)
        assert (again.status_code, "NF-2011-0001重复" in text_of(again)) == (422, True)
        far = upload(row("CSG-GD-ZQ", "x", date(2031, 1, 1)))
        assert (far.status_code, "I2" in text_of(far)) == (422, True)
        item = RectificationItem.objects.get()
        assert (item.source_kind, item.transformer_area) == ("self_inspection", "贞山3号台区")
        assert client.get("/rectification/import/template.xlsx").status_code == 200


@pytest.mark.clause("S1-3.3.6(1)b")
def test_the_ledger_as_it_was_handed_out_is_taken_in_as_it_is(client, campaign):
    """Columns that it alone has are passed over; what is settled is no new problem."""
    with clock.standing_at(NOW):
        for problem in ("台区未轮换", "窗口未公示"):
            closed_item(problem=problem)
        opened(campaign, problem="电压监测点不足")
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        book = load_workbook(io.BytesIO(client.get("/rectification/ledger.xlsx?view=all").content))
        sheet = book.active
        head = {cell.value: cell.column for cell in sheet[1]}

        def upload():
            out = io.BytesIO()
            book.save(out)
            out.seek(0)
            out.name = "台账.xlsx"
            said = {"campaign": campaign.pk, "upload": out}
            return client.post("/rectification/import/", said, follow=True)

        # What is still open is its own twin, as ever.
        twin = upload()
        assert twin.status_code == 422
        assert "NF-2011-0003重复" in text_of(twin)
        sheet.cell(4, head["存在问题"]).value = "低电压台区未治理"
        done = text_of(upload())
        assert "已导入1条" in done
        assert "已销号2条" in done
        assert RectificationItem.objects.filter(problem="低电压台区未治理").count() == 1
        assert RectificationItem.objects.count() == 4
        # A column that is none of the ledger's is a mistake as before.
        sheet.cell(1, len(head) + 1).value = "备注"
        strange = upload()
        assert strange.status_code == 422
        assert "模板中没有“备注”这一列" in text_of(strange)


def test_people_are_reminded_before_the_day_and_once_after_it(campaign):
    filer = accounts.member("CSG-GD-ZQ", "company_filer")
    # Everybody of the office who checks: also who launched the campaign.
    officer, other = accounts.member("SERC-NF", "regulator_officer"), campaign.launched_by
    item = opened(campaign, by=officer)
    # The rehearsal foretells exactly what is then sent.
    foretold = [
        (line.kind, line.when, line.to)
        for line in rectification_rehearsal.ledger_reminders(campaign, now=NOW)
    ]
    late = clock.at(date(2011, 12, 21), 9)
    assert sorted(foretold) == sorted(
        [
            ("reminder", clock.at(date(2011, 12, 15), 9), filer.username),
            *(("escalation", late, one.username) for one in (filer, officer, other)),
        ]
    )

    # Before working hours what is due by then goes at their beginning.
    for day, kind in ((date(2011, 12, 16), "reminder"), (date(2011, 12, 22), "escalation")):
        early = rectification_rehearsal.ledger_reminders(campaign, now=clock.at(day, 3))
        assert {one.when for one in early if one.kind == kind} == {clock.at(day, 9)}

    def heard(kind):
        letters = Letter.objects.filter(kind=f"rectification.{kind}", channel="notice")
        return set(letters.values_list("recipient_id", flat=True))

    # Five days before 20 December at nine, and not a minute before.
    reminding.remind(now=clock.at(date(2011, 12, 15), 8, 59))
    assert heard("reminder") == set()
    for minute in (0, 1):
        reminding.remind(now=clock.at(date(2011, 12, 15), 9, minute))
    assert heard("reminder") == {filer.pk}
    reminding.remind(now=clock.at(date(2011, 12, 20), 23))
    assert heard("overdue") == set()
    for day in (21, 22):
        reminding.remind(now=clock.at(date(2011, 12, day), 9))
    assert heard("overdue") == {filer.pk, officer.pk, other.pk}
    assert Letter.objects.filter(kind="rectification.overdue", channel="notice").count() == 3
    assert RectificationItem.objects.overdue(now=clock.at(date(2011, 12, 21), 9)).get() == item


@pytest.mark.clause("S1-5.4c")
def test_a_requirement_of_the_last_stage_becomes_an_item_of_each_company(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    units = [accounts.organisation(code) for code in ("CSG-GD", "CSG-YN")]
    said = {"units": [one.pk for one in units], "campaign": campaign.pk, "problem": "抢修不及时"}
    said |= {"source_kind": "requirement", "due_on": "2013-03-31"}
    with clock.standing_at(clock.at(date(2012, 12, 10), 9)):
        client.force_login(officer)
        # A requirement is stated in a document.
        assert client.post("/rectification/new/", said).status_code == 422
        said |= {"source_ref": "南电监供电〔2012〕21号", "requirement": "城区四十五分钟内到场"}
        assert client.post("/rectification/new/", said).status_code == 302
    items = {item.unit.code: item for item in RectificationItem.objects.all()}
    assert set(items) == {"CSG-GD", "CSG-YN"}
    for item in items.values():
        assert (item.source_kind, item.source_ref) == ("requirement", "南电监供电〔2012〕21号")
        assert item.due_at == clock.at(date(2013, 3, 31), 23, 59, 59)
    # Each is checked by the office that supervises the company in the campaign.
    assert items["CSG-YN"].regulator.code == "SERC-YN"


def test_what_is_pressed_twice_happens_once(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    with clock.standing_at(NOW):
        client.force_login(officer)
        mark = client.get("/rectification/new/").context["form"]["client_id"].value()
        said = {"units": [accounts.organisation("CSG-GD-ZQ").pk], "campaign": campaign.pk}
        said |= {"source_kind": "inspection", "problem": "抢修慢", "due_on": "2011-12-20"}
        for _time in range(2):
            assert client.post("/rectification/new/", said | {"client_id": mark}).status_code == 302
        item = RectificationItem.objects.get()
        for words in ("请抓紧", "请抓紧", "并报送照片"):
            assert post(client, officer, item, "urge", text=words).status_code == 302
    assert list(item.entries.filter(act="urge").values_list("text", flat=True)) == [
        "请抓紧",
        "并报送照片",
    ]
    item.refresh_from_db()
    assert item.urge_count == 2


def test_only_the_extension_that_was_read_is_granted(client, campaign):
    """One leader has the page open while another refuses, and the unit asks for much more."""
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    filer = accounts.member("CSG-GD-ZQ", "company_filer")
    item = opened(campaign, by=officer)

    def ask(day):
        more = {"due_on": day, "reason": "材料未到货"}
        assert post(client, filer, item, "ask_extension", **more).status_code == 302

    def read():
        client.force_login(lead)
        acts = client.get(f"/rectification/{item.pk}/").context["acts"]
        form = next(one["form"] for one in acts if one["act"] == "grant_extension")
        return form["asked"].value()

    with clock.standing_at(NOW):
        ask("2011-12-25")
        first = read()
        no = {"asked": first, "grant": "0", "opinion": "理由不充分"}
        assert post(client, lead, item, "grant_extension", **no).status_code == 302
        ask("2012-01-10")
        late = post(client, lead, item, "grant_extension", asked=first, grant="1")
        assert (late.status_code, "另提了延期申请" in text_of(late)) == (409, True)
        item.refresh_from_db()
        assert item.due_at == clock.at(date(2011, 12, 20), 23, 59, 59)
        again = post(client, lead, item, "grant_extension", asked=read(), grant="1")
        assert again.status_code == 302
    item.refresh_from_db()
    assert item.due_at == clock.at(date(2012, 1, 10), 23, 59, 59)


def test_a_second_look_that_cannot_begin_again_leaves_no_trace(catalogues):
    item = closed_item()
    officer = accounts.member("SERC-NF", "regulator_officer")
    said = {"item": item, "kept": False, "text": "已反弹", "by": officer, "now": NOW}
    with pytest.raises(Refused):
        checks.look_back(**said, due_on=date(2011, 11, 30))
    item.refresh_from_db()
    assert (item.looked_back_at, item.entries.filter(act="look_back").exists()) == (None, False)
    assert checks.look_back(**said, due_on=date(2011, 12, 30)).state == "working"
