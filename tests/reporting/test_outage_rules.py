"""Lead time and what the rules find: expected values by hand from article 13 and the catalogue."""

from datetime import date, datetime, timedelta

import pytest

from core import catalogue_files
from core.clock import ZONE
from reporting.catalogue import HOME
from reporting.outages.judging import Facts, judge
from reporting.outages.rules import Rule, Rules


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


ALL = [
    Rule(**{**one, "kinds": tuple(one.get("kinds", ())), "version": one.get("version", 1)})
    for one in catalogue_files.read(HOME / "outages.yaml")
]
LATER = at("2011-12-31 09:00")


def judged(now=LATER, on=None, **facts):
    given = {
        "kind": "planned",
        "reason": "planned_work",
        "planned_start": at("2011-11-24 08:00"),
        "planned_end": at("2011-11-24 18:00"),
        "actual_start": at("2011-11-24 08:00"),
        "actual_end": at("2011-11-24 17:30"),
        "households": 320,
        "published_at": at("2011-11-17 17:00"),
        "unit": "CSG-GD",
    }
    found = Facts(**{**given, **facts})
    day = on or found.planned_start.astimezone(ZONE).date()
    return judge(found, Rules.on(ALL, day), now=now)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # The 17th is seven days before the 24th, the 18th only six.
        ({}, set()),
        ({"published_at": at("2011-11-18 00:01")}, {"late"}),
        ({"published_at": at("2011-11-24 08:00")}, {"missing", "late", "violation"}),
        ({"published_at": None}, {"missing", "late", "violation"}),
        # Nobody lives there: not announced, but no resident was cut off.
        ({"published_at": None, "households": 0}, {"missing", "late"}),
        ({"reason": ""}, {"reason", "violation"}),
        ({"reason": "weather"}, {"reason", "violation"}),
        ({"named": False}, {"fields"}),
        ({"important_users": 1}, {"important"}),
        ({"important_users": 1, "important_told_at": at("2011-11-17 08:00")}, set()),
        ({"important_users": 1, "important_told_at": at("2011-11-18 08:00")}, {"important"}),
        # Began a day earlier than announced: the lead time counts from then.
        ({"actual_start": at("2011-11-23 20:00")}, {"early", "late"}),
        ({"actual_end": at("2011-11-24 18:01")}, {"overrun"}),
        # Off for five weeks: past what was announced, and nobody said when the works were over.
        ({"actual_end": None}, {"unreported", "overrun", "gaps"}),
        ({"cancelled": True, "actual_start": None, "actual_end": None, "reason": ""}, set()),
    ],
)
def test_a_planned_outage_of_2011(facts, expected):
    assert judged(**facts).codes == expected


TEMPORARY = {"kind": "temporary", "reason": "temporary_work"}
FAULT = {"kind": "fault", "reason": "weather", "published_at": None}
ARREARS = {"kind": "arrears", "reason": "arrears", "document": "催2011-1", "households": 1}
PLAN = {"kind": "ordered_use", "reason": "ordered_use", "document": "粤经信〔2011〕1号"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({**TEMPORARY, "published_at": at("2011-11-23 08:00")}, set()),
        ({**TEMPORARY, "published_at": at("2011-11-23 08:01")}, {"late"}),
        (FAULT, set()),
        ({**FAULT, "reason": "planned_work"}, {"reason", "violation"}),
        ({**FAULT, "arrived_at": at("2011-11-24 09:00"), "arrival_minutes": 60}, set()),
        ({**FAULT, "arrived_at": at("2011-11-24 09:01"), "arrival_minutes": 60}, {"repair"}),
        ({**FAULT, "kind": "shortage", "reason": "shortage"}, {"document", "violation"}),
        ({**PLAN, "published_at": at("2011-11-23 23:00")}, set()),
        ({**PLAN, "document": ""}, {"document", "violation"}),
        (ARREARS, set()),
        # Nobody is cut off for arrears before the seven days are over.
        ({**ARREARS, "published_at": at("2011-11-18 09:00")}, {"late", "violation"}),
        # Southern Grid promises twelve hours after payment, others have twenty-four.
        ({**ARREARS, "cause_ended_at": at("2011-11-24 10:00")}, set()),
        (
            {**ARREARS, "cause_ended_at": at("2011-11-24 10:00")}
            | {"actual_end": at("2011-11-24 22:01"), "planned_end": at("2011-12-30 00:00")},
            {"restore"},
        ),
        (
            {**ARREARS, "cause_ended_at": at("2011-11-24 10:00"), "unit": "GXSL"}
            | {"actual_end": at("2011-11-24 22:01"), "planned_end": at("2011-12-30 00:00")},
            set(),
        ),
    ],
)
def test_other_kinds(facts, expected):
    assert judged(**facts).codes == expected


def test_residents_are_told_of_ordered_use_a_day_before_since_2013():
    moved = {
        name: at(text)
        for name, text in (
            ("planned_start", "2013-07-10 12:00"),
            ("planned_end", "2013-07-10 18:00"),
            ("actual_start", "2013-07-10 12:00"),
            ("actual_end", "2013-07-10 17:00"),
            ("published_at", "2013-07-10 08:00"),
        )
    }
    now = at("2013-08-01 00:00")
    assert judged(now=now, **PLAN, **moved).codes == {"late"}
    longer = moved | {"actual_end": at("2013-07-10 17:01"), "published_at": at("2013-07-09 20:00")}
    assert judged(now=now, **PLAN, **longer).codes == {"duration"}
    # The campaign's own rule ended with it.
    assert Rules.on(ALL, date(2013, 1, 1)).get("notice.campaign") is None
    assert Rules.on(ALL, date(2012, 12, 31)).get("notice.campaign").value == 1


def test_the_explanation_names_the_rule_and_from_what_to_what():
    found = judged(published_at=at("2011-11-21 09:00"))
    assert found.lead == timedelta(days=2, hours=23)
    assert not found.lead_ok
    lines = [(line["text"], line["value"]) for line in found.explanation]
    assert ("公告至停电", "2011-11-21 09:00 → 2011-11-24 08:00") in lines
    assert ("提前量", "2 d 23 h") in lines
    broken = next(line for line in found.explanation if line["text"] == "不符合提前量规则")
    assert broken["source"].startswith("计划停电提前7日公告（v1，供电监管办法（电监会27号令）")
    # The campaign's day was kept all the same.
    assert ("符合提前量规则", "1 calendar_days") in lines


def test_what_is_not_announced_yet_is_judged_again_when_it_matters():
    """Eight days ahead nothing is wrong; after the last day it is late; when it begins, missing."""
    waiting = {"published_at": None, "actual_start": None, "actual_end": None}
    early = judged(now=at("2011-11-16 12:00"), **waiting)
    assert (early.codes, early.again) == (set(), at("2011-11-17 23:59") + timedelta(seconds=59))
    late = judged(now=at("2011-11-18 00:00"), **waiting)
    assert late.codes == {"late"}
    assert late.again == at("2011-11-23 23:59") + timedelta(seconds=59)
    begun = judged(now=at("2011-11-24 08:01"), **waiting)
    assert begun.codes == {"missing", "late", "violation"}
    assert begun.again == at("2011-11-25 18:00")
