"""The rehearsal lists the reports by mail, and the ticks then send exactly those."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import call_command

from campaign import services as campaign_services
from campaign.models import Duty
from campaign.rehearsal import rehearse
from core import clock, outbox
from core.clock import ZONE
from core.models import AuditEvent, Letter
from reporting.models import FigureSnapshot, ReturnReminder, Subscription
from reporting.services import return_reminding, subscriptions
from tests.factories import accounts, returns
from tests.factories import campaign as campaigns
from tests.factories import reporting as filings
from tests.factories import reports as factory

pytestmark = pytest.mark.usefixtures("catalogues")
# The morning of the eve of the companies' deadline, a Thursday.
NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    """Guangdong has filed, the others still owe their reports until 25 November 23:59:59."""
    made = campaigns.launched_campaign()
    filings.filed(campaigns.duty(made), now=NOW - timedelta(days=1))
    campaign_services.tick(now=NOW)
    with clock.standing_at(NOW):
        yield made


def subscribed(campaign, *, rhythm="workdays", now=NOW, **changes):
    settings = {
        "title": "每日进展",
        "recipients": [accounts.organisation("NEA-ROOT")],
        "send_at": time(8, 30),
    } | changes
    return subscriptions.subscribe(
        campaign=campaign,
        phase=factory.phase(campaign),
        organisation=accounts.organisation("SERC-NF"),
        rhythm=rhythm,
        by=factory.editor(),
        now=now,
        **settings,
    )


def rehearsed(campaign, *, until, now=NOW):
    lines = rehearse(campaign, now=now)
    soon = [line for line in lines if line.kind == "report" and line.when < until]
    return {(line.when.astimezone(ZONE), line.to, line.letter) for line in soon}


def played(campaign, *, until, now=NOW):
    """Let the ticks run four times a day without anybody doing anything; what was mailed."""
    at = now
    while at < until:
        with clock.standing_at(at):
            campaign_services.tick(now=at)
            subscriptions.tick(now=at)
            outbox.run_due(now=at)
        at = next_round(at)
    letters = Letter.objects.filter(kind="report.subscription", channel="mail")
    return {(one.created_at.astimezone(ZONE), one.to[0], one.key) for one in letters}


def next_round(at):
    rounds = [(8, 30), (12, 0), (17, 0), (23, 59)]
    day = at.astimezone(ZONE).date()
    later = [clock.at(one, h, m) for one in (day, day + timedelta(days=1)) for h, m in rounds]
    return min(instant for instant in later if instant > at)


def test_a_daily_report_is_sent_when_something_changed_and_rehearsed_so(campaign):
    """By hand: on Friday the figures as they stand; on Monday the companies' deadline of the 25th
    is missed, on Thursday the bureau's own of 30 November; then nothing changes any more."""
    subscribed(campaign)
    lines = [line for line in rehearse(campaign, now=NOW) if line.kind == "report"]
    national = accounts.organisation("NEA-ROOT")
    assert [f"{line.when.astimezone(ZONE):%m-%d %H:%M}" for line in lines] == [
        "11-25 08:30",
        "11-28 08:30",
        "12-01 08:30",
    ]
    first = lines[0]
    assert (first.to, first.name, first.subject) == (national.email, str(national), "每日进展")
    assert (first.organisation, first.about) == ("SERC-NF", "启动部署")
    assert first.rule_text == "每个工作日08:30，没有内容或没有变化时不发送"


def test_that_nobody_is_left_to_read_a_report_is_rehearsed_too(campaign):
    """By hand: the only reader leaves on Friday; from Monday on its keeper hears of it."""
    reader = accounts.member("SERC-NF", "regulator_viewer")
    made = subscribed(campaign, recipients=[], people=[reader], skip_if_empty=False)
    reader.memberships.update(ends_on=date(2011, 11, 25))
    until = clock.at(date(2011, 11, 29))
    lines = [line for line in rehearse(campaign, now=NOW) if line.kind == "failure"]
    first, *_later = lines
    assert f"{first.when.astimezone(ZONE):%m-%d %H:%M}" == "11-28 08:30"
    assert (first.to, first.rule_text) == (made.created_by.username, "没有可用的收件地址。")
    assert len(played(campaign, until=until)) == 1
    told = Letter.objects.filter(kind="report.subscription_failed")
    assert {(one.key, one.recipient.username) for one in told} == {
        (line.letter, line.to) for line in lines if line.when < until
    }


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"skip_if_empty": False},
        {"rhythm": "weekly", "weekday": 0, "send_at": time(17, 0)},
        {"rhythm": "once", "first_on": date(2011, 11, 28), "send_at": time(12, 0)},
        {"provinces": ["530000"]},
        {"content": "issued"},
        {"content": "issued", "skip_if_empty": False},
    ],
)
def test_the_ticks_mail_exactly_what_was_rehearsed(campaign, chosen):
    subscribed(campaign, **chosen)
    until = datetime(2011, 12, 8, tzinfo=ZONE)
    expected = rehearsed(campaign, until=until)
    assert played(campaign, until=until) == expected
    silent = chosen.get("content") == "issued" or "provinces" in chosen
    assert bool(expected) != silent


def test_an_issued_report_is_rehearsed_once_or_each_time(campaign):
    factory.at("issued", campaign, now=NOW)
    subscribed(campaign, title="有新才发", content="issued")
    subscribed(campaign, title="每次都发", content="issued", skip_if_empty=False)
    until = datetime(2011, 12, 1, tzinfo=ZONE)
    expected = rehearsed(campaign, until=until)
    assert len(expected) == 1 + 4  # 25, 28, 29 and 30 November
    assert played(campaign, until=until) == expected


def test_people_get_it_as_long_as_they_hold_their_post(campaign):
    leaving = accounts.member("SERC-NF", "regulator_viewer")
    leaving.memberships.update(ends_on=date(2011, 11, 28))
    subscribed(campaign, people=[leaving], skip_if_empty=False)
    until = datetime(2011, 12, 1, tzinfo=ZONE)
    expected = rehearsed(campaign, until=until)
    days = sorted(f"{when:%m-%d}" for when, to, _key in expected if to == leaving.email)
    assert days == ["11-25", "11-28"]
    assert played(campaign, until=until) == expected


def test_what_was_missed_is_made_up_for_at_once_and_what_is_paused_is_not_listed(campaign):
    late = subscribed(campaign, now=NOW - timedelta(days=3), rhythm="once")
    paused = subscribed(campaign, title="暂停")
    subscriptions.switch(subscription=paused, active=False, by=factory.editor(), now=NOW)
    assert late.next_run_at < NOW
    until = datetime(2011, 12, 1, tzinfo=ZONE)
    expected = rehearsed(campaign, until=until)
    assert [when for when, _to, _key in expected] == [NOW]
    assert played(campaign, until=until) == expected


def test_a_rehearsal_of_reports_writes_nothing_and_ends_with_the_campaign(campaign):
    subscribed(campaign, skip_if_empty=False)

    def counts():
        kept = [m.objects.count() for m in (Letter, AuditEvent, FigureSnapshot)]
        duties = sorted(Duty.objects.values_list("pk", "state"))
        return kept, duties, list(Subscription.objects.values())

    before = counts()
    last = max(line.when for line in rehearse(campaign, now=NOW) if line.kind == "report")
    assert counts() == before
    assert last.astimezone(ZONE).date() <= campaign.ends_on
    assert campaign.ends_on - last.astimezone(ZONE).date() < timedelta(days=10)


@pytest.mark.clause("S1-4.1j")
def test_command_and_page_list_the_reports_for_those_who_run_them(campaign, client):
    subscribed(campaign)
    out = io.StringIO()
    call_command("rehearse", campaign=campaign.code, json=True, stdout=out)
    lines = [one for one in json.loads(out.getvalue())["lines"] if one["kind"] == "report"]
    assert [one["when"] for one in lines] == [
        "2011-11-25T08:30:00+08:00",
        "2011-11-28T08:30:00+08:00",
        "2011-12-01T08:30:00+08:00",
    ]
    url = f"/campaigns/{campaign.pk}/reminders/"
    client.force_login(accounts.member("SERC-NF", "regulator_viewer"))
    html = client.get(url).content.decode()
    assert html.count("每日进展") == 3
    assert "每个工作日08:30" in html
    # Who gets whose reports is known in the office that sends them, as on its own page.
    for where, role in (("CSG-GD", "company_lead"), ("NEA-ROOT", "regulator_lead")):
        client.force_login(accounts.member(where, role))
        assert "每日进展" not in client.get(url).content.decode()


def test_reminders_of_returns_go_out_exactly_as_they_were_rehearsed(campaign):
    """A weekly and a monthly return; two units have a filer, one only a certifier."""
    for unit, role in (("CSG-GD", "company_filer"), ("CSG-GX", "company_filer"),
                       ("CSG-YN", "company_lead")):  # fmt: skip
        accounts.member(unit, role)
    for code, first in (("supply_weekly", date(2011, 11, 21)), ("hot_issues", date(2011, 11, 1))):
        returns.collected(code, "SERC-NF", starts_on=first, now=NOW)
    return_reminding.remind(now=NOW)
    until = datetime(2011, 12, 20, tzinfo=ZONE)
    lines = [line for line in rehearse(campaign, now=NOW) if line.rule.startswith("return-")]
    assert {line.about for line in lines} == {"supply_weekly", "hot_issues"}
    assert "定期报表截止日前2个工作日09:00" in {line.rule_text for line in lines}
    expected = {(line.letter, line.when) for line in lines if line.when < until}
    listed = {(line.letter, line.subject, line.rule) for line in lines if line.when < until}
    before = set(ReturnReminder.objects.values_list("pk", flat=True))
    day = NOW.date()
    while (at := clock.at(day, 9)) < until:
        if at > NOW:
            return_reminding.remind(now=at)
        day += timedelta(days=1)
    went = ReturnReminder.objects.exclude(pk__in=before).select_related("entry__form")
    assert {(f"return-reminder-{one.person_id}-{one.at.astimezone(ZONE):%Y%m%d}", one.at)
            for one in went} == expected  # fmt: skip
    assert len(went) == len(listed)
    assert expected
