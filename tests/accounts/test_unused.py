"""Accounts that nobody uses are warned about and then suspended, by a rule that is data."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from accounts import services, tasks, unused
from accounts.models import User
from core import clock, outbox, parked
from core.clock import ZONE
from core.models import AuditEvent, Letter
from tests.factories.accounts import member, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JOINED = datetime(2011, 6, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def filer(catalogues):
    """Somebody whose last sign-in was on 1 June 2011; everybody else is in use."""
    user = member("CSG-GD", "company_filer", name="久未登录")
    used(user, JOINED)
    return user


def used(user, at):
    User.objects.filter(pk=user.pk).update(date_joined=at, last_login=at, password_set_at=at)


def look(day, *, mail=True):
    """The daily duty, and the mail of that day."""
    done = services.look_after_unused(now=JOINED + day * DAY)
    if mail:
        outbox.run_due(now=JOINED + day * DAY)
    return done


def is_open(user):
    return User.objects.get(pk=user.pk).is_active


def warnings():
    return list(Letter.objects.filter(kind="accounts.unused").order_by("created_at"))


def test_a_warning_goes_out_fourteen_days_before_and_once(filer):
    assert look(75) == (0, 0)
    assert look(77) == (1, 0)
    assert look(78) == (0, 0)
    (letter,) = warnings()
    assert letter.to == [filer.email]
    for told in ("久未登录", "2011-06-01", "2011-08-31"):
        assert told in letter.body


def test_the_account_is_suspended_on_the_day_that_the_warning_named(filer):
    look(76 + 1)
    assert look(90) == (0, 0)
    assert look(91) == (0, 1)
    assert not is_open(filer)
    event = AuditEvent.objects.get(kind="person.suspend")
    assert (event.reason, event.actor_id) == ("连续 91 天没有登录，自动停用。", None)
    assert event.organisation == "CSG-GD"
    assert look(92) == (0, 0)


def test_nobody_is_suspended_without_a_warning_of_fourteen_days(filer):
    """The rule is new, or the portal stood still: the account has been unused for a year."""
    assert look(400) == (1, 0)
    assert "2012-07-19" in warnings()[0].body
    assert look(413) == (0, 0)
    assert look(414) == (0, 1)


def test_whoever_signs_in_after_the_warning_stays(filer):
    look(77)
    used(filer, JOINED + 80 * DAY)
    assert look(95) == (0, 0)
    assert is_open(filer)
    # The next time it begins anew, with a warning of its own.
    assert look(80 + 77) == (1, 0)
    assert len(warnings()) == 2


def test_an_account_that_was_opened_again_has_its_full_time(filer):
    look(77)
    look(95)
    services.reinstate(user=filer, by=None, now=JOINED + 96 * DAY, reason="返岗")
    assert look(97) == (0, 0)
    assert look(96 + 77) == (1, 0)
    assert is_open(filer)


def test_an_invitation_that_nobody_took_up_counts_from_its_day(catalogues):
    user = person()
    User.objects.filter(pk=user.pk).update(
        date_joined=JOINED, last_login=None, password_set_at=None
    )
    assert look(77) == (1, 0)
    assert look(91) == (0, 1)


def test_the_last_who_could_open_accounts_again_stays(catalogues):
    one = member("NEA-ROOT", "security_administrator")
    two = member("NEA-ROOT", "security_administrator")
    local = member("SERC-NF", "security_administrator")
    for user in (one, two, local):
        used(user, JOINED)
    assert look(77) == (3, 0)
    assert look(91) == (0, 2)
    assert [is_open(user) for user in (one, two, local)] == [False, True, False]


def test_the_rule_is_data_with_a_first_day_and_can_be_switched_off(filer, monkeypatch):
    rule = unused.Rule(date(2011, 7, 1), 30, 7)
    off = unused.Rule(date(2012, 1, 1), 0, 0)
    monkeypatch.setattr(unused, "rules", lambda: (rule, off))
    assert unused.rule_on(date(2011, 6, 30)) is None
    assert unused.rule_on(date(2011, 12, 31)) == rule
    assert unused.rule_on(date(2012, 1, 1)) is None
    assert look(29) == (0, 0)
    assert look(30) == (1, 0)
    assert look(37) == (0, 1)


def test_the_duty_rests_while_the_clock_is_moved(filer, monkeypatch):
    asked = []
    monkeypatch.setattr(services, "look_after_unused", lambda now: asked.append(now))
    now = clock.now()
    with clock.standing_at(now + 500 * DAY):
        tasks.unused_accounts(now=clock.now())
    assert asked == []
    tasks.unused_accounts(now=now)
    tasks.unused_accounts(now=now + DAY / 2)
    assert asked == [now]


def test_verify_finds_nothing_wrong_afterwards(filer):
    look(77)
    look(91)
    call_command("verify")


def test_an_invitation_not_taken_up_cannot_open_accounts_again(catalogues):
    keeper = member("NEA-ROOT", "security_administrator")
    invited = member("NEA-ROOT", "security_administrator")
    for user in (keeper, invited):
        used(user, JOINED)
        user.set_password("Nobody-guesses-2011")
        user.save(update_fields=["password"])
    invited.set_unusable_password()
    invited.save(update_fields=["password"])
    look(77)
    assert look(91) == (0, 1)
    assert [is_open(user) for user in (keeper, invited)] == [True, False]


def test_the_fourteen_days_begin_when_the_warning_was_sent(filer):
    """The mail server was away for a week."""
    look(77, mail=False)
    outbox.run_due(now=JOINED + 84 * DAY)
    assert look(91) == (0, 0)
    assert look(97) == (0, 0)
    assert look(98) == (0, 1)


def test_nobody_is_suspended_whose_warning_was_never_sent(catalogues):
    """Without an address it is parked on the administrator's desk, who decides."""
    user = member("CSG-GD", "company_filer")
    used(user, JOINED)
    User.objects.filter(pk=user.pk).update(email="")
    look(77)
    assert look(120) == (0, 0)
    (letter,) = warnings()
    assert letter.state == "parked"
    parked.drop(letter=letter, by=None, now=JOINED + 120 * DAY, reason="已电话告知")
    assert look(121) == (0, 1)
