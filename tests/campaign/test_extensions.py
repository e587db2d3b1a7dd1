"""An extension given by mistake is put right on record, and everybody concerned is told."""

from datetime import date, datetime, timedelta

import pytest

from campaign import services
from campaign.models import DutyExtension
from core import outbox
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 14, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        accounts.member("CSG-GD", "company_filer")
        yield factory.launched_campaign()


@pytest.fixture
def lead(campaign):
    return accounts.member("SERC-NF", "regulator_lead")


@pytest.fixture
def duty(campaign, lead):
    """The kick-off report, by a slip of the pen extended to 29 December."""
    return services.extend(
        duty=factory.duty(campaign),
        due_on=date(2011, 12, 29),
        reason="受台风影响",
        document_number="南电监函〔2011〕12号",
        by=lead,
        now=NOON,
    )


def correct(duty, lead, day, *, now=NOON, reason="日期笔误", number="南电监函〔2011〕13号"):
    return services.correct_extension(
        extension=duty.extensions.order_by("pk").last(),
        due_on=day,
        reason=reason,
        document_number=number,
        by=lead,
        now=now,
    )


def mails(kind):
    return Letter.objects.filter(kind=kind, channel="mail")


def test_the_approver_puts_an_extension_right_through_the_page(client, campaign, duty, lead):
    outbox.run_due(now=NOON)
    client.force_login(lead)
    url = f"/campaigns/duties/{duty.pk}/"
    assert "更正延期" in client.get(url).content.decode()
    data = {"due_on": "2011-11-29", "reason": "日期笔误", "document_number": "南电监函〔2011〕13号"}
    wrong = duty.extensions.get()
    answer = client.post(f"/campaigns/extensions/{wrong.pk}/correct/", data)
    assert answer.status_code == 302
    html = client.get(url).content.decode()
    assert "更正延期：2011-12-29 改为 2011-11-29" in html
    assert "已由南电监函〔2011〕13号更正" in html
    duty.refresh_from_db()
    assert duty.due_at == datetime(2011, 11, 29, 23, 59, 59, tzinfo=ZONE)
    assert duty.due_explanation[-1]["text"] == "延期更正为"
    # Both stay on record.
    assert [e.document_number[-3:] for e in duty.extensions.all()] == ["12号", "13号"]
    assert duty.extensions.last().corrects == wrong
    letter = mails("duty.corrected").get()
    assert "由2011年12月29日更正为2011年11月29日（南电监函〔2011〕13号）" in letter.body
    trace = AuditEvent.objects.get(kind="duty.correct_extension")
    assert trace.reason == "日期笔误"


def test_reminders_follow_the_corrected_deadline(duty, lead):
    correct(duty, lead, date(2011, 11, 29))
    # Five working days before 29 November is the 22nd.
    services.remind(now=datetime(2011, 11, 21, 9, 0, tzinfo=ZONE))
    assert not duty.reminders.exists()
    services.remind(now=datetime(2011, 11, 22, 9, 0, tzinfo=ZONE))
    assert [r.step.code for r in duty.reminders.all()] == ["before-5"]


def test_the_day_before_the_extension_undoes_it(client, duty, lead):
    outbox.run_due(now=NOON)
    undone = correct(duty, lead, date(2011, 11, 25))
    assert undone.due_at == datetime(2011, 11, 25, 23, 59, 59, tzinfo=ZONE)
    assert duty.extensions.last().is_undone
    assert mails("duty.corrected").count() == 1
    client.force_login(lead)
    html = client.get(f"/campaigns/duties/{duty.pk}/").content.decode()
    assert "撤销延期：2011-12-29 恢复为 2011-11-25" in html
    # It can be extended again afterwards, which is told as well.
    services.extend(
        duty=duty,
        due_on=date(2011, 12, 29),
        reason="台风",
        document_number="14号",
        by=lead,
        now=NOON,
    )
    assert mails("duty.extended").count() == 2


def test_who_has_heard_nothing_yet_is_not_told_of_the_mistake(duty, lead):
    assert mails("duty.extended").get().state == "queued"
    correct(duty, lead, date(2011, 11, 29))
    outbox.run_due(now=NOON)
    assert [(m.state, "11月29日" in m.body) for m in mails("duty.extended").order_by("pk")] == [
        ("dropped", False),
        ("sent", True),
    ]
    assert not mails("duty.corrected").exists()


def test_undoing_what_nobody_heard_of_is_silent(duty, lead):
    correct(duty, lead, date(2011, 11, 25))
    outbox.run_due(now=NOON)
    letters = Letter.objects.filter(kind="duty.extended")
    assert set(letters.values_list("channel", "state")) == {
        ("mail", "dropped"),
        ("notice", "dropped"),
    }
    assert not mails("duty.corrected").exists()


@pytest.mark.parametrize(
    ("day", "reason", "number", "why"),
    [
        (date(2011, 11, 24), "笔误", "13号", "不能早于延期前的截止日期（2011年11月25日）"),
        (date(2011, 12, 29), "笔误", "13号", "与现在的相同"),
        (date(9999, 12, 31), "笔误", "13号", "2013年12月31日"),
        (date(2011, 11, 29), " ", "13号", "理由和批准文号"),
        (date(2011, 11, 29), "笔误", " ", "理由和批准文号"),
    ],
)
def test_a_correction_has_its_limits(duty, lead, day, reason, number, why):
    with pytest.raises(Refused, match=why):
        correct(duty, lead, day, reason=reason, number=number)
    assert DutyExtension.objects.count() == 1
    assert mails("duty.extended").get().state == "queued"


def test_a_day_that_is_past_cannot_become_the_deadline(duty, lead):
    with pytest.raises(Refused, match="不能早于今天"):
        correct(duty, lead, date(2011, 11, 29), now=NOON + timedelta(days=20))


def test_only_the_last_extension_can_be_put_right(duty, lead):
    first = duty.extensions.get()
    correct(duty, lead, date(2011, 11, 29))
    with pytest.raises(Refused, match="只能更正最近一次延期"):
        services.correct_extension(
            extension=first,
            due_on=date(2011, 11, 30),
            reason="笔误",
            document_number="14号",
            by=lead,
            now=NOON,
        )


def test_a_deadline_set_since_by_a_return_stands(campaign, duty, lead):
    leader = accounts.member("CSG-GD", "company_lead")
    officer = accounts.member("SERC-NF", "regulator_officer")
    services.submit_duty(duty=duty, by=leader, now=NOON)
    services.return_duty(duty=duty, new_due=factory.due_on(date(2012, 1, 10)), by=officer, now=NOON)
    with pytest.raises(Refused, match="另行确定"):
        correct(duty, lead, date(2011, 11, 29))


@pytest.mark.parametrize(
    ("where", "role", "status"),
    [
        ("CSG-GD", "company_lead", 403),
        ("SERC-NF", "regulator_officer", 403),
        ("SERC-YN", "regulator_lead", 404),
        ("NEA-ROOT", "regulator_lead", 409),
    ],
)
def test_nobody_else_may_correct(client, duty, where, role, status):
    client.force_login(accounts.member(where, role))
    data = {"due_on": "2011-11-29", "reason": "笔误", "document_number": "13号"}
    url = f"/campaigns/extensions/{duty.extensions.get().pk}/correct/"
    assert client.post(url, data).status_code == status
    assert DutyExtension.objects.count() == 1


def test_the_filing_tells_the_correction_apart(campaign, duty, lead):
    from reporting import timeline
    from tests.factories import reporting

    correct(duty, lead, date(2011, 11, 29))
    filing = reporting.started(duty, now=NOON)
    told = [event.title for event in timeline.events(filing, [], drafts=False)]
    assert sorted(told) == ["同意延期", "更正延期"]
