"""Yearly targets: an official document that another person approves, binding from its issue."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock, files, officialdoc
from core.errors import Refused
from reporting.models import Target, TargetPaper
from reporting.queries.indicators import Limits
from reporting.services import targets as services
from reporting.workflow import target as workflow
from tests.factories import accounts
from tests.factories.complaints import at

pytestmark = pytest.mark.django_db
NOW = at("2011-11-24 09:30")


@pytest.fixture(autouse=True)
def eve(kickoff_eve):
    return kickoff_eve


def form(**values):
    return {
        "year": "2012",
        "title": "关于下达2012年农电两率目标的通知",
        "intro": "为保障农村居民用电，现下达目标。",
        "demands": "请分解落实。",
        "occasion": "a",
        **values,
    }


RATES = {
    "440000-rs1_rural": "99.5",
    "440000-voltage_resident_rural": "93",
    "450000-rs1_rural": "97",
    "450000-voltage_resident_rural": "92",
}


@pytest.mark.clause("S1-4.2d")
@pytest.mark.clause("S1-4.2e")
def test_rural_targets_are_drafted_approved_numbered_and_published(client, catalogues):
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    client.force_login(officer)
    listed = client.get(reverse("reporting:targets")).content.decode()
    # The defaults are those of January 2012 for the South.
    assert ('value="97"' in listed, 'value="92"' in listed) == (True, True)
    made = client.post(reverse("reporting:target_draft"), form(**RATES))
    paper = TargetPaper.objects.get()
    page = reverse("reporting:target", args=[paper.pk])
    assert made["Location"] == page
    edit = reverse("reporting:target_edit", args=[paper.pk])
    changed = form(seen="1", **RATES | {"440000-rs1_rural": "99.6"})
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 409
    client.post(reverse("reporting:target_submit", args=[paper.pk]))
    assert client.post(reverse("reporting:target_approve", args=[paper.pk])).status_code == 403
    client.force_login(lead)
    client.post(reverse("reporting:target_approve", args=[paper.pk]))
    assert Target.objects.count() == 0
    client.post(reverse("reporting:target_issue", args=[paper.pk]))
    paper.refresh_from_db()
    assert (paper.state, paper.document_number) == ("issued", "南电监〔2011〕1号")
    standing = {(one.region_id, one.indicator_code): one.value for one in Target.objects.standing()}
    assert standing["440000", "rs1_rural"] == Decimal("99.6")
    assert standing["450000", "voltage_resident_rural"] == 92
    stranger = reverse("reporting:public_target", args=[paper.pk])
    client.logout()
    assert client.get(stranger).status_code == 404
    client.force_login(lead)
    client.post(reverse("reporting:target_publish", args=[paper.pk]))
    client.logout()
    shown = client.get(stranger).content.decode()
    assert ("99.6" in shown, "南电监〔2011〕1号" in shown, "广东" in shown) == (True, True, True)
    table = client.get(reverse("reporting:public_targets")).content.decode()
    assert ("99.6" in table, "农村供电可靠率" in table) == (True, True)
    file = client.get(reverse("reporting:public_target_file", args=[paper.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    words = services.content_of(paper).document(services.heads_of(paper), services.names())
    printed = "\n".join(officialdoc.texts(officialdoc.compose(words)))
    assert ("年度目标值" in printed, "99.6" in printed) == (True, True)


def issued(occasion, *, year=2012, value="97"):
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    paper = services.draft(
        organisation=accounts.organisation("SERC-NF"),
        year=year,
        title="目标",
        intro="根据规定。",
        demands="落实。",
        values={("440000", "rs1_rural"): Decimal(value)},
        occasion=occasion,
        by=officer,
        now=NOW,
    )
    services.desk.move(paper, workflow.SUBMIT, by=officer, now=NOW)
    services.approve(paper, by=lead, now=NOW)
    return services.issue(paper, by=lead, now=NOW)


def test_a_later_paper_replaces_the_target_of_the_same_year_and_area(catalogues):
    issued("a")
    second = issued("b", value="98")
    target = Target.objects.standing().get()
    assert (target.value, target.paper) == (98, second)
    # A bureau is held to the target of its province; other years and provinces have none.
    assert Limits(2012).target("rs1_rural", "441200").value == 98
    assert Limits(2012).target("rs1_rural", "450000") is None
    assert Limits(2013).target("rs1_rural", "440000") is None


def test_who_may_not_and_what_may_not(client, catalogues):
    paper = issued("a")
    stranger = accounts.member("CSG-GD", "company_filer")
    stored = paper.current_version.pdf
    assert files.may_open(stranger, stored)
    client.force_login(stranger)
    assert client.post(reverse("reporting:target_draft"), form()).status_code == 403
    with pytest.raises(Refused):
        services.publish(paper, by=stranger, now=NOW)
    officer = accounts.member("SERC-NF", "regulator_officer")
    client.force_login(officer)
    empty = form(occasion="b")
    assert client.post(reverse("reporting:target_draft"), empty).status_code == 409
    wrong = client.post(reverse("reporting:target_draft"), form(**{"440000-rs1_rural": "101"}))
    assert wrong.status_code == 422


def test_a_draft_is_for_its_office_only(client, catalogues):
    paper = services.draft(
        organisation=accounts.organisation("SERC-NF"),
        year=2012,
        title="目标",
        intro="",
        demands="",
        values={("440000", "rs1_rural"): Decimal(97)},
        occasion="a",
        by=accounts.member("SERC-NF", "regulator_officer"),
        now=clock.now(),
    )
    page = reverse("reporting:target", args=[paper.pk])
    for home, role in (("CSG-GD", "company_lead"), ("SERC-YN", "regulator_lead")):
        client.force_login(accounts.member(home, role))
        assert client.get(page).status_code == 404
    assert not files.may_open(accounts.member("CSG-GD", "company_lead"), paper.current_version.pdf)
