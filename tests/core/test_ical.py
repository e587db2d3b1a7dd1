"""The iCalendar feed of deadlines, read back with the library that programs use."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from core.clock import at
from core.ical import Item, feed
from core.sla import day_end

CHANGED = at(date(2011, 11, 1), 8)


def item(**changes):
    fields = {
        "uid": "duty-7@portal",
        "title": "报送实施方案",
        "due_at": day_end(date(2011, 11, 25)),
        "changed_at": CHANGED,
    }
    return Item(**{**fields, **changes})


def events(*items):
    return Calendar.from_ical(feed("我的期限", items)).walk("VEVENT")


def test_a_deadline_at_the_end_of_a_day_is_an_all_day_entry():
    (event,) = events(item(url="https://portal.example/d/7/", category="专项行动"))
    assert event.decoded("dtstart") == date(2011, 11, 25)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
    assert str(event["summary"]) == "报送实施方案"
    assert str(event["url"]) == "https://portal.example/d/7/"
    assert event["uid"] == "duty-7@portal"
    assert event["status"] == "CONFIRMED"


def test_a_deadline_at_a_minute_is_an_entry_in_utc():
    (event,) = events(item(due_at=at(date(2011, 11, 25), 9, 45)))
    assert event.decoded("dtstart") == datetime(2011, 11, 25, 1, 45, tzinfo=UTC)
    assert event.decoded("dtstamp") == datetime(2011, 11, 1, 0, 0, tzinfo=UTC)


def test_a_provisional_and_a_finished_deadline_say_so():
    first, second = events(item(provisional=True), item(uid="z", done=True, sequence=3))
    assert str(first["summary"]) == "待确认：报送实施方案"
    assert first["status"] == "TENTATIVE"
    assert str(second["summary"]) == "已办结：报送实施方案"
    assert second["sequence"] == 3


def test_text_cannot_break_out_of_its_line():
    hostile = "甲\r\nEND:VEVENT\r\nBEGIN:VEVENT,;\\乙"
    (event,) = events(item(title=hostile, detail=hostile * 9))
    assert "BEGIN:VEVENT" in str(event["summary"])
    assert str(event["description"]).count("乙") == 9


def test_a_feed_is_named_and_the_same_bytes_whatever_the_order():
    early, late = item(), item(uid="a", due_at=day_end(date(2011, 12, 1)))
    assert feed("期限", [early, late]) == feed("期限", [late, early])
    calendar = Calendar.from_ical(feed("期限", []))
    assert str(calendar["x-wr-calname"]) == "期限"
    assert calendar["method"] == "PUBLISH"
    assert feed("期限", []).endswith(b"END:VCALENDAR\r\n")
