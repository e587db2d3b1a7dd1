"""New versions of the working calendar: read from text, published by people, told and audited."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from core import workdays
from core.calendar_text import as_text, parse
from core.calendars import catalogue_calendar, load_calendars, publish_version
from core.clock import at
from core.errors import Conflict, Refused
from core.invariants import calendars_whole
from core.models import AuditEvent, CalendarVersion
from core.signals import calendar_changed
from core.workdays import Day

NOW = at(date(2026, 11, 22), 10)

NOTICE_2012 = """国务院办公厅关于2012年部分节假日安排的通知
国办发明电〔2011〕45号
一、元旦：2012年1月1日至3日放假调休，共3天。2011年12月31日（星期六）上班。
二、春节：1月22日至28日放假调休，共7天。1月21日（星期六）、1月29日（星期日）上班。
三、清明节：4月2日至4日放假调休，共3天。3月31日（星期六）、4月1日（星期日）上班。
四、劳动节：4月29日至5月1日放假调休，共3天。4月28日（星期六）上班。
五、端午节：6月22日至24日放假公休，共3天。
六、中秋节、国庆节：9月30日至10月7日放假调休，共8天。9月29日（星期六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
二○一一年十二月五日"""

NOTICE_2025 = """据此对放假调休原则作进一步优化完善，国庆节自10月1日起放假调休7天。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。"""

NOTICE_2009 = (
    "一、元旦：1月1日至3日放假，共3天。其中，1月1日（星期四、新年）为法定节假日，"
    "1月3日（星期六）为公休日。1月4日（星期日）公休日调至1月2日（星期五）。1月4日（星期日）上班。\n"
    "三、清明节4月4日至6日放假，共3天。其中，4月4日（星期六、农历清明当日）为法定节假日，"
    "4月5日（星期日）照常公休。"
)


@pytest.fixture
def loaded(db):
    load_calendars(now=NOW)


class Person:
    """Somebody with or without the right; accounts' own people stand in the pages' tests."""

    pk, username, home = 7, "caretaker", None

    def __init__(self, *rights):
        self.rights = rights

    def can(self, permission):
        return permission in self.rights


KEEPER = Person("calendar.manage")
SPRING = [
    *(Day(date(2027, 2, d), "holiday", "春节") for d in range(5, 13)),
    Day(date(2027, 1, 30), "makeup", "春节"),
]


def publish(**changes):
    fields = {"year": 2027, "days": SPRING, "source": "通知", "by": KEEPER, "now": NOW}
    return publish_version(**{**fields, **changes})


@pytest.mark.parametrize(("year", "notice"), [(2012, NOTICE_2012), (2025, NOTICE_2025)])
def test_a_pasted_notice_gives_the_working_days_of_its_year(year, notice):
    parsed = parse(notice, year=year)
    ours = catalogue_calendar()
    plan = workdays.YearPlan(year, 9, False, "", tuple(parsed.days))
    assert parsed.problems == []
    assert ours.with_plan(plan).changed_days(ours) == frozenset()


def test_what_a_notice_says_besides_days_is_handed_back():
    parsed = parse(NOTICE_2012, year=2012)
    assert len(parsed.ignored) == 4
    assert parsed.ignored[-1] == "二○一一年十二月五日"
    assert len(parse(NOTICE_2025, year=2025).ignored) == 1


def test_an_old_notice_with_its_grounds_is_read_for_its_arrangement():
    parsed = parse(NOTICE_2009, year=2009)
    assert as_text(parsed.days).splitlines() == [
        "2009-01-01至2009-01-03 放假 元旦",
        "2009-01-04 上班 元旦",
        "2009-04-04至2009-04-06 放假 清明节",
    ]


def test_december_of_a_new_years_item_is_the_year_before():
    parsed = parse("元旦：2018年12月30日至2019年1月1日放假，12月29日上班。", year=2019)
    assert as_text(parsed.days).splitlines() == [
        "2018-12-29 上班 元旦",
        "2018-12-30至2019-01-01 放假 元旦",
    ]


def test_text_and_days_go_round_for_every_year_of_the_catalogue():
    for plan in catalogue_calendar().plans:
        again = parse(as_text(plan.days), year=plan.year)
        assert tuple(again.days) == plan.days
        assert again.problems == again.ignored == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2027-02-30 放假 春节", "第1行：没有这一天：2027-02-30。"),
        ("\n2027-02-05 放加 春节", "第2行：应写成"),
        ("2027-02-05 放假", "第1行：应写成"),
        ("2027-02-05至2027-02-01 放假 春节", "不是合理的起止日期"),
        ("2027-02-05至2028-02-01 放假 春节", "不是合理的起止日期"),
        ("元旦：1日放假。", "“1日”缺少月份。"),
        ("元旦：13月1日放假。", "没有这一天：2027-13-1。"),
        ("元旦：1月1日放假。1月4日。", "2027-01-04 之后没有写明放假还是上班。"),
    ],
)
def test_a_line_that_cannot_be_right_is_named(text, reason):
    (problem,) = parse(text, year=2027).problems
    assert reason in problem


def test_full_width_digits_and_signs_are_read():
    parsed = parse("２０２７－０２－０５～２０２７－０２－０６　放假　春节", year=2027)
    assert [d.day.day for d in parsed.days] == [5, 6]


def test_a_published_version_counts_at_once_is_told_and_audited(loaded):
    news = []

    def on_change(sender, *, year, days, now, **_kwargs):
        news.append((year, len(days), now))

    calendar_changed.connect(on_change)
    try:
        version = publish(announced_on=date(2026, 11, 20), reason="据公报录入")
    finally:
        calendar_changed.disconnect(on_change)

    assert (version.number, version.provisional, version.from_catalogue) == (1, False, False)
    calendar = workdays.calendar()
    assert not calendar.is_provisional(date(2027, 2, 5))
    assert not calendar.is_workday(date(2027, 2, 5))
    assert calendar.is_workday(date(2027, 1, 30))
    # 5 and 8–12 February off, 30 January worked; 1 January and 1 October are worked again.
    assert news == [(2027, 9, NOW)]
    event = AuditEvent.objects.get(kind="calendar.publish")
    assert event.details["number"] == 1
    assert event.details["days"][0] == "2027-01-30 makeup 春节"
    assert event.reason == "据公报录入"


def test_a_second_version_replaces_the_first_and_keeps_it(loaded):
    publish()
    second = publish(days=SPRING[:-1], based_on=1)
    assert second.number == 2
    assert not workdays.calendar().is_workday(date(2027, 1, 30))
    assert CalendarVersion.objects.filter(year=2027).count() == 3


def test_nobody_publishes_without_the_right(loaded):
    with pytest.raises(PermissionDenied):
        publish(by=Person("campaign.view"))
    assert publish(by=None).number == 1


def test_of_two_who_publish_at_once_one_is_told_to_look_again(transactional_db):
    load_calendars(now=NOW)
    results = []

    def attempt(days):
        try:
            results.append(publish(days=days, based_on=0).number)
        except Conflict:
            results.append("conflict")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=attempt, args=(days,)) for days in (SPRING, SPRING[:-1], SPRING[1:])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["1", "conflict", "conflict"]


def test_a_version_made_from_an_old_one_is_a_conflict(loaded):
    publish(based_on=0)
    with pytest.raises(Conflict, match="新的版本"):
        publish(days=SPRING[:-1], based_on=0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "  "}, "请填写依据"),
        ({"days": []}, "没有列出任何"),
        ({"days": [Day(date(2028, 1, 1), "holiday", "元旦")]}, "不在2027年"),
        ({"days": [Day(date(2026, 11, 30), "holiday", "元旦")]}, "不在2027年"),
        ({"days": [Day(date(2027, 2, 5), "makeup", "春节")]}, "2027-02-05 不是周末"),
        ({"days": [Day(date(2027, 2, 5), "feast", "春节")]}, "类别"),
        ({"days": [Day(date(2027, 2, 5), "holiday", " ")]}, "名称"),
        ({"days": [Day(date(2027, 2, 5), "holiday", "节" * 41)]}, "名称"),
        ({"days": [SPRING[0], SPRING[0]]}, "2027-02-05 重复列出"),
    ],
)
def test_days_that_make_no_sense_are_refused_and_nothing_is_stored(loaded, changes, reason):
    before = CalendarVersion.objects.count()
    with pytest.raises(Refused, match=reason):
        publish(**changes)
    assert CalendarVersion.objects.count() == before
    assert not AuditEvent.objects.filter(kind="calendar.publish").exists()


def test_all_faults_are_told_at_once(loaded):
    with pytest.raises(Refused) as refusal:
        publish(source="", days=[Day(date(2027, 2, 5), "makeup", "")])
    assert len(str(refusal.value).splitlines()) == 3


def test_a_version_that_changes_nothing_is_refused_but_confirming_one_is_not(loaded):
    stand_in = workdays.calendar().version_of(2027)
    confirmed = publish(days=stand_in.days)
    assert not workdays.calendar().is_provisional(date(2027, 3, 1))
    with pytest.raises(Refused, match="完全相同"):
        publish(days=stand_in.days, based_on=confirmed.number)


def test_a_year_the_portal_knows_nothing_of_can_be_published(loaded):
    version = publish(year=2050, days=[Day(date(2050, 1, 3), "holiday", "元旦")], based_on=-1)
    assert version.number == 1


def test_verify_finds_a_day_that_was_changed_behind_the_portals_back(loaded):
    assert calendars_whole() == []
    CalendarVersion.objects.get(year=2012).days.filter(day=date(2012, 6, 22)).delete()
    assert calendars_whole() == ["2012年第1版的日期与发布时不一致。"]
