"""An administrator's hand reaches an account only where it reaches all of the person's roles."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts import services
from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from tests.factories.accounts import LONG_AGO, PASSWORD, member, organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
ACTS = ("suspend", "unlock", "drop_second_factor", "kill_sessions", "send_reset")


def act(name, user, by):
    reason = {} if name in ("kill_sessions", "send_reset") else {"reason": "测试"}
    getattr(services, name)(user=user, by=by, now=clock.now(), **reason)


def also(user, where, role, **more):
    since = more.pop("since", date(2005, 1, 3))
    return services.appoint(
        user=user,
        organisation=organisation(where),
        role=role,
        starts_on=since,
        by=None,
        now=LONG_AGO,
        **more,
    )


@pytest.mark.parametrize("name", ACTS)
def test_a_company_cannot_touch_the_account_of_somebody_who_works_elsewhere_too(name):
    admin = member("CSG-GD", "security_administrator")
    user = member("SERC-NF", "regulator_lead", password=PASSWORD)
    also(user, "CSG-GD", "company_viewer")
    with pytest.raises(PermissionDenied):
        act(name, User.objects.get(pk=user.pk), admin)
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("name", ACTS)
def test_whom_an_organisation_lost_it_looks_after_no_more(name):
    admin = member("CSG-GD", "security_administrator")
    user = member("SERC-NF", "regulator_lead", password=PASSWORD)
    past = clock.today() - timedelta(days=30)
    also(user, "CSG-GD", "company_viewer", ends_on=past)
    with pytest.raises(PermissionDenied):
        act(name, User.objects.get(pk=user.pk), admin)


@pytest.mark.parametrize("name", ACTS)
def test_an_office_that_only_gets_copies_manages_nobody_there(name, client):
    bureau = member("SERC-NF", "security_administrator")
    user = member("CSG-YN", "company_lead", password=PASSWORD)
    with pytest.raises(PermissionDenied):
        act(name, user, bureau)
    client.force_login(bureau)
    assert client.get(f"/people/{user.pk}/").status_code == 404


def test_sight_for_an_act_is_what_the_act_itself_allows():
    bureau = member("SERC-NF", "security_administrator")
    acting = Permission.PEOPLE_MANAGE
    seen = set(Organisation.objects.visible_to(bureau, acting))
    assert seen == {one for one in Organisation.objects.all() if bureau.may(acting, one)}
    assert organisation("CSG-GD") in seen


@pytest.mark.parametrize("name", ACTS)
def test_whoever_looks_after_all_of_the_organisations_may_act(name):
    admin = member("NEA-ROOT", "security_administrator")
    user = member("SERC-NF", "regulator_lead", password=PASSWORD)
    also(user, "CSG-GD", "company_viewer")
    act(name, User.objects.get(pk=user.pk), admin)
