"""Complaints without an account: sent in, followed by number and code, added to."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.models import Case, CaseAttachment, Submission
from complaints.services import public
from core import clock
from core.models import AuditEvent, Letter, StoredFile
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played
from tests.reading import text_of
from tests.workbooks import attachments

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
NEW, TRACK, CASE = (reverse(f"complaints:public_{page}") for page in ("new", "track", "case"))


@pytest.fixture(autouse=True)
def monday(catalogues):
    with clock.standing_at(MONDAY):
        yield


def form(**fields):
    """What a person types; the mark is what the page put into the form."""
    typed = {
        "ticket": public.new_ticket(),
        "nature": "complaint",
        "content": "家中连续三天停电，请尽快修复。我的电话13800001234",
        "respondent": "肇庆供电局",
        "happened_on": "2018-03-04",
        "region": "441200",
        "address": "肇庆市四会市贞山街道光明路8号",
        "name": "赵某某",
        "phone": "138-0000-1234",
        "consent": "on",
    }
    return {key: value for key, value in {**typed, **fields}.items() if value is not None}


def send(client, **fields):
    """Send the form in; the case and the code that the page shows."""
    answer = client.post(NEW, form(**fields))
    assert answer.status_code == 200, text_of(answer)
    code = re.search(r"\b([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})\b", text_of(answer))[1]
    return Case.objects.latest("pk"), code


def follow(client, case, code):
    return client.post(TRACK, {"number": case.number, "code": code})


def do(client, what, **fields):
    return client.post(reverse(f"complaints:public_{what}"), fields)


@pytest.mark.clause("S1-3.3.5(1)b")
def test_a_complaint_without_an_account_reaches_the_office_of_the_place(client):
    assert client.get(NEW).status_code == 200
    case, code = send(client)
    assert (case.number, case.source, case.channel) == ("WEB-20180305-0001", "web", "online")
    assert (case.owner.code, case.organisation.code, case.region_id) == (
        "SERC-NF",
        "CSG-GD-ZQ",
        "441200",
    )
    assert case.content == "发生时间：2018-03-04\n家中连续三天停电，请尽快修复。我的电话138****1234"
    assert case.complainant_phone == "138-0000-1234"
    # Nothing that opens the case is kept; how it came in is.
    everything = str(list(Case.objects.values())) + str(list(Submission.objects.values()))
    assert code not in everything
    assert code.replace("-", "") not in everything
    assert case.submission.consent == "2006-1"
    # Where somebody wrote from is no part of the trail.
    trace = AuditEvent.objects.get(kind="case.receive", target_id=str(case.pk))
    assert (trace.place, trace.actor) == ("public page", "")
    # Yunnan has an office of its own; where no rule covers the place the national one receives.
    elsewhere, _code = send(client, region="530000", respondent="某某小区物业")
    assert elsewhere.owner.code == "SERC-YN"
    assert elsewhere.organisation is None
    assert elsewhere.content.startswith("反映对象：某某小区物业")


def test_whoever_wants_to_stay_unknown_is_told_that_the_company_reads_the_words(client):
    assert "被反映的单位会看到您在“反映的事项”里写的话" in text_of(client.get(NEW))


def test_who_wants_to_stay_unknown_leaves_neither_name_nor_telephone(client):
    case, code = send(client, anonymous="on")
    assert (case.anonymous, case.complainant_name, case.complainant_phone) == (True, "", "")
    assert case.phone_index == ""
    assert follow(client, case, code).status_code == 302
    secret, _code = send(client, confidential="on", nature="report")
    assert (secret.confidential, secret.nature) == (True, "report")


def test_mistakes_come_back_beside_their_fields_with_everything_that_was_typed(client):
    answer = client.post(NEW, form(consent=None, phone="12", happened_on="2018-03-06", region="1"))
    shown = text_of(answer)
    assert answer.status_code == 422
    for words in (
        "请阅读个人信息处理说明并勾选同意。",
        "请填写手机号，或者带区号的固定电话。",
        "发生日期不能晚于今天。",
        "家中连续三天停电，请尽快修复。",
        "肇庆市四会市贞山街道光明路8号",
    ):
        assert words in shown
    unnamed = client.post(NEW, form(name="", phone=""))
    assert (unnamed.status_code, text_of(unnamed).count("请勾选“匿名提交”")) == (422, 4)
    assert not Case.objects.exists()


def test_a_machine_that_fills_in_every_field_is_refused(client):
    answer = client.post(NEW, form(homepage="http://spam.example"))
    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_a_form_sent_twice_is_one_case_with_the_same_code(client):
    sent = form()
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", text_of(first))[0]
    assert code in text_of(second)
    assert Case.objects.count() == 1
    with clock.standing_at(MONDAY + timedelta(minutes=11)):
        third = client.post(NEW, sent)
    assert code not in text_of(third)
    assert "WEB-20180305-0001" in text_of(third)


def test_a_mark_that_is_not_ours_or_too_old_is_renewed_and_nothing_is_lost(client, monkeypatch):
    answer = client.post(NEW, form(ticket="abc:def"))
    assert "页面停留时间过长，内容已保留，请再次提交。" in text_of(answer)
    assert answer.status_code == 422
    assert "家中连续三天停电" in text_of(answer)
    fresh = re.search(r'name="ticket" value="([^"]+)"', text_of(answer))[1]
    assert public.is_valid(fresh)
    monkeypatch.setitem(public.settings(), "ticket_hours", -1)
    assert not public.is_valid(fresh)


def test_an_address_can_send_only_so_many_and_is_told_what_to_do(client, monkeypatch):
    monkeypatch.setitem(public.settings(), "submissions_per_window", 2)
    send(client)
    send(client)
    answer = client.post(NEW, form())
    assert answer.status_code == 429
    assert "请30分钟后再提交，或拨打12398" in text_of(answer)
    assert "家中连续三天停电" in text_of(answer)
    assert Case.objects.count() == 2
    # Another address is not kept out.
    assert client.post(NEW, form(), REMOTE_ADDR="10.9.9.9").status_code == 200


def picture(name="现场.png"):
    return SimpleUploadedFile(name, attachments.png(), "image/png")


def test_files_are_checked_kept_and_opened_by_the_office_only(client, people):
    answer = client.post(NEW, form(files=[picture(), picture("表计.png")]))
    assert answer.status_code == 200
    case = Case.objects.get()
    kept = list(CaseAttachment.objects.filter(case=case).select_related("file"))
    assert [one.file.name for one in kept] == ["现场.png", "表计.png"]
    url = reverse("file", args=[kept[0].file.uuid])
    for person, status in ((people.officer, 200), (people.handler, 404), (people.stranger, 404)):
        client.force_login(person)
        opened = client.get(url)
        if opened.streaming:
            assert b"".join(opened.streaming_content) == attachments.png()
        assert opened.status_code == status
    client.logout()
    wrong = client.post(NEW, form(files=[SimpleUploadedFile("a.pdf", b"no pdf")]))
    assert (wrong.status_code, "不支持这种文件" in text_of(wrong)) == (422, True)
    many = client.post(NEW, form(files=[picture() for _one in range(4)]))
    assert (many.status_code, "最多可以上传3个附件" in text_of(many)) == (422, True)
    assert StoredFile.objects.count() == 2


@pytest.mark.clause("S1-3.3.5(1)b")
@pytest.mark.clause("S1-2.2.2g")
def test_number_and_code_open_the_progress_in_plain_words(client, people):
    case, code = send(client)
    assert client.get(CASE)["Location"] == TRACK
    answer = client.post(TRACK, {"number": "web-20180305-0001 ", "code": code.lower()})
    assert answer["Location"] == CASE
    shown = text_of(client.get(CASE))
    assert "您反映的事项已经登记，正在审核。" in shown
    assert "下一步：受理决定，最迟 2018-03-12。" in shown
    assert "13800001234" not in shown
    later = MONDAY + timedelta(hours=1)
    played(
        case,
        ("accept", people.officer, {"text": "内部意见不外传"}),
        ("verify", people.officer, {"outcome": "partly", "text": "内部核实不外传"}),
        ("inform", people.officer, {"text": "线路改造十日内完成"}),
        start=later,
    )
    with clock.standing_at(later):
        page = client.get(CASE)
    shown = text_of(page)
    assert "决定受理" in shown
    assert "线路改造十日内完成" in shown
    assert "不外传" not in shown
    assert people.officer.name not in shown
    assert "no-store" in page["Cache-Control"]
    do(client, "leave")
    assert client.get(CASE)["Location"] == TRACK


def test_a_wrong_code_is_answered_like_an_unknown_number_and_both_lock(client, monkeypatch):
    case, code = send(client)
    wrong = client.post(TRACK, {"number": case.number, "code": "AAAA-BBBB-CCCC"})
    unknown = client.post(TRACK, {"number": "WEB-20180305-0009", "code": "AAAA-BBBB-CCCC"})
    plain = [re.sub(r"WEB-\d+-\d+", "", text_of(answer)) for answer in (wrong, unknown)]
    assert plain[0] == plain[1]
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    monkeypatch.setitem(public.settings(), "guesses_per_number", 2)
    for number in (case.number, "WEB-20180305-0009"):
        client.post(TRACK, {"number": number, "code": "A"})
        locked = client.post(TRACK, {"number": number, "code": code})
        assert (locked.status_code, "请30分钟后再试" in text_of(locked)) == (429, True)
    with clock.standing_at(MONDAY + timedelta(minutes=31)):
        # A right code costs nothing, however often.
        for _time in range(4):
            assert follow(client, case, code).status_code == 302


def test_who_guesses_at_a_number_does_not_shut_its_complainant_out(client, monkeypatch):
    case, code = send(client)
    right = {"number": case.number, "code": code}
    statuses = [
        client.post(TRACK, {**right, "code": "A"}, REMOTE_ADDR="10.8.8.8").status_code
        for _time in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    assert client.post(TRACK, right, REMOTE_ADDR="10.8.8.8").status_code == 429
    assert client.post(TRACK, right, REMOTE_ADDR="10.9.9.9").status_code == 302
    # Many together are stopped, however many addresses they have.
    monkeypatch.setitem(public.settings(), "guesses_in_all", 12)
    from_elsewhere = [
        client.post(TRACK, {**right, "code": "A"}, REMOTE_ADDR=f"10.7.7.{last}").status_code
        for last in range(3)
    ]
    assert from_elsewhere == [422, 422, 429]


def test_an_address_that_guesses_is_locked_for_every_number(client, monkeypatch):
    case, code = send(client)
    monkeypatch.setitem(public.settings(), "guesses_per_address", 3)
    for number in range(3):
        client.post(TRACK, {"number": f"WEB-20180305-100{number}", "code": "A"})
    assert follow(client, case, code).status_code == 429
    assert (
        client.post(
            TRACK, {"number": case.number, "code": code}, REMOTE_ADDR="10.9.9.9"
        ).status_code
        == 302
    )


def test_an_opened_case_is_closed_after_a_while(client, monkeypatch):
    case, code = send(client)
    monkeypatch.setitem(public.settings(), "session_minutes", 0)
    follow(client, case, code)
    assert client.get(CASE)["Location"] == TRACK
    assert do(client, "withdraw", text="已经来电")["Location"] == TRACK


def test_words_and_files_are_added_and_the_office_is_told_without_them(client, people):
    case, code = send(client)
    follow(client, case, code)
    mark = client.get(CASE).context["supplement_form"]["client_id"].value()
    for _time in range(2):
        said = {"text": "又停电了，电话13800001234", "files": [picture()], "client_id": mark}
        assert do(client, "supplement", **said)["Location"] == CASE
    assert "又停电了，电话138****1234" in text_of(client.get(CASE))
    told = Letter.objects.filter(kind="case.supplement", recipient_id=people.officer.pk)
    assert {letter.channel for letter in told} == {"notice", "mail"}
    assert all("13800001234" not in letter.body for letter in told)
    assert case.attachments.count() == 1
    empty = do(client, "supplement", text="")
    assert (empty.status_code, "又停电了" in text_of(empty)) == (422, True)
    bad = do(client, "supplement", text="附表", files=[SimpleUploadedFile("x.exe", b"MZ")])
    assert (bad.status_code, "附表" in text_of(bad)) == (422, True)


def test_the_company_does_not_read_what_somebody_secret_adds(client, people):
    case, code = send(client, confidential="on")
    follow(client, case, code)
    do(client, "supplement", text="请勿告知供电局")
    client.force_login(people.handler)
    assert "请勿告知供电局" not in text_of(client.get(reverse("complaints:case", args=[case.pk])))
    client.force_login(people.officer)
    assert "请勿告知供电局" in text_of(client.get(reverse("complaints:case", args=[case.pk])))


def test_a_complaint_is_taken_back_a_report_is_not(client):
    case, code = send(client)
    follow(client, case, code)
    assert do(client, "withdraw", text="已经来电").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("withdrawn", "withdrawn")
    assert "该诉求已经撤回" in text_of(client.get(CASE))
    assert do(client, "withdraw", text="再撤").status_code == 409
    assert do(client, "supplement", text="再补").status_code == 409
    report, code = send(client, nature="report")
    follow(client, report, code)
    assert do(client, "withdraw", text="不举报了").status_code == 409
    report.refresh_from_db()
    assert report.state == "registered"


def closed(client, people, when, **fields):
    """A complaint that was handled to its end, opened by its code."""
    case, code = send(client, **fields)
    follow(client, case, code)
    played(
        case,
        ("accept", people.officer, {}),
        ("verify", people.officer, {"outcome": "partly", "text": "属实"}),
        ("inform", people.officer, {"text": "已处理"}),
        ("close", people.officer, {}),
        start=when,
    )
    return case, code


@pytest.mark.clause("S1-3.3.5(1)c")
def test_the_complainant_rates_once_after_closing(client, people):
    case, _code = closed(client, people, MONDAY + timedelta(hours=1))
    with clock.standing_at(MONDAY + timedelta(days=1)):
        assert do(client, "rate", satisfaction="nonsense").status_code == 422
        assert do(client, "rate", satisfaction="fairly", comment="来得慢").status_code == 302
        assert do(client, "rate", satisfaction="content").status_code == 409
    case.refresh_from_db()
    assert (case.satisfaction, case.rating.comment) == ("fairly", "来得慢")
    client.force_login(people.officer)
    with clock.standing_at(MONDAY + timedelta(days=1)):
        shown = text_of(client.get(reverse("complaints:case", args=[case.pk])))
    assert "诉求人评价" in shown
    assert "来得慢" in shown


def test_an_open_case_is_not_rated_and_the_old_procedure_knows_no_appeal(client, people):
    case, code = send(client)
    follow(client, case, code)
    assert do(client, "rate", satisfaction="content").status_code == 409
    assert do(client, "appeal", text="不服").status_code == 409
    assert "提出申诉" not in text_of(client.get(CASE))


def test_an_appeal_since_2025_is_followed_by_the_same_code(client, people):
    monday = at("2025-03-03 09:00")
    with clock.standing_at(monday):
        case, code = send(client, happened_on="2025-03-02")
        follow(client, case, code)
        handler, officer = people.handler, people.officer
        organisation = handler.home
        played(
            case,
            ("transfer", officer, {"organisation": organisation}),
            ("take", handler, {}),
            ("verify", handler, {"outcome": "unsubstantiated", "text": "未发现"}),
            ("inform", handler, {"text": "未发现问题"}),
            ("close", handler, {}),
            start=monday + timedelta(minutes=1),
        )
    with clock.standing_at(monday + timedelta(days=1)):
        assert "提出申诉" in text_of(client.get(CASE))
        assert do(client, "appeal", text="结论与事实不符").status_code == 302
        made = case.appeals.get()
        assert made.number in text_of(client.get(CASE))
        assert follow(client, made, code)["Location"] == CASE
        assert "结论与事实不符" not in text_of(client.get(CASE))
        assert "申诉" in text_of(client.get(CASE))
    assert (made.nature, made.owner.code) == ("appeal", "SERC-NF")


WORDS = "我是502的李阿姨，怕被报复"


def read_by_the_company(client, people, *pks):
    """All that the company of the case reads of it: list, pages, API."""
    client.force_login(people.handler)
    pages = [client.get(reverse("complaints:list") + "?view=all")]
    pages += [client.get(reverse("complaints:case", args=[pk])) for pk in pks]
    answer = Caller(issued("CSG-GD-ZQ")).get("/api/v1/hotline/cases/")
    return "".join(map(text_of, pages)) + json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize("secret", [{"confidential": "on"}, {}])
def test_the_company_reads_why_somebody_withdraws_only_where_they_are_no_secret(
    client, people, secret
):
    case, code = send(client, **secret)
    follow(client, case, code)
    played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": people.handler.home}),
        start=MONDAY,
        step=timedelta(0),
    )
    assert do(client, "withdraw", text=WORDS).status_code == 302
    told = read_by_the_company(client, people, case.pk)
    assert ("怕被报复" in told, "已撤诉" in told) == (not secret, True)
    client.force_login(people.officer)
    assert "怕被报复" in text_of(client.get(reverse("complaints:case", args=[case.pk])))


@pytest.mark.parametrize("secret", [{"confidential": "on"}, {}])
def test_the_company_reads_an_appeal_only_where_who_appeals_is_no_secret(client, people, secret):
    monday = at("2025-03-03 09:00")
    with clock.standing_at(monday):
        case, code = send(client, happened_on="2025-03-02", **secret)
        follow(client, case, code)
        played(
            case,
            ("transfer", people.officer, {"organisation": people.handler.home}),
            ("take", people.handler, {}),
            ("verify", people.handler, {"outcome": "unsubstantiated", "text": "未发现"}),
            ("inform", people.handler, {"text": "未发现问题"}),
            ("close", people.handler, {}),
            start=monday,
            step=timedelta(0),
        )
        assert do(client, "appeal", text=WORDS).status_code == 302
        made = case.appeals.get()
        told = read_by_the_company(client, people, case.pk, made.pk)
        assert ("怕被报复" in told, case.number in told) == (not secret, True)
        client.force_login(people.officer)
        assert "怕被报复" in text_of(client.get(reverse("complaints:case", args=[made.pk])))


def test_a_report_never_comes_into_sight_of_the_company_that_it_names(client, people):
    case, _code = send(client, nature="report")
    client.force_login(people.handler)
    assert client.get(reverse("complaints:case", args=[case.pk])).status_code == 404


def test_pages_ask_no_more_for_more_steps(client, people, django_assert_max_num_queries):
    case, code = send(client)
    follow(client, case, code)
    for number in range(8):
        do(client, "supplement", text=f"补充{number}")
    with django_assert_max_num_queries(24):
        client.get(CASE)


def test_a_name_is_something_that_can_be_read_and_a_day_one_that_was_lived(client):
    unseen = chr(0x202E) + chr(0x200B)
    answer = client.post(NEW, form(name=unseen))
    assert (answer.status_code, "请填写姓名" in text_of(answer)) == (422, True)
    for day in ("0001-01-01", "1899-12-31"):
        answer = client.post(NEW, form(happened_on=day))
        assert (answer.status_code, "发生日期" in text_of(answer)) == (422, True)
    assert not Case.objects.exists()
    assert client.post(NEW, form(name=f"赵{unseen}某")).status_code == 200
    assert Case.objects.get().complainant_name == "赵某"
