"""Secrets of the analysis: a report that a company has not handed in yet."""

from datetime import date

from complaints.services.issues import Content, Issue, keep
from core.periods import Period
from tests.factories import complaints as cases
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

ISSUE_PAGES = ("issue_report", "issue_edit", "issue_submit", "issue_correct", "issue_drop")
NOW = cases.at("2011-11-22 09:00")


def plant(world):
    return [of_issues(world)]


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
