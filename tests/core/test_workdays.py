"""The working calendar: every announced day, versions, and years that are not announced."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from core import workdays
from core.calendars import catalogue_calendar, load_calendars
from core.clock import at
from core.models import CalendarDay, CalendarVersion
from core.signals import calendar_changed
from core.workdays import Day, YearPlan

NOW = at(date(2011, 11, 24), 9)


@pytest.fixture(scope="module")
def catalogue():
    return catalogue_calendar()


@pytest.fixture
def loaded(db):
    load_calendars(now=NOW)
    return workdays.calendar()


@pytest.fixture
def heard():
    """What ``calendar_changed`` said: year and days."""
    news = []

    def on_change(sender, *, year, days, now, **_kwargs):
        news.append((year, days))

    calendar_changed.connect(on_change)
    yield news
    calendar_changed.disconnect(on_change)


def every_day(first_year, last_year):
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += timedelta(days=1)


def test_every_day_since_2009_is_as_chinesecalendar_has_it(catalogue):
    wrong = [
        day
        for day in every_day(2009, 2026)
        if catalogue.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_every_day_since_2009_is_as_holidays_has_it(catalogue):
    other = holidays.country_holidays("CN", years=range(2008, 2028))
    wrong = [
        day
        for day in every_day(2009, 2026)
        if catalogue.is_workday(day) != other.is_working_day(day)
    ]
    assert wrong == []


def test_the_early_years_differ_between_the_libraries_in_one_day_only(catalogue):
    # 3 January 2006 was taken off for Saturday 31 December 2005; chinesecalendar forgets the swap.
    wrong = [
        day
        for day in every_day(2004, 2008)
        if catalogue.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == [date(2005, 12, 31)]


def test_the_tables_say_what_the_catalogue_says(loaded, catalogue):
    assert loaded.changed_days(catalogue) == frozenset()
    assert loaded.plans == catalogue.plans


@pytest.mark.parametrize(
    ("day", "worked", "name"),
    [
        (date(2011, 10, 1), False, "国庆节"),
        (date(2011, 10, 8), True, "国庆节"),  # a Saturday
        (date(2011, 10, 15), False, None),  # an ordinary Saturday
        (date(2011, 11, 25), True, None),  # the day the campaign's reports are due
        (date(2011, 12, 31), True, "元旦"),  # a Saturday, by the notice for 2012
        (date(2012, 1, 29), True, "春节"),  # a Sunday
        (date(2012, 6, 22), False, "端午节"),
        (date(2026, 10, 10), True, "国庆节"),
    ],
)
def test_days_that_the_notices_name(loaded, day, worked, name):
    assert loaded.is_workday(day) is worked
    special = loaded.special(day)
    assert (special.name if special else None) == name


def test_working_days_are_added_and_taken_away(loaded):
    wednesday = date(2011, 9, 28)
    # 29, 30 September, then 8 (Sat), 9 (Sun), 10, 11, 12 October.
    assert loaded.add_workdays(wednesday, 7) == date(2011, 10, 12)
    assert loaded.add_workdays(date(2011, 10, 12), -7) == wednesday
    assert loaded.add_workdays(date(2011, 10, 2), 0) == date(2011, 10, 2)
    assert loaded.add_workdays(date(2011, 10, 2), -1) == date(2011, 9, 30)


def test_the_next_working_day_may_be_the_day_itself(loaded):
    assert loaded.next_workday(date(2011, 10, 1)) == date(2011, 10, 8)
    assert loaded.next_workday(date(2011, 10, 8)) == date(2011, 10, 8)


def test_working_days_between_two_days_are_counted_without_the_first(loaded):
    assert loaded.count_workdays(date(2011, 9, 28), date(2011, 10, 12)) == 7
    assert loaded.count_workdays(date(2011, 10, 12), date(2011, 9, 28)) == -7
    assert loaded.count_workdays(date(2011, 10, 1), date(2011, 10, 1)) == 0


def test_a_year_that_is_not_announced_is_provisional(loaded):
    assert loaded.is_provisional(date(2027, 3, 1))
    assert not loaded.is_provisional(date(2026, 12, 31))
    assert loaded.version_of(2027).number == 0
    # The fixed statutory days stand in: 1 January, 1 and 2 May, 1 to 3 October.
    off = [d for d in every_day(2027, 2027) if d.weekday() < 5 and not loaded.is_workday(d)]
    assert off == [date(2027, 1, 1), date(2027, 10, 1)]
    assert [d.day.isoformat() for d in loaded.version_of(2027).days] == [
        "2027-01-01",
        "2027-05-01",
        "2027-05-02",
        "2027-10-01",
        "2027-10-02",
        "2027-10-03",
    ]


def test_years_beyond_all_knowledge_have_weekends_and_are_provisional(loaded):
    assert loaded.version_of(2055) is None
    assert loaded.is_provisional(date(2055, 1, 1))
    assert loaded.is_workday(date(2055, 1, 1))  # a Friday
    assert not loaded.is_workday(date(2055, 1, 2))


def test_loading_twice_changes_nothing_and_tells_nobody(loaded, heard):
    before = list(CalendarVersion.objects.values_list("pk", "digest"))
    assert load_calendars(now=NOW + timedelta(days=1)) == []
    assert list(CalendarVersion.objects.values_list("pk", "digest")) == before
    assert heard == []


def test_the_very_first_load_is_no_change(db, heard):
    load_calendars(now=NOW)
    assert heard == []


@pytest.fixture
def two_years(tmp_path):
    """A catalogue of 2026 only, to which 2027 can be added."""
    (tmp_path / "2026.yaml").write_text(
        "year: 2026\nsource: 通知一\nholidays: {元旦: [2026-01-01]}\n", encoding="utf-8"
    )
    (tmp_path / "provisional.yaml").write_text(
        "source: 暂定\nuntil: 2028\nrules:\n"
        '  - {valid_from: 2025-01-01, days: {元旦: ["01-01"], 国庆节: ["10-01"]}}\n',
        encoding="utf-8",
    )
    return tmp_path


def announce_2027(folder, days="2027-01-01, 2027-02-05"):
    (folder / "2027.yaml").write_text(
        f"year: 2027\nsource: 通知二\nholidays: {{春节: [{days}]}}\n"
        "makeup: {元旦: [2026-12-26]}\n",
        encoding="utf-8",
    )


def test_when_a_year_is_announced_it_replaces_the_stand_in_and_is_told(db, two_years, heard):
    load_calendars(now=NOW, folder=two_years)
    assert workdays.calendar().is_provisional(date(2027, 2, 5))
    heard.clear()

    announce_2027(two_years)
    added = load_calendars(now=NOW, folder=two_years)

    assert [(v.year, v.number, v.provisional) for v in added] == [(2027, 1, False)]
    calendar = workdays.calendar()
    assert not calendar.is_provisional(date(2027, 2, 5))
    assert not calendar.is_workday(date(2027, 2, 5))
    # 5 February is off now, 1 October no longer, and 26 December 2026 is worked.
    assert heard == [(2027, frozenset({date(2027, 2, 5), date(2027, 10, 1), date(2026, 12, 26)}))]


def test_a_year_that_is_only_confirmed_is_told_too(db, two_years, heard):
    load_calendars(now=NOW, folder=two_years)
    heard.clear()
    (two_years / "2027.yaml").write_text(
        "year: 2027\nsource: 通知二\nholidays: {元旦: [2027-01-01], 国庆节: [2027-10-01]}\n",
        encoding="utf-8",
    )
    load_calendars(now=NOW, folder=two_years)
    assert heard == [(2027, frozenset())]


def test_a_corrected_catalogue_adds_a_version_and_keeps_the_old_one(db, two_years):
    announce_2027(two_years)
    load_calendars(now=NOW, folder=two_years)
    announce_2027(two_years, days="2027-01-01, 2027-02-08")
    load_calendars(now=NOW, folder=two_years)
    first, second = CalendarVersion.objects.filter(year=2027)
    assert (first.number, second.number) == (1, 2)
    assert not workdays.calendar().is_workday(date(2027, 2, 8))
    assert workdays.calendar(version=first).is_workday(date(2027, 2, 8))


def test_the_catalogue_never_overrules_what_a_person_published(db, two_years):
    load_calendars(now=NOW, folder=two_years)
    CalendarVersion.objects.create(
        year=2027, number=1, source="人工", digest="x", published_at=NOW, from_catalogue=False
    )
    announce_2027(two_years)
    assert load_calendars(now=NOW, folder=two_years) == []
    assert workdays.calendar().version_of(2027).source == "人工"


def test_a_version_counts_from_the_day_it_comes_into_use(loaded):
    CalendarVersion.objects.create(
        year=2011,
        number=2,
        source="更正",
        digest="y",
        published_at=NOW,
        valid_from=date(2011, 12, 1),
    )
    before = workdays.calendar(now=at(date(2011, 11, 30), 23, 59))
    after = workdays.calendar(now=at(date(2011, 12, 1)))
    assert before.version_of(2011).number == 1
    assert after.version_of(2011).number == 2
    assert workdays.calendar().version_of(2011).number == 2


def test_a_calendar_is_built_once_until_it_changes(loaded, django_assert_num_queries):
    with django_assert_num_queries(1):
        again = workdays.calendar()
    assert again is loaded
    with pytest.raises(AttributeError):
        again.plans = ()


def test_another_version_of_a_year_can_be_tried_without_storing_it(loaded):
    day = date(2027, 2, 5)
    trial = loaded.with_plan(YearPlan(2027, 1, False, "试", (Day(day, "holiday", "春节"),)))
    assert not trial.is_workday(day)
    assert loaded.is_workday(day)
    assert trial.is_workday(date(2011, 10, 8))
    assert trial.changed_days(loaded) == {day, date(2027, 1, 1), date(2027, 10, 1)}


def test_apps_say_which_deadlines_a_change_moves(loaded, monkeypatch):
    monkeypatch.setattr(workdays, "_impact_finders", [])

    @workdays.register_impact
    def later(old, new):
        yield ("乙", "/2/", at(date(2027, 1, 5)), at(date(2027, 1, 6)))

    @workdays.register_impact
    def earlier(old, new):
        return [("甲", "/1/", at(date(2027, 1, 4)), at(date(2027, 1, 5)))]

    workdays.register_impact(earlier)  # twice is once
    assert [row.label for row in workdays.impact(loaded, loaded)] == ["甲", "乙"]


def test_a_day_stands_once_in_a_version_and_a_version_once_in_a_year(loaded):
    version = CalendarVersion.objects.get(year=2011)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(version=version, day=date(2011, 10, 1), kind="holiday", name="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVersion.objects.create(
            year=2011, number=1, source="x", digest="z", published_at=NOW
        )
    assert str(version) == "2011年第1版"
    assert str(version.days.first()).startswith("2011-01-01 元旦")
    assert workdays.plan_of(version).label == "2011/1"


def test_versions_are_for_people_who_are_signed_in(loaded):
    assert not CalendarVersion.objects.visible_to(AnonymousUser()).exists()


def test_the_zone_of_now_decides_which_versions_count(loaded):
    CalendarVersion.objects.create(
        year=2011, number=2, source="x", digest="q", published_at=NOW, valid_from=date(2011, 12, 1)
    )
    # 16:30 UTC on 30 November is 1 December in Shanghai.
    instant = datetime(2011, 11, 30, 16, 30, tzinfo=UTC)
    assert workdays.calendar(now=instant).version_of(2011).number == 2
