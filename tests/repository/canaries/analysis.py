"""Secrets of the analysis: a report not handed in yet, a circular not issued, a view not shared."""

from datetime import date

from complaints.services import saved_views
from complaints.services.issues import Content, Issue, keep
from core.periods import Period
from reporting.services import circulars, situations
from reporting.situations import Demand
from tests.factories import complaints as cases
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

ISSUE_PAGES = ("issue_report", "issue_edit", "issue_submit", "issue_correct", "issue_drop")
NOW = cases.at("2011-11-22 09:00")


def plant(world):
    return [of_issues(world), of_circular(world), of_situation(world), of_view(world)]


def of_issues(world):
    """A draft of Guangdong's company: nobody else reads it, not even the regulator."""
    title = world.text()
    report = keep(
        organisation=organisation("CSG-GD"),
        period=Period(date(2011, 10, 1), date(2011, 10, 31)),
        content=Content((Issue(title),)),
        now=NOW,
    )
    return Secret(
        "a draft of hot issues of Guangdong's company",
        title,
        lambda person: person.home == "CSG-GD" and person.may("case.view"),
        app="complaints",
        keys={"pk": report.pk},
        opens=tuple(f"complaints:{page}" for page in ISSUE_PAGES),
    )


def of_circular(world):
    """A draft circular of the South bureau: its own office only, and not yet on the public page."""
    case = cases.received(
        number="CANARY-1",
        organisation="CSG-GD",
        received_at=cases.at("2011-11-01 09:00"),
        now=NOW,
        state="closed",
        outcome="substantiated",
        closed_at=cases.at("2011-11-20 09:00"),
    )
    title = world.text()
    circular = circulars.draft(
        organisation=organisation("SERC-NF"),
        title=title,
        numbers=[case.number],
        public=True,
        occasion="canary",
        by=world.person("SERC-NF", "regulator_officer").user,
        now=NOW,
    )
    pages = [f"circular_{act}" for act in ("edit", "submit", "recall", "send_back", "approve")]
    pages += ["circular", "circular_issue", "circular_publish", "public_circular"]
    pages += ["circular_correct", "circular_withdraw", "circular_drop", "withdrawal_edit"]
    return Secret(
        "a draft circular of the South bureau",
        title,
        lambda person: person.home == "SERC-NF" and person.may("report.view"),
        app="reporting",
        keys={"pk": circular.pk},
        opens=tuple(f"reporting:{page}" for page in (*pages, "public_circular_file")),
    )


def of_situation(world):
    """A draft on the situation found: what it demands is its own office's until it is issued."""
    for place in range(10):
        cases.received(
            number=f"CANARY-S{place}",
            organisation="CSG-GD",
            category="outage_repair",
            received_at=cases.at("2011-11-01 09:00"),
            now=NOW,
        )
    period = Period(date(2011, 11, 1), date(2011, 11, 21))
    office = organisation("SERC-NF")
    by = world.person("SERC-NF", "regulator_officer").user
    found = situations.candidates(office, period, None, by=by)
    demand = world.text()
    circular = situations.draft(
        organisation=office,
        title="canary",
        period=period,
        region=None,
        chosen=[one.key for one in found],
        bad="canary",
        demands=[Demand(demand, "2011-12-20")],
        public=True,
        occasion="canary of a situation",
        by=by,
        now=NOW,
    )
    pages = ("situation_edit", "situation_fact", "circular", "circular_sign", "public_circular")
    return Secret(
        "a draft of the South bureau on a situation",
        demand,
        lambda person: person.home == "SERC-NF" and person.may("report.view"),
        app="reporting",
        keys={"pk": circular.pk, "place": 1},
        opens=tuple(f"reporting:{page}" for page in pages),
    )


def of_view(world):
    """A view that an officer of the South bureau keeps for themselves."""
    owner, name = world.person("SERC-NF", "regulator_officer").user, world.text()
    view = saved_views.save(
        page="list", params={}, name=name, moving=False, shared=False, by=owner, now=NOW
    )
    acts = ("saved_view", "saved_view_change", "saved_view_drop", "saved_view_subscribe")
    return Secret(
        "a view that an officer keeps for themselves",
        name,
        lambda person: person.user == owner,
        app="complaints",
        keys={"pk": view.pk},
        opens=tuple(f"complaints:{act}" for act in acts),
    )
