"""Reports by mail at set times: on the right day, complete or not at all, failures seen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts import services
from accounts.models import User
from core import clock, outbox
from core.clock import ZONE
from core.errors import Refused
from core.models import AuditEvent, Letter
from reporting import documents
from reporting.models import FigureSnapshot, Subscription
from reporting.services import reports as made
from reporting.services import subscriptions
from reporting.services.addressees import Addressees
from tests.factories import accounts
from tests.factories import campaign as campaigns
from tests.factories import reporting as filings
from tests.factories import reports as factory

pytestmark = pytest.mark.usefixtures("catalogues")
# A Monday afternoon.
NOW = factory.REPORT_DAY


@pytest.fixture
def campaign(catalogues):
    return campaigns.launched_campaign()


def subscribed(campaign, *, by=None, rhythm="workdays", now=NOW, **changes):
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
        by=by or factory.editor(),
        now=now,
        **settings,
    )


def sent():
    return Letter.objects.filter(kind="report.subscription", channel="mail")


def at(month, day, hour=8, minute=30, year=2011):
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("rhythm", "chosen", "after", "expected"),
    [
        ("workdays", {}, NOW, at(11, 29)),
        # Friday afternoon: the next working day is Monday.
        ("workdays", {}, at(12, 2, 17, 0), at(12, 5)),
        # 31 December 2011 was a Saturday on which people worked for the New Year holiday.
        ("workdays", {}, at(12, 30, 9, 0), at(12, 31)),
        ("weekly", {"weekday": 0}, NOW, at(12, 5)),
        ("weekly", {"weekday": 2}, NOW, at(11, 30)),
        ("monthly", {"month_day": 5}, NOW, at(12, 5)),
        ("once", {}, NOW, at(11, 29)),
    ],
)
def test_the_next_time_follows_the_rhythm_and_the_working_calendar(
    campaign, rhythm, chosen, after, expected
):
    subscription = subscribed(campaign, rhythm=rhythm, now=after, **chosen)
    assert subscription.next_run_at == expected


def test_a_first_day_keeps_it_waiting(campaign):
    subscription = subscribed(campaign, rhythm="once", first_on=date(2011, 12, 10))
    assert subscription.next_run_at == at(12, 10)


def test_at_its_time_the_report_goes_out_whole_and_once(campaign):
    filings.filed(campaigns.duty(campaign))
    person = accounts.member("SERC-NF", "regulator_lead")
    subscription = subscribed(campaign, people=[person])
    due = subscription.next_run_at
    assert subscriptions.tick(now=due - timedelta(seconds=1)) == 0
    assert subscriptions.tick(now=due) == 1
    assert subscriptions.tick(now=due) == 0
    mail.outbox.clear()
    outbox.run_due(now=due)
    letters = list(sent())
    assert {letter.to[0] for letter in letters} == {
        accounts.organisation("NEA-ROOT").email,
        person.email,
    }
    messages = [m for m in mail.outbox if m.subject.startswith("每日进展")]
    assert len(messages) == 2
    for message in messages:
        kinds = sorted(name.rpartition(".")[2] for name, _content, _type in message.attachments)
        assert kinds == ["docx", "pdf", "xlsx"]
    subscription.refresh_from_db()
    assert subscription.last_result == "已发送给2个地址"
    assert subscription.next_run_at == at(11, 30)
    # The same occasion run again (after a crash) posts nothing more.
    subscriptions.run(subscription=subscription, occasion="20111129T083000", now=due)
    assert sent().count() == 2


def test_nothing_to_tell_is_not_sent_unless_wished(campaign):
    subscription = subscribed(campaign)
    told = subscriptions.run(subscription=subscription, occasion="a", now=NOW)
    assert told == "没有内容，未发送"
    assert not sent().exists()
    wished = subscribed(campaign, skip_if_empty=False)
    subscriptions.run(subscription=wished, occasion="a", now=NOW)
    assert sent().count() == 1


def test_what_was_sent_before_is_not_sent_again_until_something_changed(campaign):
    filings.filed(campaigns.duty(campaign))
    subscription = subscribed(campaign)
    subscriptions.run(subscription=subscription, occasion="a", now=NOW)
    subscription.refresh_from_db()
    later = NOW + timedelta(hours=1)
    assert subscriptions.run(subscription=subscription, occasion="b", now=later) == (
        "与上次相同，未发送"
    )
    filings.filed(campaigns.duty(campaign, organisation="CSG-HI"), now=later)
    subscription.refresh_from_db()
    subscriptions.run(subscription=subscription, occasion="c", now=later)
    assert sent().count() == 2


def test_an_incomplete_report_is_not_sent_and_the_failure_is_seen(campaign, monkeypatch):
    filings.filed(campaigns.duty(campaign))
    subscription = subscribed(campaign)

    def fail(*_args):
        raise Refused("附表无法生成")

    monkeypatch.setattr(documents, "render", fail)
    snapshots = FigureSnapshot.objects.count()
    subscriptions.tick(now=subscription.next_run_at)
    outbox.run_due(now=subscription.next_run_at)
    subscription.refresh_from_db()
    assert not sent().exists()
    assert FigureSnapshot.objects.count() == snapshots
    assert subscription.last_error == "附表无法生成"
    notice = Letter.objects.get(kind="report.subscription_failed")
    assert notice.recipient_id == subscription.created_by_id
    assert "附表无法生成" in notice.body
    # Who set it up has gone: those who may mend it hear of the next one.
    maker, mender = subscription.created_by, factory.editor()
    maker.memberships.update(ends_on=date(2011, 11, 28))
    subscriptions.note_failure(
        subscription=subscription, reason="附表无法生成", now=at(11, 30), occasion="later"
    )
    told = Letter.objects.filter(kind="report.subscription_failed").exclude(pk=notice.pk)
    keepers = set(told.values_list("recipient_id", flat=True))
    assert (mender.pk in keepers, maker.pk in keepers) == (True, False)
    # The next time is kept: one failure does not end a subscription.
    assert subscription.active
    assert subscription.next_run_at == at(11, 30)


def test_the_last_issued_report_goes_out_once(campaign):
    subscription = subscribed(campaign, content="issued")
    assert subscriptions.run(subscription=subscription, occasion="a", now=NOW) == (
        "还没有印发的报告，未发送"
    )
    report = factory.at("issued", campaign)
    subscriptions.run(subscription=subscription, occasion="b", now=NOW)
    letter = sent().get()
    current = report.current_version
    assert letter.attachments == [str(f.pk) for f in (current.docx, current.pdf, current.xlsx)]
    subscription.refresh_from_db()
    assert subscriptions.run(subscription=subscription, occasion="c", now=NOW) == (
        "没有新印发的报告，未发送"
    )
    # Other words over the same figures: whoever has the report gets its correction, once.
    editor = factory.editor()
    told = {"note": "第二段文字有误", "occasion": "c1", "recount": False}
    fresh = made.correct(report=report, **told, by=editor, now=NOW)
    outbox.run_due(now=NOW)
    fresh = made.submit_for_approval(
        report=type(fresh).objects.get(pk=fresh.pk), by=editor, now=NOW
    )
    lead = factory.approver()
    made.issue(report=made.approve(report=fresh, by=lead, now=NOW), by=lead, now=NOW)
    for occasion in "de":
        subscription.refresh_from_db()
        subscriptions.run(subscription=subscription, occasion=occasion, now=NOW)
    assert sent().count() == 2
    assert "更正" in sent().latest("pk").body


def test_unissued_figures_go_to_regulators_only(campaign):
    with pytest.raises(Refused, match="只发送给监管机构"):
        subscribed(campaign, recipients=[accounts.organisation("CSG-GD")])
    with pytest.raises(Refused, match="无权查看"):
        subscribed(campaign, recipients=[], people=[accounts.member("CSG-GD", "company_lead")])
    with pytest.raises(Refused, match="请选择"):
        subscribed(campaign, recipients=[])
    assert not Subscription.objects.exists()


def test_who_lost_the_right_gets_no_more_mail(campaign):
    filings.filed(campaigns.duty(campaign))
    person = accounts.member("SERC-NF", "regulator_viewer")
    subscription = subscribed(campaign, people=[person])
    person.memberships.update(ends_on=date(2011, 11, 1))
    found = Addressees(subscription).on(NOW.date())
    assert list(found) == [accounts.organisation("NEA-ROOT").email]


def test_who_went_to_another_office_gets_no_more_mail(campaign):
    filings.filed(campaigns.duty(campaign))
    person = accounts.member("SERC-NF", "regulator_viewer")
    subscription = subscribed(campaign, people=[person])
    person.memberships.update(ends_on=date(2011, 11, 1))
    services.appoint(
        user=person,
        organisation=accounts.organisation("SERC-HB"),
        role="regulator_viewer",
        by=None,
        now=NOW,
    )
    found = Addressees(subscription).on(NOW.date())
    assert list(found) == [accounts.organisation("NEA-ROOT").email]
    with pytest.raises(Refused, match="无权查看阶段报告"), clock.standing_at(NOW):
        subscribed(campaign, people=[User.objects.get(pk=person.pk)])


def test_times_missed_while_nothing_ran_are_made_up_for_once(campaign):
    filings.filed(campaigns.duty(campaign))
    subscription = subscribed(campaign)
    late = subscription.next_run_at + timedelta(days=9)
    assert subscriptions.tick(now=late) == 1
    outbox.run_due(now=late)
    assert sent().count() == 1
    subscription.refresh_from_db()
    assert subscription.next_run_at > late


def test_a_paused_subscription_waits_and_goes_on_from_then(campaign):
    by = factory.editor()
    subscription = subscribed(campaign, by=by)
    paused = subscriptions.switch(subscription=subscription, active=False, by=by, now=NOW)
    assert paused.next_run_at is None
    assert subscriptions.tick(now=NOW + timedelta(days=30)) == 0
    back = subscriptions.switch(
        subscription=subscription, active=True, by=by, now=NOW + timedelta(days=30)
    )
    assert back.next_run_at > NOW + timedelta(days=30)
    stranger = accounts.member("SERC-YN", "regulator_officer")
    with pytest.raises(Refused):
        subscriptions.switch(subscription=subscription, active=False, by=stranger, now=NOW)


@pytest.mark.clause("S1-4.2j")
def test_subscriptions_are_set_up_and_paused_on_their_page(campaign, client):
    client.force_login(factory.editor())
    asked = {
        "title": "周报",
        "phase": factory.phase(campaign).pk,
        "content": "progress",
        "rhythm": "weekly",
        "weekday": "4",
        "send_at": "17:00",
        "recipients": [accounts.organisation("NEA-ROOT").pk],
        "skip_if_empty": "on",
    }
    with clock.standing_at(NOW):
        new = reverse("reporting:subscription_new")
        assert client.post(new, asked | {"title": ""}).status_code == 422
        refused = client.post(new, asked | {"recipients": []})
        assert refused.status_code == 409
        assert "请选择收件单位或收件人。" in refused.content.decode()
        # What a browser would not send is told at its field.
        for name, wrong in (
            ("first_on", "0001-01-01"),
            ("first_on", "9999-12-30"),
            ("weekday", ""),
        ):
            answer = client.post(new, asked | {name: wrong})
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
        # Pressed twice it is one.
        for _time in range(2):
            assert client.post(new, asked | {"client_id": "11111111-4444"}).status_code == 302
        subscription = Subscription.objects.get()
        assert subscription.next_run_at == at(12, 2, 17, 0)
        listed = client.get(reverse("reporting:subscriptions")).content.decode()
        assert "周报" in listed
        assert "2011-12-02 17:00" in listed
        switch = reverse("reporting:subscription_switch", args=[subscription.pk])
        client.post(switch, {"active": "0"})
        subscription.refresh_from_db()
        assert not subscription.active
        client.force_login(accounts.member("SERC-YN", "regulator_officer"))
        assert client.post(switch, {"active": "1"}).status_code == 404


def form_data(campaign, **changes):
    return {
        "title": "滇黔日报",
        "phase": factory.phase(campaign).pk,
        "content": "progress",
        "rhythm": "workdays",
        "send_at": "08:30",
        "recipients": [accounts.organisation("NEA-ROOT").pk],
        "provinces": ["520000", "530000"],
        "skip_if_empty": "on",
    } | changes


def test_the_form_narrows_a_subscription_down_to_provinces(campaign, client):
    filings.filed(campaigns.duty(campaign))
    filings.filed(campaigns.duty(campaign, organisation="CSG-YN"))
    client.force_login(factory.editor())
    with clock.standing_at(NOW):
        new = reverse("reporting:subscription_new")
        form = client.get(new).context["form"]
        assert form.fields["provinces"].choices == [
            ("440000", "广东"),
            ("450000", "广西"),
            ("460000", "海南"),
            ("520000", "贵州"),
            ("530000", "云南"),
        ]
        assert client.post(new, form_data(campaign)).status_code == 302
        listed = client.get(reverse("reporting:subscriptions")).content.decode()
    assert "仅限贵州、云南" in listed
    subscription = Subscription.objects.get()
    assert subscription.filters == ["520000", "530000"]
    subscriptions.run(subscription=subscription, occasion="a", now=NOW)
    snapshot = FigureSnapshot.objects.latest("pk")
    # Yunnan has filed; Guizhou still owes; Guangdong is left out.
    assert snapshot.figures["company.expected"]["value"] == 2
    assert snapshot.figures["company.filed"]["value"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"provinces": ["110000"]}, "所选内容不在可选范围内"),
        ({"provinces": ["x"]}, "所选内容不在可选范围内"),
        ({"content": "issued"}, "印发的报告按全文发送，不能只选部分省份。"),
    ],
)
def test_provinces_that_make_no_sense_are_refused(campaign, client, changes, words):
    client.force_login(factory.editor())
    with clock.standing_at(NOW):
        new = reverse("reporting:subscription_new")
        response = client.post(new, form_data(campaign, **changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Subscription.objects.exists()


def test_provinces_belong_to_the_chosen_campaign(campaign, client):
    by = factory.editor()
    other = campaigns.launched_campaign(by=by, executors=["CSG-YN"], code="yunnan")
    client.force_login(by)
    with clock.standing_at(NOW):
        new = reverse("reporting:subscription_new")
        response = client.post(new, form_data(campaign, phase=factory.phase(other).pk))
    assert response.status_code == 422
    assert "该专项行动不涉及：贵州。" in response.content.decode()


def test_a_subscription_is_removed_on_its_page_and_leaves_its_trace(campaign, client):
    by = factory.editor()
    subscription = subscribed(campaign, by=by)
    # Its occasion was claimed already when somebody removed it: nothing goes out, nothing breaks.
    later = NOW + timedelta(days=1)
    assert subscriptions.tick(now=later) == 1
    remove = reverse("reporting:subscription_remove", args=[subscription.pk])
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    assert client.post(remove).status_code == 404
    client.force_login(by)
    listed = client.get(reverse("reporting:subscriptions")).content.decode()
    assert remove in listed
    assert "没有内容或没有变化时不发送" in listed
    assert client.get(remove).status_code == 405
    assert client.post(remove).status_code == 302
    assert not Subscription.objects.exists()
    event = AuditEvent.objects.get(kind="subscription.unsubscribe")
    assert event.details["title"] == "每日进展"
    outbox.run_due(now=later)
    assert not sent().exists()
    assert not Letter.objects.filter(channel="job", kind=subscriptions.JOB, state="parked").exists()
