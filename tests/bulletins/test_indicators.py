"""The indicators of enterprises since 2025: how content, how many appeal, how many rightly."""

import io
import json

import pytest
from django.core.management import call_command

from core.periods import Period
from reporting.bulletins import text
from reporting.bulletins.making import make
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
RECEIVED, CLOSED = at("2025-04-08 10:00"), at("2025-04-20 10:00")


def closed(nature="complaint", outcome="unsubstantiated", satisfaction=""):
    received(
        nature=nature,
        category="",
        received_at=RECEIVED,
        now=at("2025-07-01 09:00"),
        state="closed",
        closed_at=CLOSED,
        accepted=True,
        outcome=outcome,
        satisfaction=satisfaction,
    )


@pytest.fixture
def quarter(catalogues):
    """Five complaints closed, three of them rated; two appeals, one of them decided for them."""
    for satisfaction in ("content", "fairly", "not_content", "unreachable", ""):
        closed(satisfaction=satisfaction)
    closed("appeal", "partly")
    received(nature="appeal", category="", received_at=RECEIVED)


def test_the_json_has_the_indicators_with_what_they_are_shares_of(quarter):
    out = io.StringIO()
    options = {"organisation": "SERC-NF", "style": "2025", "stdout": out, "stderr": out}
    call_command("build_bulletin", "--from=2025-04-01", "--to=2025-06-30", **options)
    said = json.loads(out.getvalue()[out.getvalue().index("{") :])
    complaints, appeals = said["complaints"], said["appeals"]
    assert complaints["closed"]["count"] == 5
    assert complaints["rated"]["count"] == 3
    # Content and fairly content of those who said something; two appeals on five closed.
    assert complaints["satisfied"] == {"count": 2, "share_pct": "66.67"}
    assert complaints["appealed"] == {"count": 2, "share_pct": "40"}
    assert (appeals["received"]["count"], appeals["closed"]["count"]) == (2, 1)
    assert appeals["justified"] == {"count": 1, "share_pct": "100"}


def sentences(period):
    from datetime import date

    first, last = (date.fromisoformat(day) for day in period)
    made = make(
        organisation("SERC-NF"), Period(first, last), style="2025", now=at("2025-10-09 09:00")
    )
    return [what for kind, what in text.lines(made.bulletin, made.style) if kind == "text"]


def test_the_words_name_them_and_are_silent_where_nothing_was_rated(quarter):
    said = sentences(("2025-04-01", "2025-06-30"))
    assert "办结的投诉中回访评价3件，办理满意率66.67%。" in said
    assert "2025年二季度，接收申诉2件，投诉申诉率40%。" in said
    assert "办结申诉1件，申诉有责率100%。" in said
    later = sentences(("2025-07-01", "2025-09-30"))
    assert "2025年三季度，接收申诉0件。" in later
    assert not any("满意率" in one or "有责率" in one for one in later)
