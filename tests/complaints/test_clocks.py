"""Clocks that stand still, run longer, and call for help: each rung once."""

from datetime import timedelta

import pytest

from complaints import services
from complaints.models import CaseClock, CaseReminder
from core import outbox, parked, sla
from core.errors import Refused
from core.models import Letter
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
PAUSE = {"clock": "close", "reason": "appraisal", "text": "送检"}
EXTEND = {
    "clock": "close",
    "ground": "evidence",
    "document_number": "南电监〔2018〕9号",
    "text": "",
}


def last_second(text):
    return at(f"{text} 23:59") + timedelta(seconds=59)


@pytest.fixture
def case(people):
    """Accepted on 5 March 2018: 60 days end on Friday 4 May."""
    made = played(received(received_at=MONDAY), ("accept", people.officer, {}), start=MONDAY)
    assert made.due_at == last_second("2018-05-04")
    return made


def do(case, what, person, when, **answers):
    return services.act(case, what, by=person, now=at(when), **answers)


def test_a_pause_moves_the_deadline_by_its_days(case, people):
    paused = do(case, "pause", people.lead, "2018-03-12 10:00", **PAUSE)
    assert paused.due_at is None
    with pytest.raises(Refused, match="没有可以暂停"):
        do(case, "pause", people.lead, "2018-03-13 10:00", **PAUSE)
    resumed = do(case, "resume", people.lead, "2018-03-22 10:00", clock="close")
    # Ten days later: Monday 14 May.
    assert resumed.due_at == last_second("2018-05-14")
    clock = case.clocks.get(code="close")
    assert "暂停" in [line["text"] for line in clock.explanation]
    with pytest.raises(Refused, match="没有已暂停"):
        do(case, "resume", people.lead, "2018-03-23 10:00", clock="close")


def test_only_who_approves_may_and_only_while_time_is_left(case, people):
    with pytest.raises(Refused, match="批准诉求延期"):
        do(case, "pause", people.officer, "2018-03-12 10:00", **PAUSE)
    for what, answers in (("pause", PAUSE), ("extend", {**EXTEND, "value": 5})):
        with pytest.raises(Refused, match="时限已过"):
            do(case, what, people.lead, "2018-05-05 00:00", **answers)


def test_extensions_add_up_to_their_cap(case, people):
    first = do(case, "extend", people.lead, "2018-04-20 10:00", **EXTEND, value=20)
    # 24 May is a Thursday.
    assert first.due_at == last_second("2018-05-24")
    with pytest.raises(Refused, match="延长合计不能超过30（已延长20）"):
        do(case, "extend", people.lead, "2018-04-21 10:00", **EXTEND, value=11)
    second = do(case, "extend", people.lead, "2018-04-21 10:00", **EXTEND, value=10)
    # 3 June is a Sunday: Monday 4 June.
    assert second.due_at == last_second("2018-06-04")
    lines = list(sla.shown(case.clocks.get(code="close").explanation))
    assert [line["source"] for line in lines].count("南电监〔2018〕9号") == 2
    for missing in ("document_number", "ground"):
        with pytest.raises(Refused, match="请填写"):
            do(
                case,
                "extend",
                people.lead,
                "2018-04-22 10:00",
                **{**EXTEND, missing: "", "value": 1},
            )


def test_a_clock_that_may_not_be_extended_is_not(people):
    fresh = received(received_at=MONDAY)
    with pytest.raises(Refused, match="不能延长期限"):
        do(
            fresh,
            "extend",
            people.lead,
            "2018-03-06 10:00",
            **{**EXTEND, "clock": "decide"},
            value=3,
        )


def test_a_case_closed_while_a_clock_stands_still_counts_until_the_pause(case, people):
    do(case, "pause", people.lead, "2018-05-04 10:00", **PAUSE)
    ended = do(case, "verify", people.officer, "2018-06-04 10:00", outcome="partly", text="x")
    ended = played(
        ended,
        ("inform", people.officer, {"text": "告知"}),
        ("close", people.officer, {}),
        start=at("2018-06-04 11:00"),
    )
    assert ended.clocks.get(code="close").state == "met"


def tick(when):
    return services.tick(now=at(when))


def reminded():
    rows = CaseReminder.objects.order_by("at", "person__username")
    return [(row.step, row.person.username) for row in rows]


def test_each_rung_speaks_once(people):
    case = received(received_at=MONDAY)
    # Due on Monday 12 March; two working days before is Thursday the 8th, at nine.
    assert tick("2018-03-08 08:59") == 0
    assert tick("2018-03-08 09:00") == 1
    assert tick("2018-03-08 09:00") == tick("2018-03-09 12:00") == 0
    assert reminded() == [("-2-working_days-owner", people.officer.username)]
    letter = Letter.objects.get(kind="case.ladder", channel="notice")
    assert (letter.recipient, letter.subject) == (people.officer, f"时限临近：诉求{case.number}")
    assert "赵某某" not in letter.body
    assert tick("2018-03-12 09:00") == 1
    assert reminded()[1] == ("0-working_days-owner_lead", people.lead.username)
    assert Letter.objects.filter(subject=f"今日到期：诉求{case.number}").exists()
    assert tick("2018-12-31 09:00") == 0


def test_missed_ticks_are_made_up_for_once(people):
    received(received_at=MONDAY)
    assert tick("2018-03-20 10:00") == 2
    assert tick("2018-03-20 10:00") == 0


def test_a_stopped_or_paused_clock_keeps_silent_and_a_moved_one_speaks_again(case, people):
    # The company's clock: 10 working days from 5 March end on 19 March.
    moved = played(
        case,
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        start=at("2018-03-05 10:00"),
    )
    assert tick("2018-03-16 09:00") == 1
    assert reminded() == [("-1-working_days-responsible", people.handler.username)]
    extended = {**EXTEND, "clock": "company", "value": 5}
    do(moved, "extend", people.lead, "2018-03-16 10:00", **extended)
    assert tick("2018-03-19 10:00") == 0
    assert tick("2018-03-23 09:00") == 1
    do(moved, "reply", people.handler, "2018-03-23 10:00", text="已处理")
    assert tick("2018-03-30 09:00") == 0


def test_a_clock_that_cannot_be_read_is_set_aside_and_silences_no_other(people, caplog):
    """The first of two that fall due together is broken: the second is heard all the same."""
    broken, sound = received(received_at=MONDAY), received(received_at=MONDAY)
    CaseClock.objects.filter(case=broken).update(code="nothing")
    assert tick("2018-03-08 09:00") == 1
    assert CaseReminder.objects.get().clock.case == sound
    assert "case_ladder_failed" in caplog.text
    caplog.clear()
    # It does not come up at every tick; the outbox tries again and in the end asks a person.
    assert tick("2018-03-08 09:01") == 0
    assert "case_ladder_failed" not in caplog.text
    job = Letter.objects.get(kind="case.ladder.again")
    for hour in range(10, 22):
        outbox.run_due(now=at(f"2018-03-08 {hour}:00"))
    job.refresh_from_db()
    assert job.state == "parked"
    assert "KeyError" in job.error
    # Mended and let go again, it speaks of every rung that came meanwhile, and of the later ones.
    CaseClock.objects.filter(case=broken).update(code="decide")
    parked.release(letter=job, by=people.lead, now=at("2018-03-09 10:00"), reason="已修复")
    outbox.run_due(now=at("2018-03-09 10:00"))
    assert [row.step for row in CaseReminder.objects.filter(clock__case=broken)] == [
        "-2-working_days-owner"
    ]
    assert tick("2018-03-12 09:00") == 2


def test_late_rungs_reach_who_leads_and_then_the_owner(case, people):
    played(
        case,
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=at("2018-03-05 10:00"),
    )
    tick("2018-03-19 09:00")
    tick("2018-03-20 09:00")
    assert reminded() == [
        ("-1-working_days-responsible", people.handler.username),
        ("0-working_days-holder_lead", people.chief.username),
        ("1-working_days-owner", people.officer.username),
    ]


def test_a_calendar_that_arrives_moves_provisional_deadlines_once(people):
    """The days off of a year that was not published yet: shown before, computed afterwards."""
    from datetime import date

    from complaints.models import Case
    from complaints.services.recomputing import impact
    from core import workdays
    from core.workdays import Day, YearPlan

    # No calendar of 2040 is known: Monday 5 March, 10 working days end on Monday 19 March.
    start = at("2040-03-05 09:00")
    case = played(
        received(received_at=start),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=start,
    )
    clock = case.clocks.get()
    assert (clock.provisional, clock.due_at) == (True, last_second("2040-03-19"))
    old = workdays.calendar(now=start)
    off = (Day(date(2040, 3, 7), "holiday", "假日"), Day(date(2040, 3, 8), "holiday", "假日"))
    new = old.with_plan(YearPlan(2040, 1, False, "通知", off))
    (moved,) = impact(old, new)
    assert moved[0].startswith(case.number)
    assert moved[2:] == (last_second("2040-03-19"), last_second("2040-03-21"))
    clock.refresh_from_db()
    assert clock.due_at == last_second("2040-03-19")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workdays, "calendar", lambda **_kwargs: new)
        assert services.recompute(now=start) == 1
        assert services.recompute(now=start) == 0
    clock.refresh_from_db()
    assert (clock.provisional, clock.due_at) == (False, last_second("2040-03-21"))
    assert Case.objects.get(pk=case.pk).due_at == clock.due_at
