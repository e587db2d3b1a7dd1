"""The working calendar as a person uses it: see a year, paste a notice, preview, publish."""

from datetime import date

import pytest

from core import workdays
from tests.browser.server import assert_accessible
from tests.factories.accounts import member

pytestmark = pytest.mark.browser

NOTICE = (
    "一、元旦：1月1日（周日）至3日（周二）放假，共3天。\n"
    "二、春节：1月22日至28日放假调休，共7天。1月21日（周六）、1月29日（周日）上班。\n"
    "节假日期间，各地区要妥善安排好值班。"
)


def sound(visitor):
    """The page as it stands is accessible, fits the window and made no noise."""
    assert_accessible(visitor.page)
    assert visitor.overflow() <= 0
    assert visitor.wrong == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_keeper_publishes_a_year_from_the_pasted_notice(catalogues, kickoff_eve, visit, width):
    keeper = member("NEA-ROOT", "system_administrator")
    visitor = visit(keeper, width)
    page = visitor.page

    visitor.open("/workdays/2045/")
    assert "2045年放假安排尚未公布" in page.inner_text("main")
    sound(visitor)

    page.get_by_role("link", name="发布新版本").click()
    page.get_by_label("依据").fill("国务院办公厅关于2045年部分节假日安排的通知")
    page.get_by_label("放假和调休上班日期").fill("2045-02-30 放假 春节")
    page.get_by_role("button", name="预览变动").click()
    assert "第1行：没有这一天" in page.inner_text("main")
    sound(visitor)

    page.get_by_label("放假和调休上班日期").fill(NOTICE)
    page.get_by_role("button", name="预览变动").click()
    assert "各地区要妥善安排好值班" in page.inner_text(".notice")
    sound(visitor)

    page.get_by_role("button", name="确认发布并启用").click()
    page.wait_for_url("**/workdays/2045/")
    assert "已发布并启用" in page.inner_text(".toasts")
    assert page.locator("td.day-makeup").count() == 2
    # Read by ear, a day says its festival and that it is off.
    assert "春节 放假" in page.locator("td.day-holiday").nth(5).inner_text()
    sound(visitor)
    assert not workdays.calendar().is_workday(date(2045, 1, 23))


def test_versions_and_help_are_sound_too(catalogues, kickoff_eve, visit):
    for width in (1440, 390):
        visitor = visit(member("NEA-ROOT", "regulator_officer"), width)
        for path in ("/workdays/2012/", "/workdays/2012/versions/1/", "/help/workdays/"):
            assert visitor.open(path) == 200
            assert visitor.page.url.endswith(path)  # not the sign-in page
            sound(visitor)
