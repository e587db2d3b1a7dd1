"""Pages of the working calendar: who may open them, what they show, how a version is published."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, workdays
from core.clock import at
from core.models import AuditEvent, CalendarVersion
from tests.factories.accounts import member

NOW = at(date(2026, 11, 22), 10)
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = (
    "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n"
    "二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月30日（周六）、2月14日（周日）上班。\n"
    "节假日期间，各地区要妥善安排好值班。"
)


@pytest.fixture(autouse=True)
def november_2026():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def keeper(catalogues, client):
    """A system administrator, signed in."""
    client.force_login(member("NEA-ROOT", "system_administrator"))
    return client


@pytest.fixture
def reader(catalogues, client):
    """Somebody of a company, who counts by the calendar but does not keep it."""
    client.force_login(member("NEA-ROOT", "regulator_officer"))
    return client


def page(client, name, *args, status=200):
    response = client.get(reverse(name, args=args))
    assert response.status_code == status
    return response.content.decode()


def send(client, step, *, year=2027, **changes):
    fields = {"source": SOURCE, "text": NOTICE, "based_on": 0, "step": step, **changes}
    return client.post(reverse("workdays_new", args=[year]), fields)


def cells(html, mark):
    """Days of the month of the sheet that carry a mark, in order of the year."""
    return [int(n) for n in re.findall(rf"day day-{mark}[^>]*><span>(\d+)</span>", html)]


def test_the_year_shows_holidays_and_make_up_days_by_word_and_shape(reader):
    html = page(reader, "workdays_year", 2012)
    # 21 and 29 January, 31 March, 1 and 28 April, 29 September.
    assert cells(html, "makeup") == [21, 29, 31, 1, 28, 29]
    assert cells(html, "holiday")[:10] == [1, 2, 3, 22, 23, 24, 25, 26, 27, 28]
    assert "mark-holiday" in html
    assert "元旦 放假" in html
    assert "国办发明电〔2011〕45号" in html
    assert ">2011-12-31</span>" in html  # in the arrangement, with its year
    assert ">03-31 — 04-01</span>" in html
    assert "尚未公布，本页为暂定" not in html


def test_december_2011_shows_the_day_that_the_notice_for_2012_made_a_working_day(reader):
    assert cells(page(reader, "workdays_year", 2011), "makeup")[-1] == 31


def test_working_days_of_a_year_are_counted(reader):
    # 2012 has 261 weekdays; the notice takes 18 of them off and has 6 weekend days worked.
    html = page(reader, "workdays_year", 2012)
    assert 'stat-value">249</b>' in html


def test_a_provisional_year_says_so(reader):
    html = page(reader, "workdays_year", 2027)
    assert "2027年放假安排尚未公布，本页为暂定" in html
    assert "暂定版" in html


def test_the_year_before_a_provisional_one_warns_of_its_last_days(reader):
    assert "可能调整本年12月末的工作日" in page(reader, "workdays_year", 2026)
    assert "可能调整本年12月末的工作日" not in page(reader, "workdays_year", 2025)


def test_a_year_of_which_nothing_is_known_is_shown_by_its_weekends(reader):
    html = page(reader, "workdays_year", 2060)
    assert "没有任何版本" in html


@pytest.mark.parametrize("query", ["", "?year=abcd", "?year=99999", "?year=²⁰²⁶"])
def test_without_a_sensible_year_the_present_one_is_shown(reader, query):
    response = reader.get(reverse("workdays") + query)
    assert response.url == reverse("workdays_year", args=[2026])


def test_the_chosen_year_is_led_to(reader):
    assert reader.get(reverse("workdays") + "?year=2012").url == "/workdays/2012/"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("workdays_year", (1999,)),
        ("workdays_year", (2100,)),
        ("workdays_year", (10**30,)),
        ("workdays_version", (2012, 9)),
        ("workdays_version", (2012, 10**30)),
        ("workdays_version", (2060, 1)),
    ],
)
def test_what_does_not_exist_is_not_found(reader, name, args):
    page(reader, name, *args, status=404)


def test_only_keepers_see_the_door_to_a_new_version_and_pass_it(reader):
    assert "发布新版本" not in page(reader, "workdays_year", 2027)
    page(reader, "workdays_new", 2027, status=403)
    assert send(reader, "publish").status_code == 403
    assert not CalendarVersion.objects.filter(year=2027, number=1).exists()


def test_a_stranger_is_led_to_the_sign_in_page(catalogues, client):
    for path in (
        "/workdays/",
        "/workdays/2012/",
        "/workdays/2012/versions/1/",
        "/workdays/2027/new/",
    ):
        assert client.get(path).status_code == 302
        assert "login" in client.get(path).url


def test_the_editor_begins_with_what_counts_now(keeper):
    html = page(keeper, "workdays_new", 2012)
    assert "2012-01-01至2012-01-03 放假 元旦" in html
    assert "2011-12-31 上班 元旦" in html
    assert "在2012年第1版的基础上修改" in html
    assert 'name="source" value=""' not in page(keeper, "workdays_new", 2027)


def test_the_editor_of_an_unknown_year_is_empty(keeper):
    assert "本年尚无任何版本" in page(keeper, "workdays_new", 2060)
    page(keeper, "workdays_new", 2100, status=404)


def test_the_preview_shows_every_change_and_stores_nothing(keeper, monkeypatch):
    moved = [("报送总结", "/d/1/", at(date(2027, 2, 8)), at(date(2027, 2, 17)))]
    monkeypatch.setattr(workdays, "_impact_finders", [lambda old, new: moved])
    html = send(keeper, "preview").content.decode()
    assert "报送总结" in html
    assert "2027-02-17" in html
    assert "2027-02-05" in html
    assert "节假日期间，各地区要妥善安排好值班。" in html  # not taken for days, so shown
    assert CalendarVersion.objects.filter(year=2027).count() == 1


def test_a_preview_that_moves_nothing_says_so(keeper, monkeypatch):
    monkeypatch.setattr(workdays, "_impact_finders", [])
    assert "没有已保存的期限会变动" in send(keeper, "preview").content.decode()


def test_going_back_keeps_what_was_typed(keeper):
    html = send(keeper, "edit", reason="公报第33期").content.decode()
    assert "各地区要妥善安排好值班" in html
    assert "公报第33期" in html
    assert "有内容需要改正" not in html


def test_publishing_counts_at_once_and_is_on_record(keeper):
    response = send(keeper, "publish", announced_on="2026-11-20", reason="据公报")
    assert response.url == "/workdays/2027/"
    version = CalendarVersion.objects.get(year=2027, number=1)
    assert (version.source, version.announced_on) == (SOURCE, date(2026, 11, 20))
    assert not workdays.calendar().is_provisional(date(2027, 2, 5))
    html = page(keeper, "workdays_year", 2027)
    assert "2027年第1版已发布并启用。" in html
    assert "已被替代" in html
    event = AuditEvent.objects.get(kind="calendar.publish")
    assert event.organisation == "NEA-ROOT"


def test_a_second_keeper_with_an_old_page_is_told_so(keeper):
    send(keeper, "publish")
    response = send(keeper, "publish", text=NOTICE.replace("2月14日", "2月13日"), based_on=0)
    assert response.status_code == 409
    assert "已有新的版本" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": ""}, "必填"),
        ({"text": ""}, "没有列出任何放假或调休上班的日期"),
        ({"text": "节假日期间"}, "没有列出任何放假或调休上班的日期"),
        ({"text": "2027-02-30 放假 春节"}, "第1行：没有这一天"),
        ({"text": "2027-02-05 放加"}, "第1行：应写成"),
        ({"text": "2028-02-05 放假 春节"}, "2028-02-05 不在2027年"),
        ({"text": "2027-02-05 上班 春节"}, "2027-02-05 不是周末"),
        ({"text": "2027-02-05 放假 春节\n2027-02-05 放假 除夕"}, "2027-02-05 重复列出"),
        ({"text": "2027-02-05 放假 " + "节" * 41}, "不超过40字"),
        ({"text": "<script>alert(1)</script>"}, "没有列出任何"),
        ({"text": "2027-02-05 放假 春节\n" * 2000}, "20000"),
        ({"announced_on": "2026-13-40"}, "日期"),
        ({"based_on": ""}, "页面内容不完整"),
        ({"based_on": "x"}, "页面内容不完整"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "publish"])
def test_bad_input_is_answered_in_place_and_stores_nothing(keeper, step, changes, reason):
    response = send(keeper, step, **changes)
    html = response.content.decode()
    assert response.status_code == 422
    assert reason in html
    assert "<script>alert" not in html
    assert CalendarVersion.objects.filter(year=2027).count() == 1


def test_a_version_is_shown_with_what_differs_from_the_one_before(keeper):
    send(keeper, "publish")
    send(keeper, "publish", text=NOTICE.replace("2月14日", "2月13日"), based_on=1)
    html = page(keeper, "workdays_version", 2027, 2)
    assert "与2027年第1版的差别" in html
    assert "新增 1 处，删除 1 处" in html
    against = keeper.get("/workdays/2027/versions/2/?against=0").content.decode()
    assert "与2027年暂定版的差别" in against


def test_the_first_version_has_nothing_to_differ_from(reader):
    html = page(reader, "workdays_version", 2012, 1)
    assert "没有其他版本可以对照" in html
    assert "系统预置" in html


def test_the_help_of_these_pages_is_one_click_away(reader):
    assert reverse("core:help_page", args=["workdays"]) in page(reader, "workdays_year", 2012)
    page(reader, "core:help_page", "workdays")


def test_a_year_costs_the_same_queries_however_many_versions_it_has(
    keeper, django_assert_max_num_queries
):
    page(keeper, "workdays_year", 2027)
    with CaptureQueriesContext(connection) as seen:
        page(keeper, "workdays_year", 2027)
    usual = len(seen)  # at once: the next request empties the log
    for number in range(3):
        send(keeper, "publish", based_on=number, text=f"2027-02-0{number + 5} 放假 春节")
    page(keeper, "workdays_year", 2027)
    with django_assert_max_num_queries(usual):
        page(keeper, "workdays_year", 2027)
