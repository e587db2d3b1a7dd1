"""Pages of accounts that the tour cannot open without arguments, and signing in by hand."""

from datetime import timedelta

import pytest

from accounts import services
from core import clock
from tests.browser.test_tour import picture
from tests.factories.accounts import PASSWORD, deputy, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(transactional_db, catalogues, kickoff_eve):
    """A company lead with a deputy, an administrator of each kind, a person in three states."""
    lead = member("CSG-GD", "company_lead", name="林主任", username="linzhuren", password=PASSWORD)
    filer = member("CSG-GD", "company_filer", name="周填报", department="市场营销部")
    today = clock.today()
    deputy(
        filer, "CSG-GD", "company_lead", starts_on=today, ends_on=today + timedelta(days=3), by=None
    )
    services.suspend(
        user=member("CSG-GD", "company_viewer", name="吴离岗"),
        by=None,
        now=clock.now(),
        reason="离岗",
    )
    return {
        "lead": lead,
        "filer": filer,
        "system": member("NEA-ROOT", "system_administrator", name="郑系统"),
        "security": member("NEA-ROOT", "security_administrator", name="王安全"),
    }


def look(visitor, path, name):
    assert visitor.open(path) == 200
    assert visitor.faults(path) == []
    picture(visitor, name)


def test_pages_of_organisations_and_people_are_sound(visit, portal):
    system, security = visit(portal["system"]), visit(portal["security"])
    look(system, "/organisations/", "organisations")
    look(system, "/organisations/SERC-NF/", "organisation")
    look(system, "/organisations/CSG-GD/merge/", "merge")
    look(system, "/roles/", "roles")
    look(security, "/people/", "people")
    look(security, f"/people/{portal['filer'].pk}/", "person")
    look(security, "/people/invite/", "invite")
    lead = visit(portal["lead"])
    look(lead, "/delegations/", "delegations")
    look(lead, "/profile/", "profile")


def test_a_person_signs_in_sets_up_the_factor_and_reaches_the_profile(visit, portal, settings):
    settings.SECOND_FACTOR_FOR_STAFF = True
    visitor = visit(None)
    look(visitor, "/accounts/login/", "login")
    page = visitor.page
    page.get_by_label("登录名").fill("linzhuren")
    page.get_by_label("口令").fill("wrong")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("登录名或口令不正确。").first.wait_for()
    assert visitor.faults("wrong password") == []
    picture(visitor, "login-wrong")
    page.get_by_label("登录名").fill("linzhuren")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="启用动态口令").wait_for()
    assert visitor.faults("second factor") == []
    picture(visitor, "factor")
