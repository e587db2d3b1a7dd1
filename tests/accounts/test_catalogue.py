"""The organisations and territories that a new portal starts with."""

from datetime import date, datetime

import pytest

from accounts import catalogue
from accounts.models import Organisation, OrganisationName, Region, TerritoryRule
from accounts.services import rename
from accounts.territory import regulator_for
from core.clock import ZONE
from core.models import AuditEvent
from tests.factories.accounts import organisation

pytestmark = pytest.mark.django_db
KICKOFF = date(2011, 11, 18)
NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


def test_every_migrated_database_has_the_national_regulator():
    national = Organisation.objects.get(kind="national_regulator")
    assert national.name == "国家能源局"
    assert national.name_on(KICKOFF) == "国家电力监管委员会"


@pytest.mark.parametrize("company", ["CSG-GD", "CSG-GX", "CSG-HI", "GXSL", "CSG-GD-ZQ-SH-01"])
def test_guangdong_guangxi_and_hainan_report_to_the_south_bureau(catalogues, company):
    regulator, copy_to = regulator_for(organisation(company), KICKOFF)
    assert regulator.name == "国家电力监管委员会南方监管局"
    assert copy_to is None


@pytest.mark.parametrize(
    ("company", "office"),
    [("CSG-YN", "云南电监办"), ("CSG-YN-QJ", "云南电监办"), ("CSG-GZ", "贵州电监办")],
)
def test_yunnan_and_guizhou_report_to_their_offices_with_a_copy_to_the_south(
    catalogues, company, office
):
    regulator, copy_to = regulator_for(organisation(company), KICKOFF)
    assert (regulator.short_name, copy_to.short_name) == (office, "南方电监局")


def test_a_regulator_reports_to_the_national_one(catalogues):
    regulator, copy_to = regulator_for(organisation("SERC-NF"), KICKOFF)
    assert (regulator.kind, copy_to) == ("national_regulator", None)


def test_a_company_in_a_province_without_a_rule_reports_to_the_national_regulator(catalogues):
    regulator, _copy = regulator_for(organisation("CSG-GD"), date(2001, 1, 1))
    assert regulator.kind == "national_regulator"


def test_all_31_provinces_have_a_regulator_and_zhaoqing_holds_sihui(catalogues):
    assert Region.objects.filter(parent=None).count() == 31
    assert TerritoryRule.objects.in_force(on=KICKOFF).count() == 31
    assert Region.objects.get(name="四会市").parent.name == "肇庆市"
    assert Region.objects.get(name="琼海市").parent.name == "海南省"


def test_the_demonstration_point_stands_in_the_tree_with_two_stations(catalogues):
    sihui = Organisation.objects.get(name="四会供电局")
    assert [node.name for node in Organisation.objects.get_ancestors(sihui)] == [
        "中国南方电网有限责任公司",
        "广东电网公司",
        "肇庆供电局",
    ]
    stations = Organisation.objects.get_children(sihui).filter(kind="supply_station")
    assert stations.count() == 2


def test_six_companies_report_from_five_provinces(catalogues):
    # Hunan's company stands in the catalogue for the bulletins, beyond the South.
    every = Organisation.objects.filter(kind="provincial_company")
    reporting = every.exclude(region="430000")
    assert reporting.count() == 6
    assert reporting.values("region").distinct().count() == 5
    assert Organisation.objects.companies().count() >= 11


def test_names_follow_the_day(catalogues):
    south = organisation("SERC-NF")
    assert south.short_name == "南方电监局"
    catalogue.load(now=datetime(2014, 1, 6, 9, 0, tzinfo=ZONE))
    assert organisation("SERC-NF").name == "国家能源局南方监管局"


def test_loading_again_changes_nothing(catalogues):
    rename(
        organisation=organisation("CSG-HI-SY"),
        name="三亚供电公司",
        short_name="三亚供电公司",
        valid_from=date(2011, 11, 1),
        by=None,
        now=NOW,
    )
    counts = [m.objects.count() for m in (Organisation, OrganisationName, TerritoryRule, Region)]
    events = AuditEvent.objects.count()
    catalogue.load(now=NOW)
    after = [m.objects.count() for m in (Organisation, OrganisationName, TerritoryRule, Region)]
    assert (after, AuditEvent.objects.count()) == (counts, events)
    assert organisation("CSG-HI-SY").name == "三亚供电公司"
    assert not any(Organisation.objects.find_problems())
