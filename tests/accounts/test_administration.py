"""The first administrators, invariants, work items and search."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts import checks, invariants, services, work
from accounts.models import Membership, Organisation, OrganisationName, SignInLink, User
from core import clock, search
from tests.factories.accounts import LONG_AGO, PASSWORD, give_password, member, organisation, person

pytestmark = pytest.mark.django_db
NAMES = {"system": "xitong1", "security": "anquan1", "audit": "shenji1"}


def first(**names):
    out = StringIO()
    call_command("first_administrators", stdout=out, **{**NAMES, **names})
    return out.getvalue()


def test_three_administrators_get_a_single_use_link_each(client):
    text = first()
    links = re.findall(r"https?://[^/]+(/accounts/link/[\w-]+/)", text)
    assert len(set(links)) == 3
    assert User.objects.count() == 3
    assert all(not user.has_usable_password() for user in User.objects.all())
    client.post(links[0], {"password": PASSWORD, "again": PASSWORD})
    assert client.get(links[0]).status_code == 404
    assert User.objects.get(username="xitong1").check_password(PASSWORD)
    held = {m.user.username: m.role for m in Membership.objects.select_related("user")}
    assert held == {
        "xitong1": "system_administrator",
        "anquan1": "security_administrator",
        "shenji1": "audit_administrator",
    }


def test_the_first_administrators_are_made_once_and_must_be_three_people():
    with pytest.raises(CommandError):
        first(audit="anquan1")
    assert User.objects.count() == 0, "all or nothing"
    first()
    with pytest.raises(CommandError, match="已有管理员"):
        first(system="a2", security="b2", audit="c2")


def test_no_superuser_can_be_made():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_superuser("root", "root@people.example", PASSWORD, name="超级")
    user = person()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)


def test_there_is_no_account_before_somebody_makes_one():
    assert User.objects.count() == 0


def test_invariants_hold_after_the_catalogue_and_find_what_is_broken(catalogues):
    names = [
        fn
        for name, fn in vars(invariants).items()
        if getattr(fn, "__module__", "") == ("accounts.invariants") and not name.startswith("_")
    ]
    assert len(names) == 6
    assert [problem for fn in names for problem in fn()] == []
    user = member("NEA-ROOT", "system_administrator")
    # Past the services, as somebody with access to the database would do it.
    Membership.objects.create(
        user=user,
        organisation=organisation("NEA-ROOT"),
        role="audit_administrator",
        starts_on=LONG_AGO.date(),
    )
    assert len(invariants.administrators_apart()) == 1
    Organisation.objects.filter(code="CSG-GD").update(numchild=99)
    assert len(invariants.tree_whole()) == 1
    OrganisationName.objects.filter(organisation__code="CSG-HI").delete()
    assert len(invariants.names_in_sequence()) == 1
    Organisation.objects.filter(code="CSG").update(kind="national_regulator")
    assert len(invariants.one_national_regulator()) == 1


def test_settings_that_would_open_the_door_are_errors(settings):
    assert checks.sign_in_is_safe() == []
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "Policy" not in one]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.SIGN_IN_LIMIT = 0
    assert [error.id for error in checks.sign_in_is_safe()] == [
        "accounts.E001",
        "accounts.E002",
        "accounts.E003",
    ]


def test_the_desk_reminds_of_an_old_password_a_week_before(catalogues):
    now = clock.now()
    user = give_password(member("CSG-GD", "company_filer"), PASSWORD, now=now)
    user = User.objects.get(pk=user.pk)
    truth = {82: [], 84: ["mine"], 91: ["overdue"]}
    for days, groups in truth.items():
        found = work.items(user, now=now + timedelta(days=days))
        assert [item.group for item in found] == groups


def test_an_invitation_nobody_followed_comes_back_to_the_security_administrator(catalogues):
    boss = member("NEA-ROOT", "security_administrator")
    now = clock.now()
    services.invite(
        username="late1",
        name="迟到者",
        email="late1@people.example",
        organisation=organisation("CSG-GD"),
        role="company_filer",
        by=None,
        now=now,
    )
    assert work.items(boss, now=now) == []
    later = now + timedelta(days=8)
    assert [str(item.title) for item in work.items(boss, now=later)] == ["邀请已过期：迟到者"]
    assert work.items(member("CSG-GD", "company_lead"), now=later) == []
    assert SignInLink.objects.count() == 1


def test_the_search_finds_what_the_lists_show(catalogues):
    filer = member("CSG-GD", "company_filer", name="周甲")
    found = dict(search.run(filer, "供电局"))
    titles = {str(r.title) for results in found.values() for r in results}
    assert "肇庆供电局" in titles
    assert "昆明供电局" not in titles
    assert not [r for results in dict(search.run(filer, "周甲")).values() for r in results]
    boss = member("NEA-ROOT", "security_administrator")
    people = dict(search.run(boss, "周甲"))
    assert [str(r.title) for results in people.values() for r in results] == ["周甲"]
