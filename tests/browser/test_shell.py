"""The shell under a person's hands: keys, menus, panels, and all of it without scripts too."""

import re

import pytest
from playwright.sync_api import expect

from core import outbox
from tests.browser.server import Visitor
from tests.browser.world import EVE
from tests.factories import accounts as people

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(transactional_db, catalogues, kickoff_eve):
    person = people.member("SERC-NF", "regulator_officer", name="监管专员")
    for number in (1, 2):
        outbox.post(
            key=f"test:{number}",
            channel="notice",
            kind="test",
            recipient=person,
            subject=f"第 {number} 条消息",
            body="内容",
            url="/help/desk/",
            now=EVE,
        )
    outbox.run_due(now=EVE)
    return person


@pytest.fixture
def page(visit, officer):
    visitor = visit(officer)
    visitor.open("/")
    return visitor.page


def test_the_slash_key_leads_to_the_search_field(page):
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="全站查找")).to_be_focused()
    page.keyboard.type("广东/广西")
    expect(page.get_by_role("searchbox", name="全站查找")).to_have_value("广东/广西")


def test_g_and_then_a_letter_goes_places(page):
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/notices/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_contain_text("上午好")


def test_j_k_and_enter_walk_and_open_rows(page):
    page.goto(page.url + "help/")
    first, second = page.locator("[data-row]").nth(0), page.locator("[data-row]").nth(1)
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/*/")


def test_the_question_mark_explains_the_keys(page):
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()


def test_the_menu_of_a_person_closes_by_escape_and_by_a_click_elsewhere(page):
    menu = page.locator(".menu")
    menu.locator("summary").click()
    expect(page.get_by_role("link", name="个人设置")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="个人设置")).to_be_hidden()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="个人设置")).to_be_hidden()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_text(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_refused_act_says_why_and_a_confirmed_one_asks_first(page):
    page.goto(page.url + "gallery/")
    refused = page.get_by_role("button", name="办结")
    expect(refused).to_have_attribute("aria-disabled", "true")
    expect(page.locator(f"#{refused.get_attribute('aria-describedby')}")).to_contain_text(
        "不能办结"
    )
    page.locator("#confirmed-act > summary").click()
    expect(page.get_by_text("报送后不能自行修改，确认报送？")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    expect(page.get_by_text("报送后不能自行修改，确认报送？")).to_be_hidden()


def test_a_deadline_explains_itself_on_demand(page):
    page.goto(page.url + "gallery/")
    page.get_by_text("期限依据").first.click()
    expect(page.get_by_text("办理程序第八条").first).to_be_visible()


def test_a_chosen_file_is_named_with_its_size(page):
    page.goto(page.url + "gallery/")
    page.set_input_files(
        "#id_sample", {"name": "窗口.xlsx", "mimeType": "x", "buffer": b"x" * 1048576}
    )
    expect(page.locator("[data-drop-chosen]")).to_have_text("窗口.xlsx · 1.00 MB")


def test_notices_are_read_and_the_bell_counts_down(page):
    # Two of the fixture, and that the person was appointed.
    expect(page.get_by_role("link", name="消息，3 条未读")).to_be_visible()
    page.goto(page.url + "notices/")
    page.get_by_role("button", name=re.compile("第 1 条消息")).click()
    page.wait_for_url("**/help/desk/")
    expect(page.get_by_role("link", name="消息，2 条未读")).to_be_visible()


def test_the_phone_has_a_bottom_bar_that_opens_the_whole_menu(visit, officer):
    visitor = visit(officer, 390)
    visitor.open("/")
    expect(visitor.page.locator(".rail")).to_be_hidden()
    visitor.page.locator(".bottom summary").tap()
    expect(visitor.page.locator(".more-panel").get_by_role("link", name="工作日历")).to_be_visible()
    assert visitor.overflow() == 0


def test_signing_in_and_out_works_without_scripts(browser, site, catalogues, kickoff_eve):
    people.member("CSG-GD", "company_viewer", username="reader", password=people.PASSWORD)
    visitor = Visitor(browser, site, scripts=False)
    page = visitor.page
    visitor.open("/")
    page.get_by_label("登录名").fill("reader")
    page.get_by_label("口令").fill(people.PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("上午好")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/accounts/login/**")
    visitor.close()


def test_error_pages_are_readable_and_lead_back(visit, officer):
    from tests.browser.server import assert_accessible

    visitor = visit(officer, 390)
    assert visitor.open("/no-such-page/") == 404
    assert_accessible(visitor.page)
    assert visitor.overflow() == 0
    visitor.page.get_by_role("link", name="回到工作台").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("上午好")
