"""Signing in by the pages: locks, unknown names, second factor, sessions."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import User
from core import clock, outbox
from core.models import AuditEvent, Letter
from tests.factories.accounts import LONG_AGO, PASSWORD, give_password, member, organisation, person
from tests.reading import text_of

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client, username, password=PASSWORD):
    return client.post(LOGIN, {"login": username, "password": password})


def test_a_person_signs_in_and_it_stands_in_the_audit_trail(client, catalogues):
    user = member("SERC-NF", "regulator_officer", username="zhuanyuan", password=PASSWORD)
    response = sign_in(client, "ZhuanYuan ")
    assert response.status_code == 302
    assert client.session[SESSION_KEY] == str(user.pk)
    assert AuditEvent.objects.get(kind="person.sign_in").actor_id == user.pk


@pytest.mark.parametrize("tries", [1, 6])
def test_known_unknown_and_suspended_names_answer_alike(client, tries):
    person("在职", username="known", password=PASSWORD)
    gone = person("停用", username="gone0", password=PASSWORD)
    services.suspend(user=gone, by=None, now=LONG_AGO, reason="离职")
    pages = []
    for name, password in (("known", "Wrong-1234"), ("nobod", "Wrong-1234"), ("gone0", PASSWORD)):
        for _ in range(tries):
            response = sign_in(client, name, password)
        pages.append((response.status_code, text_of(response).replace(name, "NAME")))
    assert pages[0] == pages[1] == pages[2]
    assert ("已暂时锁定" in pages[0][1]) == (tries == 6)


def test_a_locked_account_refuses_the_right_password_until_it_is_unlocked(client, catalogues):
    user = member("CSG-GD", "company_filer", username="filer", password=PASSWORD)
    boss = member("NEA-ROOT", "security_administrator")
    for _ in range(5):
        sign_in(client, "filer", "wrong")
    assert "已暂时锁定" in sign_in(client, "filer").content.decode()
    services.unlock(user=user, by=boss, now=clock.now())
    assert sign_in(client, "filer").status_code == 302
    assert AuditEvent.objects.filter(kind="person.unlock", actor_id=boss.pk).count() == 1


def test_failures_are_recorded_without_the_name_that_was_typed(client):
    sign_in(client, "my-Password-typed-here", "x")
    event = AuditEvent.objects.get(kind="person.sign_in_failed")
    assert "my-password" not in str(event.details).lower()
    assert event.place == "127.0.0.1"


# --- second factor --------------------------------------------------------------------------------


@pytest.fixture
def forced(settings):
    settings.SECOND_FACTOR_FOR_STAFF = True


def code_of(user, shift=0):
    entry = Authenticator.objects.get(user=user, type="totp")
    secret = totp.decrypt(entry.data["secret"])
    counter = int(time.time()) // 30 + shift
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def set_up(client):
    """Set up the second factor as a person would: read the secret, type the code."""
    url = reverse("mfa_activate_totp")
    page = client.get(url)
    assert page.status_code == 200, page.url
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    response = client.post(url, {"code": code})
    assert response.status_code == 302
    return response


def test_staff_are_led_to_set_up_the_second_factor_before_anything_else(client, catalogues, forced):
    user = member("SERC-NF", "regulator_officer", username="officer", password=PASSWORD)
    sign_in(client, "officer")
    activate = reverse("mfa_activate_totp")
    for url in ("/profile/", "/"):
        response = client.get(url)
        assert (response.status_code, response.url) == (302, activate)
    response = set_up(client)
    assert response.url == reverse("mfa_view_recovery_codes")
    assert client.get("/profile/").status_code == 200
    secret = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert len(secret) > 60, "kept encrypted"


def test_the_next_sign_in_asks_for_the_code_and_takes_it_once(client, catalogues, forced):
    user = member("SERC-NF", "regulator_officer", username="officer", password=PASSWORD)
    sign_in(client, "officer")
    set_up(client)
    other = Client()
    response = sign_in(other, "officer")
    assert response.url == reverse("mfa_authenticate")
    assert SESSION_KEY not in other.session
    code = code_of(user, shift=1)
    response = other.post(reverse("mfa_authenticate"), {"code": code})
    assert other.session[SESSION_KEY] == str(user.pk)
    third = Client()
    sign_in(third, "officer")
    response = third.post(reverse("mfa_authenticate"), {"code": code})
    assert SESSION_KEY not in third.session
    assert response.status_code == 200


def test_five_wrong_codes_lock_the_second_factor_and_a_right_one_comes_too_late(
    client, catalogues, forced
):
    user = member("SERC-NF", "regulator_officer", username="officer", password=PASSWORD)
    sign_in(client, "officer")
    set_up(client)
    other = Client()
    sign_in(other, "officer")
    url = reverse("mfa_authenticate")
    for _ in range(5):
        other.post(url, {"code": "000000"})
    response = other.post(url, {"code": code_of(user, shift=1)})
    assert "已暂时锁定" in response.content.decode()
    assert SESSION_KEY not in other.session


def test_a_recovery_code_works_once(client, catalogues, forced):
    member("SERC-NF", "regulator_officer", username="officer", password=PASSWORD)
    sign_in(client, "officer")
    set_up(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for expected in (True, False):
        other = Client()
        sign_in(other, "officer")
        other.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert (SESSION_KEY in other.session) == expected


def test_staff_cannot_switch_the_second_factor_off(client, catalogues, forced):
    user = member("SERC-NF", "regulator_officer", username="officer", password=PASSWORD)
    sign_in(client, "officer")
    set_up(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_roles_that_only_look_need_no_second_factor(client, catalogues, forced):
    client.force_login(member("CSG-GD", "company_viewer"))
    assert client.get("/profile/").status_code == 200


# --- sessions -------------------------------------------------------------------------------------


def test_a_killed_session_is_over_at_its_next_request(client, catalogues):
    user = member("CSG-GD", "company_filer")
    client.force_login(user)
    assert client.get("/profile/").status_code == 200
    services.kill_sessions(
        user=user, by=member("NEA-ROOT", "security_administrator"), now=clock.now()
    )
    response = client.get("/profile/")
    assert response.status_code == 302
    assert response.url.startswith(LOGIN)
    assert "您的登录已被终止" in client.get(LOGIN).content.decode()


def test_an_idle_session_ends_after_thirty_minutes_and_a_long_one_after_twelve_hours(
    client, catalogues
):
    user = member("CSG-GD", "company_filer")
    start = time.time()
    with time_machine.travel(start, tick=False) as machine:
        client.force_login(user)
        machine.shift(timedelta(minutes=29))
        assert client.get("/profile/").status_code == 200
        machine.shift(timedelta(minutes=31))
        assert client.get("/profile/").status_code == 302
        client.force_login(user)
        for _ in range(28):
            machine.shift(timedelta(minutes=25))
            assert client.get("/profile/").status_code == 200
        machine.shift(timedelta(minutes=25))
        assert client.get("/profile/").status_code == 302


def test_a_leaver_is_out_at_the_next_request(client, catalogues):
    user = member("CSG-GD", "company_filer")
    client.force_login(user)
    services.end_membership(membership=user.memberships.get(), by=None, now=clock.now())
    assert client.get("/profile/").status_code == 302


def test_one_ends_ones_other_sessions_and_stays(client, catalogues):
    user = member("CSG-GD", "company_filer", username="filer", password=PASSWORD)
    other = Client()
    for browser in (client, other):
        sign_in(browser, "filer")
    assert len(client.get("/profile/").context["sessions"]) == 2
    client.post(reverse("accounts:end_other_sessions"))
    assert client.get("/profile/").status_code == 200
    assert other.get("/profile/").status_code == 302
    assert user.username == "filer"


def test_pages_of_people_signed_in_are_not_kept_by_caches(client, catalogues):
    client.force_login(member("CSG-GD", "company_filer"))
    assert "no-store" in client.get("/profile/").headers["Cache-Control"]


def test_nobody_ends_the_session_of_somebody_else_by_number(client, catalogues):
    victim = member("CSG-GD", "company_filer", username="victim", password=PASSWORD)
    browser = Client()
    sign_in(browser, "victim")
    number = browser.get("/profile/").context["sessions"][0].entry.pk
    client.force_login(member("CSG-GX", "company_filer"))
    assert client.post(reverse("accounts:end_session", args=[number])).status_code == 404
    assert browser.get("/profile/").status_code == 200
    assert victim.username == "victim"


# --- passwords and links --------------------------------------------------------------------------


def link_in(letter):
    return re.search(r"/accounts/link/[\w-]+/", letter.body).group()


def invite(username="xinren"):
    return services.invite(
        username=username,
        name="新人",
        email="xinren@people.example",
        organisation=organisation("CSG-GD"),
        role="company_filer",
        by=None,
        now=clock.now(),
    )


def test_an_invitation_sets_the_password_once(client, catalogues):
    user = invite()
    url = link_in(Letter.objects.get(kind="accounts.invitation"))
    assert client.get(url).status_code == 200
    assert client.post(url, {"password": "short", "again": "short"}).status_code == 422
    answer = client.post(url, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.url) == (302, LOGIN)
    assert client.get(url).status_code == 404
    again = {"password": PASSWORD + "x", "again": PASSWORD + "x"}
    assert client.post(url, again).status_code == 404
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert sign_in(client, "xinren").status_code == 302


def test_no_administrator_reads_the_link_of_somebody_else_in_the_outbox(client, catalogues):
    invite()
    letter = Letter.objects.get(kind="accounts.invitation")
    token = link_in(letter).split("/")[3]
    client.force_login(member("NEA-ROOT", "system_administrator"))
    url = reverse("outbox_read", args=[letter.pk])
    page = client.post(url, {"reason": "收件人说没有收到"}).content.decode()
    assert "请在" in page, "the text is shown"
    assert token not in page


def test_an_invitation_expires_after_a_week_and_a_new_one_replaces_it(client, catalogues):
    start = clock.now()
    user = invite()
    old = link_in(Letter.objects.get(kind="accounts.invitation"))
    with clock.standing_at(start + timedelta(days=7, seconds=1)):
        assert client.get(old).status_code == 404
    services.send_invitation(user=user, organisation=organisation("CSG-GD"), by=None, now=start)
    new = link_in(Letter.objects.filter(kind="accounts.invitation").latest("pk"))
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_asking_for_a_reset_says_the_same_for_every_name_and_mails_only_real_people(
    client, catalogues
):
    user = person("忘记者", username="forgot", password=PASSWORD)
    url = reverse("accounts:ask_reset")
    answers = [client.post(url, {"username": name}) for name in ("forgot", "nobody")]
    assert text_of(answers[0]) == text_of(answers[1])
    assert Letter.objects.filter(kind="accounts.reset_asked").count() == 2
    outbox.run_due(now=clock.now())
    assert Letter.objects.filter(kind="accounts.reset").count() == 1
    outbox.run_due(now=clock.now())
    assert [message.to for message in mail.outbox] == [[user.email]]
    link = link_in(Letter.objects.get(kind="accounts.reset"))
    fresh = "Xin-kouling-2012"
    client.post(link, {"password": fresh, "again": fresh})
    assert sign_in(client, "forgot", fresh).status_code == 302


def test_a_password_is_refused_with_all_reasons_at_once(client, catalogues):
    client.force_login(member("CSG-GD", "company_filer", username="filer", password=PASSWORD))
    url = reverse("accounts:change_password")
    page = client.post(url, {"current": PASSWORD, "password": "short", "again": "short"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "口令至少 10 位" in text
    assert "至少 3 类" in text


def test_the_last_five_passwords_are_not_taken_again(client, catalogues):
    user = member("CSG-GD", "company_filer", username="filer", password=PASSWORD)
    passwords = [f"Kouling-{n}-2011" for n in range(5)]
    for password in passwords[:4]:
        give_password(user, password)
    client.force_login(User.objects.get(pk=user.pk))
    url = reverse("accounts:change_password")
    form = {"current": passwords[3], "password": PASSWORD, "again": PASSWORD}
    assert "最近 5 次" in client.post(url, form).content.decode()
    give_password(user, passwords[4])
    client.force_login(User.objects.get(pk=user.pk))
    form = {"current": passwords[4], "password": PASSWORD, "again": PASSWORD}
    assert client.post(url, form).status_code == 302


def test_after_ninety_days_the_password_must_be_changed_first(client, catalogues):
    user = member("CSG-GD", "company_filer", username="filer")
    give_password(user, PASSWORD, now=clock.now() - timedelta(days=91))
    client.force_login(User.objects.get(pk=user.pk))
    response = client.get("/profile/")
    assert (response.status_code, response.url) == (302, reverse("accounts:change_password"))
    fresh = {"current": PASSWORD, "password": "Xin-kouling-2012", "again": "Xin-kouling-2012"}
    assert client.post(response.url, fresh).status_code == 302
    assert client.get("/profile/").status_code == 200


def test_the_asvs_profile_asks_for_length_and_not_for_change(client, catalogues, settings):
    settings.PASSWORD_PROFILE = "asvs"
    user = member("CSG-GD", "company_filer", username="filer")
    give_password(user, PASSWORD, now=clock.now() - timedelta(days=900))
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get("/profile/").status_code == 200
    url = reverse("accounts:change_password")
    for word, status in (("gonglu-dian", 422), ("gonglu-dianwang", 302)):
        form = {"current": PASSWORD, "password": word, "again": word}
        assert client.post(url, form).status_code == status


def test_there_is_no_sign_up():
    client = Client()
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404


def test_signing_out_is_recorded_for_those_who_were_signed_in_and_harmless_for_others(
    client, catalogues
):
    client.logout()
    gone = member("SERC-NF", "regulator_officer")
    client.force_login(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client.logout()
    assert not AuditEvent.objects.filter(kind="person.sign_out").exists()
    user = member("SERC-NF", "regulator_officer")
    client.force_login(user)
    client.logout()
    assert AuditEvent.objects.get(kind="person.sign_out").actor_id == user.pk
