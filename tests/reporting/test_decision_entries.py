"""A wrong entry in a decision comes back with what was typed; a refused move stays a refusal."""

import re

import pytest

from core.models import AuditEvent
from reporting.models import Filing, Receipt, Review
from reporting.services import drafting
from tests.factories import reporting

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(duty, people):
    return reporting.filed(duty, state="received")


def decided(client, filing, people, decision, **sent):
    client.force_login(people["officer"])
    names = {name.replace("__", "-"): value for name, value in sent.items()}
    return client.post(f"/filings/{filing.pk}/decide/", names | {"decision": decision})


def error_at(html, field):
    """The words of the error tied to a field by aria-describedby."""
    tag = re.search(rf'<(?:input|textarea)[^>]*name="{field}"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in tag
    name = re.search(r'aria-describedby="(?:\S+ )*(\S+_error)"', tag)[1]
    block = re.search(rf'<div id="{name}">(.*?)</div>', html, re.DOTALL)[1]
    return re.sub(r"<[^>]+>", "", block).strip()


ALL_MARKED = {
    "deficient__windows": "1",
    "problem__windows": "照片看不清公示牌",
    "rule__windows": "五（一）3",
    "comment": "请尽快补正。",
}


@pytest.mark.parametrize(
    ("decision", "sent", "field", "told"),
    [
        ("return", {}, "deficient-leading_group", "至少要标出一项材料"),
        ("return", ALL_MARKED | {"problem__windows": " "}, "problem-windows", "须写明问题"),
        ("return", ALL_MARKED | {"rule__windows": ""}, "rule-windows", "须写明依据"),
        (
            "return",
            ALL_MARKED | {"problem__windows": "长" * 501},
            "problem-windows",
            "最多500字，现有501字。请缩短后再提交。",
        ),
        ("return", ALL_MARKED | {"comment": "长" * 2001}, "comment", "最多2000字，现有2001字"),
        ("return", ALL_MARKED | {"deficient__windows": ""}, "deficient-windows", "没有勾选"),
        ("accept", ALL_MARKED, "deficient-windows", "不能有待补正的材料"),
        ("accept", {"problem__windows": "照片"}, "deficient-windows", "清空问题"),
        ("accept", {"comment": "长" * 2001}, "comment", "最多2000字"),
    ],
)
def test_a_wrong_entry_comes_back_named_at_its_field(
    client, received, people, decision, sent, field, told
):
    answer = decided(client, received, people, decision, **sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in error_at(html, field)
    # The summary, which the script focuses or passes on to the first wrong field.
    assert "data-focus" in html
    for value in filter(None, map(str.strip, sent.values())):
        assert value in html
    assert Filing.objects.get().state == "received"
    assert not Review.objects.exclude(decision="received").exists()


def test_what_was_ticked_stays_ticked(client, received, people):
    answer = decided(client, received, people, "return", **ALL_MARKED | {"rule__windows": ""})
    ticks = re.findall(r'<input type="checkbox"[^>]*>', answer.content.decode())
    checked = [tick for tick in ticks if " checked" in tick]
    assert len(checked) == 1
    assert 'name="deficient-windows"' in checked[0]


def test_line_breaks_count_once_as_in_the_browser(client, received, people):
    problem = "照片看不清\r\n" * 83
    assert len(problem.replace("\r\n", "\n")) < 500 < len(problem)
    sent = ALL_MARKED | {"problem__windows": problem}
    answer = decided(client, received, people, "return", **sent)
    assert answer.status_code == 302
    assert "\r" not in Review.objects.get(decision="returned").deficient[0]["problem"]


def test_the_rule_is_proposed_and_may_be_changed(client, received, people):
    client.force_login(people["officer"])
    html = client.get(f"/filings/{received.pk}/").content.decode()
    tag = re.search(r'<input[^>]*name="rule-windows"[^>]*>', html)[0]
    assert 'value="监管专项行动工作方案' in tag


@pytest.mark.parametrize("decision", ["", "accept", "return"])
def test_a_decision_that_is_not_due_is_refused_and_not_asked_again(client, duty, people, decision):
    filing = reporting.filed(duty)
    answer = decided(client, filing, people, decision)
    assert answer.status_code == 409
    assert "当前状态为“已报送”" in answer.content.decode()


# --- The second person of the company -------------------------------------------------------------


def test_the_statement_that_was_not_ticked_is_asked_for_on_the_same_page(client, duty, people):
    filing = reporting.filed(duty, state="certifying")
    client.force_login(people["lead"])
    answer = client.post(
        f"/filings/{filing.pk}/submit/", {"digest": reporting.shown_digest(filing)}
    )
    assert answer.status_code == 422
    assert "勾选认证声明" in error_at(answer.content.decode(), "confirm")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(("reason", "told"), [(" ", "须写明理由"), ("长" * 501, "最多500字")])
def test_handing_back_without_a_fit_reason_asks_again(client, duty, people, reason, told):
    filing = reporting.filed(duty, state="certifying")
    client.force_login(people["lead"])
    answer = client.post(f"/filings/{filing.pk}/send-back/", {"reason": reason})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in error_at(html, "reason")
    assert reason.strip() in html
    assert Filing.objects.get().state == "certifying"


def test_who_may_not_certify_is_refused_before_anything_is_asked(client, duty, people):
    filing = reporting.filed(duty)
    client.force_login(people["lead"])
    answer = client.post(f"/filings/{filing.pk}/submit/", {})
    assert answer.status_code == 409
    assert "无需重复报送" in answer.content.decode()


def test_names_are_not_shown_without_a_purpose_which_is_asked_for(client, received, people):
    client.force_login(people["officer"])
    answer = client.post(f"/filings/{received.pk}/reveal/", {"version": "1", "purpose": " "})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "须写明用途" in error_at(html, "purpose")
    assert "林远山" not in html
    assert not AuditEvent.objects.filter(kind="filing.reveal").exists()


# --- The filer ------------------------------------------------------------------------------------


@pytest.fixture
def warned(duty, people):
    """A draft with one open warning: a window does not yet show 95598."""
    filing = reporting.filed(duty, state="draft")
    version = Filing.objects.get().current_version
    rows = version.rows("windows")
    rows[0]["shows_95598"] = False
    drafting.save_part(
        filing=filing,
        part="windows",
        rows=rows,
        seen=version.revisions["windows"],
        by=people["filer"],
        now=reporting.NOW,
    )
    return filing


@pytest.mark.parametrize(("reason", "told"), [(" ", "须说明理由"), ("长" * 501, "最多500字")])
def test_handing_over_without_a_fit_explanation_asks_at_the_warning(
    client, warned, people, reason, told
):
    client.force_login(people["filer"])
    page = f"/filings/{warned.pk}/check/"
    name = re.search(r'name="(reason-[^"]+)"', client.get(page).content.decode())[1]
    answer = client.post(page, {name: reason, "act": "request"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in error_at(html, name)
    assert "data-focus" in html
    assert reason.strip() in html
    version = Filing.objects.get().current_version
    assert (version.state, version.confirmed_warnings) == ("draft", {})


def test_an_explanation_may_be_saved_and_taken_back_before_handing_over(client, warned, people):
    client.force_login(people["filer"])
    page = f"/filings/{warned.pk}/check/"
    name = re.search(r'name="(reason-[^"]+)"', client.get(page).content.decode())[1]
    for reason in ("12月15日前补齐。", ""):
        assert client.post(page, {name: reason, "act": "save"}).status_code == 302
        kept = Filing.objects.get().current_version.confirmed_warnings
        assert list(kept.values()) == ([reason] if reason else [])


@pytest.mark.parametrize(("address", "field"), [("upload", "workbook"), ("photos", "photos")])
def test_an_upload_without_a_file_asks_for_one_on_the_same_page(
    client, duty, people, address, field
):
    filing = reporting.filed(duty, state="draft")
    client.force_login(people["filer"])
    answer = client.post(f"/filings/{filing.pk}/parts/windows/{address}/")
    assert answer.status_code == 422
    html = answer.content.decode()
    tag = re.search(rf'<input type="file"[^>]*name="{field}"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in tag
    assert "请先选择" in html
    # The rows that stand are still on the page.
    assert "城东营业厅" in html


def test_a_wrong_cell_says_how_to_mend_it(client, duty, people):
    filing = reporting.started(duty)
    client.force_login(people["filer"])
    sent = {"grid": "1", "seen": "0", "row": "k0", "r-k0-name": "岳凤林", "r-k0-phone": "12"}
    page = f"/filings/{filing.pk}/parts/leading_group/"
    client.post(page, sent)
    assert "手机填 11 位数字" in client.get(page).content.decode()
