"""The later stages of the replay: what its script tells, and how items of the ledger go on."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from campaign.models import (
    CampaignTemplate,
    Checklist,
    Demonstration,
    EnforcementStep,
    Finding,
    Inspection,
    LegalArticle,
    RectificationItem,
)
from complaints import services
from complaints.models import Claim
from config.demo import FIRST_DAY
from config.replay import faults, ledger, past, people, player, rounds, scales, script
from core import clock, workitems
from grids.models import Hazard
from reporting.models import Activation, ImprovementTask, OutageFlag, Return
from tests.factories import accounts

CODE = "residential-2011"
END = clock.at(date(2012, 12, 31), 23, 59)


@pytest.fixture(scope="module")
def played():
    return script.load(CODE)


def test_everything_that_the_script_tells_can_be_played_by_its_people():
    played = script.load(CODE, beside=True)
    plain = {name.removeprefix("do_") for name in dir(player.Player) if name.startswith("do_")}
    assert {act.verb for act in played.acts} <= plain | set(player.MATTERS)
    assert {act.organisation for act in played.acts} <= set(played.people)
    # What is told beside the campaign is told in the replay only: the demo has its own.
    assert not script.BESIDE & {act.verb for act in script.load(CODE).acts}
    assert played.launched <= min(act.at for act in played.acts if act.verb != "case")
    assert max(act.at for act in played.acts) <= END
    assert {act.at.weekday() for act in played.acts if act.verb == "certify"} <= set(range(5))


def test_each_stage_has_its_report_and_each_company_its_filings(played):
    """Eleven companies; in each stage somebody is late and somebody is sent back (plan 五)."""
    issued = {act.subject for act in played.acts if act.verb == "issue_report"}
    assert issued == {"1", "2", "3", "4"}
    for duty, due in (("self-inspection", date(2012, 6, 1)), ("summary", date(2012, 12, 5))):
        certified = [a for a in played.acts if (a.verb, a.subject) == ("certify", duty)]
        assert len({act.organisation for act in certified}) == len(played.executors)
        assert any(act.at.date() > due for act in certified)
        assert any((a.verb, a.subject) == ("return", duty) for a in played.acts)
    events = {a.subject for a in played.acts if a.verb == "ordered_use"}
    assert len(events) == 2


def test_what_is_handed_in_of_an_evening_can_be_entered_then(played, catalogues):
    """At half past five nothing may be from later on, and lists change with the years."""
    day, desk = played.created.date(), services.Desk()
    while day <= END.date():
        evening = clock.at(day, 17, 30)
        found = [*past.Past(1, more=20).day(day), *faults.of_day(1, day)]
        for _owner, source, one in found:
            assert one["closed_at"] <= evening
            for kind in ("channel", "nature", "category", "target"):
                code = one.get(kind)
                assert not code or desk.knows(kind, code, source=source, on=day), (day, code)
        day += timedelta(days=1)


def test_what_inspections_may_find_stands_in_the_checklist_and_the_law(catalogues):
    numbers = set(Checklist.objects.get(code=CODE).items.values_list("number", flat=True))
    articles = set(LegalArticle.objects.values_list("code", flat=True))
    for one in rounds.problems():
        assert one["item"] in numbers
        assert one["article"] in articles
    assert CampaignTemplate.objects.filter(code=CODE).exists()


MATTERS = {"roster", "round", "enter_item", "enforce", "use_plan", "ordered_use"}


def test_inspections_enforcement_and_ordered_use_end_as_the_script_tells(
    played, catalogues, settings
):
    """The acts of the summer by the real services, at their times and by the script's people."""
    settings.CLOCK_MAY_MOVE = True
    with clock.standing_at(played.created):
        found = people.plant(played, now=played.created)
    playing = player.Player(played, found, seed=1)
    begin = [script.Act(played.created, "create", "", "")]
    begin.append(script.Act(played.launched, "launch", "", ""))
    demo = clock.at(FIRST_DAY, 9, 30)
    desks: dict[str, set[str]] = {}
    for act in (*begin, *(one for one in played.acts if one.verb in MATTERS)):
        if not desks and act.at > demo:
            desks = on_the_desks(found, now=demo)
        with clock.standing_at(act.at):
            handle = player.MATTERS.get(act.verb) or getattr(player.Player, f"do_{act.verb}")
            handle(playing, act)
    # In the middle of stage 3 the office has matters to settle, the companies things to put right.
    for place in ("/findings/proposals/", "/rectification/?view=overdue"):
        assert any(url.startswith(place) for url in desks["nanfang-officer"]), place
    assert any(url.startswith("/enforcement/") for url in desks["nanfang-lead"])
    for name in ("guangzhou-lead", "guangzhou-filer"):
        for place in ("/inspections/findings/", "/rectification/", "/supply/events/"):
            assert any(url.startswith(place) for url in desks[name]), (name, place)
    drawn = Inspection.objects.all()
    # Two of three units of the south, one of Yunnan, and one of three twice more.
    assert {one.state for one in drawn} == {"concluded"}
    assert drawn.count() == 2 + 1 + 1 + 1
    standing = Finding.objects.filter(state__in=("confirmed", "upheld")).count()
    assert standing >= drawn.count() - Finding.objects.filter(state="dropped").count()
    items = RectificationItem.objects.filter(source_kind="inspection")
    assert items.count() == standing > 0
    measures = EnforcementStep.objects.order_by("pk").values_list("measure", "state")
    assert list(measures) == [("talk", "answered"), ("talk", "answered"), ("order", "answered")]
    events = Activation.objects.order_by("announced_at")
    assert [(one.organisation.code, one.state) for one in events] == [
        ("CSG-GX-NN", "reported"),
        ("CSG-GD-GZ", "reported"),
    ]
    assert [one.rows.filter(feeder_cut=True).count() for one in events] == [0, 1]
    assert all(one.plan.year == 2012 for one in events)


# Circulars tell of cases that were proven, and there are none here.
BESIDE = script.BESIDE - {"circular"}


def test_what_is_told_beside_the_campaign_ends_as_the_script_tells(catalogues, settings):
    """Grids, model units, returns, outages and tasks of the year by the real services."""
    settings.CLOCK_MAY_MOVE = True
    told = script.load(CODE, beside=True)
    with clock.standing_at(told.created):
        found = people.plant(told, now=told.created)
    playing = player.Player(told, found, seed=1)
    begin = [script.Act(told.created, "create", "", "")]
    begin.append(script.Act(told.launched, "launch", "", ""))
    later = [one for one in told.acts if one.verb in BESIDE or one.subject == "gz-notices"]
    for act in (*begin, *later):
        with clock.standing_at(act.at):
            handle = player.MATTERS.get(act.verb) or getattr(player.Player, f"do_{act.verb}")
            handle(playing, act)
    assert Demonstration.objects.get(name="四会供电局").state == "named"
    assert set(Hazard.objects.filter(reported_at__year=2012).values_list("state", flat=True)) == {
        *("closed", "owned", "dismissed")
    }
    closed = Claim.objects.filter(case__state="closed", case__received_at__year=2012)
    # One was not at home; of three others one is not content.
    assert sorted(closed.values_list("visited", "solved")) == [
        *((False, None), (True, False), (True, True), (True, True))
    ]
    late = Return.objects.filter(code="hot_issues", first_late=True)
    assert [one.organisation.code for one in late] == ["CSG-GX"]
    flagged = Counter(OutageFlag.objects.values_list("code", flat=True))
    assert {"late", "missing", "overrun", "violation"} <= set(flagged)
    steps = EnforcementStep.objects.order_by("pk").values_list("measure", "state")
    assert list(steps) == [("circular", "answered"), ("penalty", "answered")]
    assert sorted(ImprovementTask.objects.values_list("state", flat=True)) == ["checked", "done"]


def on_the_desks(people, *, now):
    """Where the demo begins: the pages that the work on each desk leads to."""
    with clock.standing_at(now):
        return {
            name: {one.url for one in workitems.found(people[name], now=now)}
            for name in ("nanfang-officer", "nanfang-lead", "guangzhou-lead", "guangzhou-filer")
        }


def test_items_are_planned_reported_checked_by_others_and_looked_back_at(catalogues):
    """Every evening each item makes the move that it has come to; nobody checks their own work."""
    filers = [accounts.member("CSG-GD-ZQ", "company_filer")]
    officers = [accounts.member("SERC-NF", "regulator_officer") for _ in range(2)]

    def someone(_code, *_roles, besides=None):
        return next(one for one in officers if one.pk not in (besides or ()))

    unit = filers[0].stands[0][0]
    begin = date(2012, 3, 1)
    fake = SimpleNamespace(
        seed=1,
        campaign=None,
        units=[unit],
        someone=someone,
        scale=scales.named("small"),
    )
    for number in range(6):
        ledger.rectification.open_item(
            campaign=None,
            source_kind="case",
            source_ref=str(number),
            source_key=f"replay:{number}",
            unit=unit,
            problem="停电公告不足规定天数",
            requirement="不公告不停电",
            due_on=begin + timedelta(days=30),
            by=None,
            now=clock.at(begin, 10),
        )
    for days in range(1, 200):
        ledger.evening(fake, now=clock.at(begin + timedelta(days=days), 17, 30))
    found = list(RectificationItem.objects.all())
    assert {one.state for one in found} == {"closed"}
    assert all(one.looked_back_at for one in found)
    for one in found:
        assert one.reported_by in filers
        assert one.verified_by in officers
        acts = Counter(one.entries.values_list("act", flat=True))
        assert acts["report"] == 1 + acts["return"] + acts["reopen"]
        worked = one.entries.exclude(at__isnull=True)
        assert all(entry.at.astimezone(clock.ZONE).weekday() < 5 for entry in worked)
