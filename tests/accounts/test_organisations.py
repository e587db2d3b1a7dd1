"""Founding, renaming, moving and merging keep the history."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts import services
from accounts.models import Membership, Organisation, TerritoryRule, User
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.staff import people_of
from accounts.territory import regulator_for
from core.clock import ZONE
from core.errors import Refused
from core.models import AuditEvent
from tests.factories.accounts import member, organisation, person, unit

pytestmark = pytest.mark.django_db
NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)
TODAY = date(2011, 11, 24)


@pytest.fixture(autouse=True)
def _day(catalogues, kickoff_eve):
    """The eve of the reports."""


def test_a_renamed_organisation_bears_each_name_on_its_days():
    one = services.rename(
        organisation=organisation("CSG-GD-SZ"),
        name="深圳供电公司",
        short_name="深圳供电公司",
        valid_from=date(2012, 1, 1),
        by=None,
        now=NOW,
        reason="粤电〔2011〕9号",
    )
    assert one.name == "深圳供电局", "the new name is not in force yet"
    assert one.name_on(date(2011, 12, 31)) == "深圳供电局"
    assert one.name_on(date(2012, 1, 1)) == "深圳供电公司"
    services.show_names_in_force(now=datetime(2012, 1, 1, 0, 0, 1, tzinfo=ZONE))
    assert organisation("CSG-GD-SZ").name == "深圳供电公司"
    assert AuditEvent.objects.get(kind="organisation.rename").reason == "粤电〔2011〕9号"


def merged(code="GXSL-SL", into="GXSL-MS", on=TODAY, by=None):
    return services.merge(
        organisation=organisation(code), into=organisation(into), on=on, by=by, now=NOW
    )


def test_a_merge_moves_people_and_units_and_keeps_what_was():
    filer = member("GXSL-SL", "company_filer", name="随迁者", department="营销部")
    child = unit("上林一所", parent=organisation("GXSL-SL"), code="GXSL-SL-01")
    old = merged()
    assert (old.closed_on, old.merged_into.code) == (TODAY, "GXSL-MS")
    before, after = Membership.objects.filter(user=filer).order_by("starts_on")
    assert (before.organisation.code, before.ends_on) == ("GXSL-SL", TODAY - timedelta(days=1))
    assert (after.organisation.code, after.starts_on, after.department) == (
        "GXSL-MS",
        TODAY,
        "营销部",
    )
    assert Organisation.objects.get_parent(organisation(child.code)).code == "GXSL-MS"
    assert old.name_on(date(2010, 1, 1)) == "上林县供电公司"
    boss = member("GXSL-MS", "company_lead")
    assert Organisation.objects.visible_to(boss).filter(code="GXSL-SL").exists()
    assert not Organisation.objects.in_force().filter(code="GXSL-SL").exists()
    assert not any(Organisation.objects.find_problems())
    assert User.objects.get(pk=filer.pk).may("filing.draft", organisation("GXSL-MS"))


def test_somebody_who_works_in_both_has_one_membership_afterwards():
    filer = member("GXSL-SL", "company_filer")
    services.appoint(
        user=filer,
        organisation=organisation("GXSL-MS"),
        role="company_filer",
        starts_on=date(2010, 1, 1),
        by=None,
        now=NOW,
    )
    merged()
    assert Membership.objects.filter(user=filer).in_force(on=TODAY).count() == 1


def test_the_territory_of_a_merged_office_goes_to_the_other_from_that_day():
    merged("SERC-YN", "SERC-NF")
    company = organisation("CSG-YN")
    assert regulator_for(company, TODAY - timedelta(days=1))[0].code == "SERC-YN"
    assert regulator_for(company, TODAY)[0].code == "SERC-NF"
    assert TerritoryRule.objects.filter(region_id="530000").count() == 2


@pytest.mark.parametrize(
    ("code", "into", "on", "words"),
    [
        ("GXSL", "GXSL", TODAY, "自身"),
        ("CSG-GD", "SERC-NF", TODAY, "相互合并"),
        ("CSG-GD", "GOV-441284", TODAY, "相互合并"),
        ("CSG-GD", "CSG-GD-ZQ", TODAY, "下级"),
        ("GXSL-SL", "GXSL-MS", TODAY + timedelta(days=1), "不能晚于今天"),
    ],
)
def test_what_cannot_be_merged_says_why(code, into, on, words):
    with pytest.raises(Refused, match=words):
        merged(code, into, on)


def test_a_merged_organisation_is_not_merged_moved_or_staffed_again():
    old = merged()
    with pytest.raises(Refused, match="撤销"):
        merged()
    with pytest.raises(Refused, match="撤销"):
        services.move(organisation=old, parent=organisation("CSG"), by=None, now=NOW)
    with pytest.raises(Refused, match="撤销"):
        services.appoint(user=person(), organisation=old, role="company_filer", by=None, now=NOW)


def test_an_organisation_moves_with_everything_below_it():
    services.move(
        organisation=organisation("CSG-GD-ZQ"), parent=organisation("CSG-GX"), by=None, now=NOW
    )
    station = organisation("CSG-GD-ZQ-SH-01")
    above = [one.code for one in Organisation.objects.get_ancestors(station)]
    assert above == ["CSG", "CSG-GX", "CSG-GD-ZQ", "CSG-GD-ZQ-SH"]
    with pytest.raises(Refused, match="下级"):
        services.move(organisation=organisation("CSG-GX"), parent=station, by=None, now=NOW)


def test_a_code_is_given_once():
    with pytest.raises(Refused, match="CSG-GD"):
        unit("第二个", code="CSG-GD")


@pytest.mark.parametrize("role", ["security_administrator", "company_lead", "regulator_lead"])
def test_services_ask_for_the_right_even_when_a_door_was_left_open(role):
    home = "SERC-NF" if role == "regulator_lead" else "CSG-GD"
    who = member(home, role)
    with pytest.raises(PermissionDenied):
        merged("CSG-GD-FS", "CSG-GD-SZ", by=who)
    with pytest.raises(PermissionDenied):
        services.rename(
            organisation=organisation("CSG-GD"),
            name="x",
            short_name="x",
            valid_from=TODAY,
            by=who,
            now=NOW,
        )


def test_an_administrator_of_one_company_does_not_touch_another():
    who = member("CSG-GD", "system_administrator")
    with pytest.raises(PermissionDenied):
        merged("GXSL-SL", "GXSL-MS", by=who)


def test_the_work_of_an_absorbed_office_is_done_by_the_one_that_absorbed_it():
    lead, above = member("SERC-YN", "regulator_lead"), member("NEA-ROOT", "regulator_lead")
    other = member("SERC-NF", "regulator_lead")
    old = merged("SERC-GZ", "SERC-YN")
    manage = Permission.RECTIFICATION_MANAGE
    assert [works_for(one, manage, old) for one in (lead, above, other)] == [True, False, False]
    told = [people_of(old, manage, on=TODAY + timedelta(days=n)) for n in (-1, 0)]
    assert (lead in told[0], lead in told[1]) == (False, True)
