"""What the desk shows administrators, and the weekly check-up that tells them all is well."""

from datetime import date, datetime, timedelta

import pytest

from accounts import services
from accounts.models import Organisation
from config import checkup, work
from core import clock, invariants, outbox
from core.models import Letter
from tests.factories import accounts as factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2011, 11, 21, 7, 0, tzinfo=clock.ZONE)


@pytest.fixture
def national(catalogues):
    return Organisation.objects.get(code="NEA-ROOT")


def administrator(national, role):
    """An administrator who has read that they were appointed."""
    user = factories.member(national, role)
    outbox.mark_read(user=user, now=factories.LONG_AGO)
    return user


def titles(user, now):
    return [str(item.title) for item in work.items(user, now=now)]


def notices(user):
    return Letter.objects.notices_for(user).filter(kind="checkup")


def test_the_check_up_tells_both_kinds_of_administrator_once_a_week(national, kickoff_eve):
    auditor = administrator(national, "audit_administrator")
    keeper = administrator(national, "system_administrator")
    checkup.run_if_due(now=kickoff_eve)
    checkup.run_if_due(now=kickoff_eve + timedelta(days=1))
    assert [n.kind for n in notices(auditor)] == ["checkup"]
    assert [n.kind for n in notices(keeper)] == ["checkup"]
    with clock.standing_at(kickoff_eve + timedelta(days=7)):
        checkup.run_if_due(now=clock.now())
    assert notices(auditor).count() == 2


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (MONDAY, MONDAY),
        (MONDAY - timedelta(seconds=1), MONDAY - timedelta(days=7)),
        (MONDAY + timedelta(days=6, hours=23), MONDAY),
    ],
)
def test_the_occasion_is_the_last_monday_morning(now, expected):
    assert checkup.occasion(now) == expected


def test_a_broken_invariant_is_named_in_the_notice(national, kickoff_eve, monkeypatch):
    auditor = administrator(national, "audit_administrator")
    monkeypatch.setitem(invariants._checks, "test.broken", lambda: ["第3号回执缺失"])
    checkup.run_if_due(now=kickoff_eve)
    notice = notices(auditor).get()
    assert "1 项异常" in notice.subject
    assert "第3号回执缺失" in notice.body


def test_unread_notices_are_one_row_with_their_number(national, kickoff_eve):
    auditor = administrator(national, "audit_administrator")
    for number in (1, 2):
        outbox.post(
            key=f"n{number}",
            channel="notice",
            kind="test",
            recipient=auditor,
            subject=f"第{number}条",
            now=kickoff_eve,
        )
    assert titles(auditor, kickoff_eve) == ["2 条通知未读"]
    outbox.mark_read(user=auditor, now=kickoff_eve)
    assert titles(auditor, kickoff_eve) == []


def test_parked_letters_are_work_of_the_keeper_of_letters_only(national, kickoff_eve):
    keeper = administrator(national, "system_administrator")
    auditor = administrator(national, "audit_administrator")
    letter = outbox.post(
        key="m1", channel="mail", kind="test", to=["a@example.com"], subject="x", now=kickoff_eve
    )
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.PARKED, error="550 没有这个收件人"
    )
    assert "1 封信件等待处置" in titles(keeper, kickoff_eve)
    assert titles(auditor, kickoff_eve) == []


def test_a_year_without_a_calendar_is_work_of_its_keeper(national):
    now = clock.at(date(2026, 11, 22), 9)
    with clock.standing_at(now):
        keeper = administrator(national, "system_administrator")
        assert "2027 年工作日安排尚未录入" in titles(keeper, now)


def test_invitations_ending_rights_and_unused_accounts_are_work_of_security(national, kickoff_eve):
    security = administrator(national, "security_administrator")
    leaver = factories.member(national, "regulator_viewer")
    membership = leaver.memberships.get()
    membership.ends_on = date(2011, 12, 1)
    membership.save(update_fields=["ends_on"])
    services.invite(
        username="newcomer",
        name="新同志",
        email="newcomer@example.com",
        organisation=national,
        role="regulator_viewer",
        by=security,
        now=kickoff_eve,
    )
    found = titles(security, kickoff_eve)
    assert "1 份邀请尚未接受" in found
    assert "1 人的任职将在两周内到期" in found
    assert any(title.endswith("个账号从未登录") for title in found)
