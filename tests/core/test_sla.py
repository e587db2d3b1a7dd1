"""Deadlines: by hand, by random histories, and as stored explanations."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from core import sla
from core.calendars import catalogue_calendar
from core.clock import at
from core.sla import Allowance, Pause, Unit
from core.workdays import WorkCalendar
from tests.core.deadline_oracle import random_lines

CALENDAR = catalogue_calendar()


def due(start, value, unit, **options):
    return sla.due(start, Allowance(value, unit), calendar=CALENDAR, **options)


def end_of(year, month, day):
    return datetime(year, month, day, 23, 59, 59, tzinfo=sla.ZONE)


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        # The day of the event does not count; 1–7 October are off, Saturday 8 and Sunday 9 worked.
        (at(date(2011, 9, 28), 9), 7, "working_days", end_of(2011, 10, 12)),
        (at(date(2011, 9, 28), 23, 59), 1, "working_days", end_of(2011, 9, 29)),
        # Saturday 31 December 2011 was worked by the notice for 2012.
        (at(date(2011, 12, 30), 8), 1, "working_days", end_of(2011, 12, 31)),
        # The event on a day off: the first working day after it is day one.
        (at(date(2011, 10, 3), 8), 1, "working_days", end_of(2011, 10, 8)),
        (at(date(2011, 10, 3), 8), 0, "working_days", end_of(2011, 10, 8)),
        # The last day is 1 October, a day off, so the period ends on the next working day.
        (at(date(2011, 9, 24), 8), 7, "calendar_days", end_of(2011, 10, 8)),
        (at(date(2011, 11, 18), 8), 7, "calendar_days", end_of(2011, 11, 25)),
        (at(date(2024, 2, 28), 8), 1, "calendar_days", end_of(2024, 2, 29)),
        # Hours and minutes run through the night and the holiday.
        (at(date(2011, 10, 1), 22, 15), 2, "hours", at(date(2011, 10, 2), 0, 15)),
        (at(date(2011, 12, 31), 23, 30), 45, "minutes", at(date(2012, 1, 1), 0, 15)),
        (at(date(2011, 10, 1), 22, 15), 1.5, "hours", at(date(2011, 10, 1), 23, 45)),
    ],
)
def test_deadlines_reckoned_by_hand(start, value, unit, expected):
    assert due(start, value, unit).due_at == expected


def test_a_period_that_does_not_roll_ends_on_the_day_off():
    result = due(at(date(2011, 9, 24), 8), 7, "calendar_days", roll=False)
    assert result.due_at == end_of(2011, 10, 1)
    assert not result.provisional


def test_the_day_of_the_event_is_that_of_shanghai():
    # 16:30 UTC on the 27th is the 28th in Shanghai.
    start = datetime(2011, 9, 27, 16, 30, tzinfo=UTC)
    assert due(start, 1, "working_days").due_at == end_of(2011, 9, 29)


def test_a_pause_of_hours_moves_the_deadline_by_its_length():
    pause = Pause(at(date(2011, 10, 1), 10), at(date(2011, 10, 1), 11, 20))
    result = due(at(date(2011, 10, 1), 9), 4, "hours", pauses=[pause])
    assert result.due_at == at(date(2011, 10, 1), 14, 20)


def test_a_pause_of_days_counts_after_its_first_day_up_to_its_last():
    # After Monday 7 November up to Thursday 10 November: three days.
    pause = Pause(at(date(2011, 11, 7), 8), at(date(2011, 11, 10), 17))
    assert due(at(date(2011, 11, 1), 9), 10, "calendar_days", pauses=[pause]).due_at == end_of(
        2011, 11, 14
    )


def test_a_pause_of_working_days_counts_working_days_only():
    # 30 September to 9 October: the days after are 1–7 (off), 8 and 9 (worked): two.
    pause = Pause(at(date(2011, 9, 30), 8), at(date(2011, 10, 9), 17))
    result = due(at(date(2011, 9, 28), 9), 3, "working_days", pauses=[pause])
    # 29, 30 September, 8 October; two more are 9 and 10 October.
    assert result.due_at == end_of(2011, 10, 10)


def test_a_pause_within_one_day_moves_no_period_of_days():
    pause = Pause(at(date(2011, 11, 7), 8), at(date(2011, 11, 7), 17))
    assert due(at(date(2011, 11, 1), 9), 5, "working_days", pauses=[pause]).due_at == end_of(
        2011, 11, 8
    )


def test_a_paused_period_of_calendar_days_rolls_once_at_the_end():
    # 24 September + 7 is 1 October; two days of pause make it 3 October; then it rolls.
    pause = Pause(at(date(2011, 9, 26), 8), at(date(2011, 9, 28), 8))
    result = due(at(date(2011, 9, 24), 8), 7, "calendar_days", pauses=[pause])
    assert result.due_at == end_of(2011, 10, 8)


def test_an_extension_adds_and_names_its_document():
    result = due(
        at(date(2011, 11, 1), 9),
        5,
        "working_days",
        extension=Allowance(3, "working_days", "南方电监延〔2011〕3号"),
    )
    assert result.due_at == end_of(2011, 11, 11)
    line = next(line for line in result.explanation if line["text"] == "延长")
    assert (line["value"], line["source"]) == ("3", "南方电监延〔2011〕3号")


def test_an_extension_in_another_unit_goes_on_from_the_end_of_the_first():
    start = at(date(2011, 9, 30), 9)
    extra = [Allowance(1, "working_days")]
    assert due(start, 24, "hours", extension=extra).due_at == end_of(2011, 10, 8)
    later = due(start, 1, "working_days", extension=Allowance(7, "calendar_days"))
    assert later.due_at == end_of(2011, 10, 17)  # 8 + 7 is Saturday the 15th


def test_overlapping_pauses_each_count_and_are_pointed_out():
    first = Pause(at(date(2011, 11, 1), 10), at(date(2011, 11, 1), 12))
    second = Pause(at(date(2011, 11, 1), 11), at(date(2011, 11, 1), 13))
    result = due(at(date(2011, 11, 1), 9), 1, "hours", pauses=iter([second, first]))
    assert result.due_at == at(date(2011, 11, 1), 14)
    assert any("重叠" in line["text"] for line in result.explanation)


def test_a_deadline_in_a_year_not_announced_is_provisional_and_says_so():
    # Thursday 31 December, then 1 January by the stand-in off, Monday 4 and Tuesday 5 January.
    result = due(at(date(2026, 12, 30), 9), 3, "working_days")
    assert result.due_at == end_of(2027, 1, 5)
    assert result.provisional
    line = next(line for line in result.explanation if line["text"].startswith("待确认"))
    assert line["value"] == "2027"


def test_only_what_asks_the_unannounced_calendar_is_provisional():
    start = at(date(2026, 12, 30), 9)
    assert due(start, 30, "calendar_days").provisional
    assert not due(start, 30, "calendar_days", roll=False).provisional
    assert not due(start, 100, "hours").provisional
    assert not due(start, 1, "working_days").provisional
    assert not sla.fixed(date(2027, 3, 5), calendar=CALENDAR, rule="方案").provisional


def test_an_unknown_year_is_provisional_without_any_calendar():
    empty = WorkCalendar(())
    result = sla.due(at(date(2011, 9, 28), 9), Allowance(7, "working_days"), calendar=empty)
    assert result.due_at == end_of(2011, 10, 7)
    assert result.provisional


def test_an_explanation_names_rule_start_version_pause_and_end():
    pause = Pause(at(date(2011, 10, 10), 8), at(date(2011, 10, 11), 9), "函〔2011〕9号")
    lines = due(at(date(2011, 9, 28), 9, 30), 7, "working_days", pauses=[pause]).explanation
    assert json.loads(json.dumps(lines)) == list(lines)
    told = [(line["text"], line["value"]) for line in lines]
    assert told == [
        ("起算事件", "2011-09-28 09:30:00"),
        ("时限", "7"),
        ("计算单位", "工作日（含调休上班日）"),
        ("暂停", "2011-10-10 08:00:00 — 2011-10-11 09:00:00"),
        ("顺延工作日", "1"),
        ("工作日历版本", "2011/1"),
        ("截止时间", "2011-10-13 23:59:59"),
    ]
    sources = [line["source"] for line in lines]
    assert sources[3] == "函〔2011〕9号"
    assert sources[5] == "国务院办公厅关于2011年部分节假日安排的通知（国办发明电〔2010〕40号）"


@pytest.mark.parametrize(("year", "law"), [(2011, "《民法通则》"), (2020, "《民法通则》")])
def test_before_2021_the_old_law_is_named_with_its_present_article(year, law):
    lines = due(at(date(year, 9, 24), 9), 7, "calendar_days").explanation
    sources = [line["source"] for line in lines if line["source"].startswith("《")]
    assert all(source.startswith(law) and "《民法典》" in source for source in sources)


def test_since_2021_the_civil_code_is_named_article_by_article():
    # 25 September + 7 is Saturday 2 October 2021; the next working day is the 8th.
    lines = due(at(date(2021, 9, 25), 9), 7, "calendar_days").explanation
    sources = " ".join(line["source"] for line in lines)
    assert "第二百零一条第一款" in sources
    assert "第二百零三条第一款" in sources
    assert "第二百零三条第二款" in sources
    rolled = next(line for line in lines if line["text"].startswith("最后一日为休假日"))
    assert rolled["value"] == "2021-10-02 国庆节"


def test_an_explanation_is_stored_in_chinese_whoever_computes_it():
    with translation.override("en"):
        lines = due(at(date(2011, 9, 28), 9), 7, "working_days").explanation
    assert lines[0]["text"] == "起算事件"
    with translation.override("zh-hans"):
        assert list(sla.shown(lines)) == list(lines)


def test_a_dated_duty_is_due_at_the_end_of_its_day_even_on_a_day_off():
    plain = sla.fixed(date(2011, 11, 25), calendar=CALENDAR, rule="方案5.1.3")
    assert plain.due_at == end_of(2011, 11, 25)
    assert plain.explanation[0] == {
        "text": "规定日期",
        "value": "2011-11-25",
        "source": "方案5.1.3",
    }
    saturday = sla.fixed(date(2011, 10, 1), calendar=CALENDAR, rule="方案")
    assert saturday.due_at == end_of(2011, 10, 1)
    assert any("不顺延" in line["text"] for line in saturday.explanation)


@pytest.mark.parametrize(
    ("value", "unit", "reason"),
    [
        (-1, "hours", "负数"),
        (1.5, "working_days", "整数"),
        (float("nan"), "hours", "负数"),
        (True, "hours", "数字"),
        ("7", "hours", "数字"),
        (10**9, "minutes", "过长"),
        (1, "weeks", "单位"),
    ],
)
def test_an_allowance_that_makes_no_sense_is_refused_in_chinese(value, unit, reason):
    with pytest.raises(ValueError, match=reason):
        Allowance(value, unit)


def test_a_pause_turned_round_and_a_naive_instant_are_refused():
    with pytest.raises(ValueError, match="早于"):
        Pause(at(date(2011, 11, 2)), at(date(2011, 11, 1)))
    with pytest.raises(ValueError, match="时区"):
        due(datetime(2011, 11, 1, 9), 1, "hours")  # noqa: DTZ001


def test_the_lamp_turns_near_and_late_to_the_second():
    end = end_of(2011, 11, 25)
    near = timedelta(days=3)
    assert sla.lamp(at(date(2011, 11, 22), 23, 59, 58), end, near=near) == "ok"
    assert sla.lamp(at(date(2011, 11, 22), 23, 59, 59), end, near=near) == "near"
    assert sla.lamp(end + timedelta(microseconds=999_999), end, near=near) == "near"
    assert sla.lamp(at(date(2011, 11, 26)), end, near=near) == "late"
    assert sla.lamp(at(date(2011, 11, 20)), end, near=at(date(2011, 11, 20))) == "near"


def test_the_lamp_of_what_is_done_paused_or_without_a_deadline():
    late = at(date(2012, 1, 1))
    assert sla.lamp(late, end_of(2011, 11, 25), done=True) == "done"
    assert sla.lamp(late, end_of(2011, 11, 25), paused=True) == "pause"
    assert sla.lamp(late, None) == "ok"


def test_two_thousand_random_deadlines_equal_the_oracle():
    for line, expected in random_lines(2000, seed=20111125):
        result = sla.due(
            datetime.fromisoformat(line["start"]),
            Allowance(**line["allowance"]),
            calendar=CALENDAR,
            pauses=[Pause(*map(datetime.fromisoformat, p.values())) for p in line["pauses"]],
            extension=granted(line),
            roll=line.get("roll", True),
        )
        assert result.due_at.isoformat() == expected, line
        assert not result.provisional


def granted(line):
    extension = line.get("extension")
    if extension is None:
        return None
    if isinstance(extension, int):
        return Allowance(extension, line["allowance"]["unit"])
    return Allowance(**extension)


instants = st.datetimes(
    datetime(2005, 1, 1),  # noqa: DTZ001
    datetime(2026, 6, 1),  # noqa: DTZ001
    timezones=st.just(sla.ZONE),
)
day_counts = st.integers(0, 120)


@settings(max_examples=200, deadline=None)
@given(instants, day_counts)
def test_a_period_of_working_days_holds_just_so_many(start, count):
    result = due(start, count, Unit.WORKING_DAYS)
    last = result.due_at.date()
    assert CALENDAR.is_workday(last)
    if count:
        assert CALENDAR.count_workdays(start.date(), last) == count
    assert result.due_at == sla.day_end(last)


@settings(max_examples=200, deadline=None)
@given(instants, st.sampled_from(Unit), day_counts, st.integers(0, 60))
def test_more_time_is_never_earlier_and_extension_is_more_time(start, unit, count, more):
    short = due(start, count, unit)
    extended = due(start, count, unit, extension=Allowance(more, unit))
    assert short.due_at <= extended.due_at
    if count:
        assert extended.due_at == due(start, count + more, unit).due_at


@settings(max_examples=200, deadline=None)
@given(
    instants, st.sampled_from(Unit), st.integers(1, 60), st.lists(st.integers(0, 9000), max_size=4)
)
def test_pauses_move_a_deadline_later_whatever_their_order(start, unit, count, marks):
    points = [start + timedelta(minutes=m) for m in sorted(marks)]
    pauses = [Pause(a, b) for a, b in zip(points[::2], points[1::2], strict=False)]
    result = due(start, count, unit, pauses=pauses)
    assert result.due_at >= due(start, count, unit).due_at
    assert result.due_at == due(start, count, unit, pauses=pauses[::-1]).due_at


def test_lines_that_an_app_adds_are_shown_too():
    assert list(sla.shown([{"text": "退回补正"}])) == [
        {"text": "退回补正", "value": "", "source": ""}
    ]
