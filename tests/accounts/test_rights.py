"""Who sees and may do what where: the truth is written out by hand."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import services
from accounts.models import Organisation, User
from accounts.permissions import ROLES
from core import clock
from core.clock import ZONE
from core.errors import Refused
from core.models import AuditEvent
from tests.factories.accounts import LONG_AGO, deputy, member, organisation, person

pytestmark = pytest.mark.django_db

PROBES = [
    "NEA-ROOT",
    "SERC-NF",
    "SERC-YN",
    "SERC-HB",
    "CSG",
    "CSG-GD",
    "CSG-GD-ZQ",
    "CSG-GD-ZQ-SH-01",
    "GXSL",
    "CSG-YN",
    "CSG-YN-KM",
    "CSG-GZ",
    "GOV-441284",
]
SOUTH = {"SERC-NF", "SERC-YN", "CSG", "CSG-GD", "CSG-GD-ZQ", "CSG-GD-ZQ-SH-01", "GXSL"}
SOUTH |= {"CSG-YN", "CSG-YN-KM", "CSG-GZ", "GOV-441284"}
# Member of → what they see of the probes, by hand from the territory and the tree.
SIGHT = {
    "NEA-ROOT": set(PROBES),
    "SERC-NF": SOUTH,
    "SERC-YN": {"SERC-YN", "CSG-YN", "CSG-YN-KM"},
    "SERC-HB": {"SERC-HB"},
    "CSG": {"CSG", "CSG-GD", "CSG-GD-ZQ", "CSG-GD-ZQ-SH-01", "CSG-YN", "CSG-YN-KM", "CSG-GZ"},
    "CSG-GD": {"CSG-GD", "CSG-GD-ZQ", "CSG-GD-ZQ-SH-01"},
    "CSG-GD-ZQ": {"CSG-GD-ZQ", "CSG-GD-ZQ-SH-01"},
    "CSG-GD-ZQ-SH-01": {"CSG-GD-ZQ-SH-01"},
    "GXSL": {"GXSL"},
    "CSG-YN": {"CSG-YN", "CSG-YN-KM"},
}
REGULATOR_ROLES = ["regulator_lead", "regulator_officer", "regulator_viewer"]
COMPANY_ROLES = ["company_lead", "company_filer", "company_viewer"]
SYSTEM_ROLES = ["system_administrator", "security_administrator", "audit_administrator"]
WORDS = {
    role: set(words.split())
    for role, words in {
        "regulator_lead": "sharing.view"
        " campaign.view campaign.manage duty.approve filing.view report.view"
        " register.view"
        " demonstration.approve"
        " report.approve case.view case.decide case.supervise case.approve case.reveal"
        " outage.view finding.view finding.decide indicator.view indicator.manage grid.view"
        " business.view claim.view rule.manage inspection.view inspection.manage article.manage"
        " rectification.manage enforcement.manage enforcement.approve privacy.view hazard.view",
        "regulator_officer": "sharing.view"
        " campaign.view campaign.manage filing.view filing.draft filing.review"
        " register.view"
        " filing.certify report.view report.edit case.view case.register case.decide"
        " case.supervise case.reveal outage.view finding.view finding.decide indicator.view"
        " indicator.manage returnform.manage grid.view business.view claim.view inspection.view"
        " hazard.view"
        " inspection.manage article.manage rectification.manage enforcement.manage",
        "regulator_viewer": "sharing.view"
        " campaign.view filing.view report.view case.view outage.view"
        " register.view"
        " finding.view indicator.view grid.view business.view claim.view inspection.view"
        " hazard.view",
        "company_lead": "sharing.view sharing.manage sharing.approve archive.fix"
        " campaign.view filing.view filing.certify case.view case.decide case.handle"
        " register.view register.write register.approve"
        " case.approve case.reveal outage.view outage.file indicator.view indicator.answer"
        " special.view special.keep special.reveal"
        " grid.view grid.manage business.view business.handle business.sign inspection.view"
        " claim.view claim.handle inspection.answer rectification.handle privacy.view"
        " hazard.view hazard.handle hazard.manage",
        "company_filer": "sharing.view sharing.manage archive.fix"
        " campaign.view filing.view filing.draft case.view case.register"
        " register.view register.write special.view special.keep special.reveal"
        " case.decide case.handle case.reveal outage.view outage.file indicator.view"
        " indicator.answer grid.view grid.manage business.view business.handle inspection.view"
        " claim.view claim.handle inspection.answer rectification.handle"
        " hazard.view hazard.handle hazard.manage",
        "company_viewer": "sharing.view"
        " campaign.view filing.view case.view outage.view indicator.view"
        " register.view"
        " grid.view business.view claim.view inspection.view hazard.view",
        "grid_manager": "sharing.view archive.fix"
        " grid.view business.view business.handle claim.view claim.handle"
        " register.view register.write special.view special.keep special.reveal"
        " hazard.view hazard.handle",
        "grid_officer": "sharing.view"
        " grid.view business.view business.request business.sign"
        " claim.view claim.send register.view register.write special.view special.keep"
        " hazard.view hazard.handle",
        "system_administrator": "organisation.manage calendar.manage outbox.manage"
        " catalogue.manage returnform.manage rule.manage article.manage",
        "security_administrator": "people.manage client.manage privacy.view leak.handle",
        "audit_administrator": "audit.view",
    }.items()
}


@pytest.fixture(autouse=True)
def _day(catalogues, kickoff_eve):
    """Everything here is looked at on the eve of the reports."""


def roles_for(code):
    own = REGULATOR_ROLES if code.startswith(("NEA", "SERC")) else COMPANY_ROLES
    return [*own, *SYSTEM_ROLES]


def seen_by(user):
    found = Organisation.objects.visible_to(user).filter(code__in=PROBES)
    return set(found.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("home", "role"), [(home, role) for home in SIGHT for role in roles_for(home)]
)
def test_each_role_of_each_organisation_sees_exactly_what_the_table_says(home, role):
    user = member(home, role)
    assert seen_by(user) == SIGHT[home]
    for code in PROBES:
        one = organisation(code)
        reading = next(iter(WORDS[role] & {"campaign.view", "audit.view"}), None)
        if reading:
            assert user.may(reading, one) == (code in SIGHT[home]), code


@pytest.mark.parametrize("role", WORDS)
def test_each_role_may_what_its_sentence_says(role):
    assert {str(permission) for permission in ROLES[role].permissions} == WORDS[role]


def test_strangers_and_people_without_a_role_see_nothing():
    assert seen_by(AnonymousUser()) == set()
    assert seen_by(person()) == set()


def test_a_grid_officer_sees_the_own_department_only():
    assert seen_by(member("GOV-441284", "grid_officer")) == {"GOV-441284"}


def test_copies_are_read_but_not_acted_on():
    south = member("SERC-NF", "regulator_officer")
    yunnan, guangdong = organisation("CSG-YN"), organisation("CSG-GD")
    assert south.may("filing.view", yunnan)
    assert not south.may("filing.review", yunnan)
    assert south.may("filing.review", guangdong)
    assert member("SERC-YN", "regulator_officer").may("filing.review", yunnan)


def test_what_a_company_files_only_the_company_fills_in_and_certifies():
    officer = member("SERC-NF", "regulator_officer")
    company = organisation("CSG-GD")
    assert not officer.may("filing.draft", company)
    assert not officer.may("filing.certify", company)
    assert officer.may("filing.draft", organisation("SERC-NF"))
    assert member("CSG-GD", "company_filer").may("filing.draft", organisation("CSG-GD-ZQ"))


def test_a_filer_may_not_certify_and_a_lead_may_not_fill_in():
    company = organisation("CSG-GD")
    filer, lead = member("CSG-GD", "company_filer"), member("CSG-GD", "company_lead")
    assert (filer.may("filing.draft", company), filer.may("filing.certify", company)) == (True, 0)
    assert (lead.may("filing.draft", company), lead.may("filing.certify", company)) == (False, 1)


def test_a_membership_counts_from_its_first_to_its_last_day():
    user = person()
    company = organisation("CSG-GD")
    services.appoint(
        user=user,
        organisation=company,
        role="company_filer",
        starts_on=date(2011, 11, 10),
        ends_on=date(2011, 11, 20),
        by=None,
        now=LONG_AGO,
    )
    truth = {9: False, 10: True, 20: True, 21: False}
    for day, expected in truth.items():
        with clock.standing_at(datetime(2011, 11, day, 12, 0, tzinfo=ZONE)):
            assert User.objects.get(pk=user.pk).may("filing.draft", company) == expected, day


# --- delegation -----------------------------------------------------------------------------------


def test_a_deputy_has_the_role_between_the_days_and_not_a_minute_longer():
    user, company = member("SERC-NF", "regulator_viewer"), organisation("CSG-GX")
    deputy(
        user,
        "SERC-NF",
        "regulator_lead",
        starts_on=date(2011, 11, 18),
        ends_on=date(2011, 11, 20),
    )
    truth = {
        datetime(2011, 11, 17, 23, 59, 59, tzinfo=ZONE): False,
        datetime(2011, 11, 18, 0, 0, 0, tzinfo=ZONE): True,
        datetime(2011, 11, 20, 23, 59, 59, tzinfo=ZONE): True,
        datetime(2011, 11, 21, 0, 0, 0, tzinfo=ZONE): False,
    }
    for instant, expected in truth.items():
        with clock.standing_at(instant):
            fresh = User.objects.get(pk=user.pk)
            assert fresh.may("duty.approve", company) == expected, instant
            assert fresh.can("duty.approve") == expected
            assert fresh.has_perm("accounts.deputise", organisation("SERC-NF")) == expected


def test_a_deputy_from_outside_sees_the_organisation_for_those_days_only():
    user = member("CSG-GD", "company_filer")
    deputy(
        user, "CSG-GX", "company_filer", starts_on=date(2011, 11, 24), ends_on=date(2011, 11, 25)
    )
    assert "CSG-GX" in set(Organisation.objects.visible_to(user).values_list("code", flat=True))
    with clock.standing_at(datetime(2011, 11, 26, 9, 0, tzinfo=ZONE)):
        fresh = User.objects.get(pk=user.pk)
        assert seen_by(fresh) == SIGHT["CSG-GD"]


def test_a_deputy_cannot_pass_the_role_on():
    now = clock.now()
    lead = member("CSG-GD", "company_lead")
    first, second = member("CSG-GD", "company_filer"), member("CSG-GD", "company_viewer")
    span = {"starts_on": clock.today(), "ends_on": clock.today() + timedelta(days=2)}
    company = organisation("CSG-GD")
    more = {"organisation": company, "role": "company_lead", "reason": "出差", "now": now}
    services.delegate(deputy=first, by=lead, **span, **more)
    fresh = User.objects.get(pk=first.pk)
    assert fresh.may("filing.certify", company)
    with pytest.raises(Exception, match="无权"):
        services.delegate(deputy=second, by=fresh, **span, **more)


def test_a_delegation_leaves_its_trace_when_given_and_when_taken_back():
    lead, user = member("CSG-GD", "company_lead"), member("CSG-GD", "company_filer")
    given = deputy(
        user,
        "CSG-GD",
        "company_lead",
        starts_on=clock.today(),
        ends_on=clock.today(),
        by=lead,
        now=clock.now(),
    )
    services.revoke(delegation=given, by=lead, now=clock.now(), reason="提前返回")
    kinds = AuditEvent.objects.filter(kind__startswith="delegation.").values_list("kind", flat=True)
    assert sorted(kinds) == ["delegation.give", "delegation.revoke"]
    with pytest.raises(Refused):
        services.revoke(delegation=given, by=lead, now=clock.now())
    assert given.__class__.objects.count() == 1, "the record stays"


def test_administrators_cannot_be_deputised_to_business_people():
    user = member("NEA-ROOT", "regulator_officer")
    for role in SYSTEM_ROLES:
        with pytest.raises(Refused, match="三权分立"):
            deputy(user, "NEA-ROOT", role, starts_on=clock.today(), ends_on=clock.today())
