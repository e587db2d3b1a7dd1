"""Proposals of findings: made once, seen by regulators alone, decided once."""

from datetime import datetime

import pytest
from django.urls import reverse

from campaign.models import Inspection
from core import clock
from core.models import AuditEvent
from reporting.models import FindingProposal
from reporting.services import proposals
from tests.factories.accounts import member, organisation

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)


def proposed(company="CSG-GD", key="outage:1", **more):
    given = {
        "source": "outage",
        "key": key,
        "organisation": organisation(company),
        "clause": "S1-2.1.1h",
        "title": "停居民用电未公告",
        "facts": "10kV城东线停电影响居民320户，停电前未公告。",
        "url": "/outages/1/",
        "by": None,
        "now": NOW,
    }
    return proposals.propose(**{**given, **more})


def test_the_same_facts_make_one_proposal_and_a_decision_stays(catalogues, client, kickoff_eve):
    officer = member("SERC-NF", "regulator_officer")
    first = proposed()
    assert proposed(title="另一标题") == first
    assert FindingProposal.objects.get().title == "停居民用电未公告"
    client.force_login(officer)
    listed = client.get(reverse("reporting:proposals"))
    assert [one.pk for one in listed.context["page"]] == [first.pk]
    page = client.get(reverse("reporting:proposal", args=[first.pk]))
    assert "停电影响居民320户" in page.content.decode()
    decide = reverse("reporting:proposal_decide", args=[first.pk])
    assert client.post(decide, {"reason": " "}).status_code == 409
    answer = client.post(decide, {"reason": "现场核实为故障停电"})
    assert answer.status_code == 302
    assert client.post(decide, {"accept": "1"}).status_code == 409
    first.refresh_from_db()
    assert (first.state, first.reason) == ("dismissed", "现场核实为故障停电")
    assert (first.decided_by, first.decided_at) == (officer, NOW)
    assert proposed().state == "dismissed"
    kinds = AuditEvent.objects.filter(kind__startswith="finding.").values_list("kind", flat=True)
    assert sorted(kinds) == ["finding.dismiss", "finding.propose"]
    assert client.get(reverse("reporting:proposals")).context["page"].items == []
    everything = client.get(reverse("reporting:proposals"), {"state": "all"})
    assert len(everything.context["page"]) == 1


def test_an_accepted_proposal_leads_to_one_special_inspection(catalogues, client, kickoff_eve):
    found = proposed()
    client.force_login(member("SERC-NF", "regulator_officer"))
    inspect = reverse("reporting:proposal_inspect", args=[found.pk])
    days = {"first_day": "2011-11-28", "last_day": "2011-12-09"}
    assert client.post(inspect, days).status_code == 409
    client.post(reverse("reporting:proposal_decide", args=[found.pk]), {"accept": "1"})
    opened = client.post(inspect, days)
    made = Inspection.objects.get()
    assert opened["Location"] == reverse("campaign:inspection", args=[made.pk])
    assert (made.organisation.code, made.round.reason) == ("CSG-GD", found.facts)
    assert client.post(inspect, days)["Location"] == opened["Location"]
    assert client.post(inspect, {}).status_code == 409
    page = client.get(reverse("campaign:inspection_round", args=[made.round_id]))
    assert reverse("reporting:proposal", args=[found.pk]) in page.content.decode()
    # Or straight into the rectification ledger.
    shown = client.get(reverse("reporting:proposal", args=[found.pk])).content.decode()
    assert f"/rectification/from/finding/{found.pk}/" in shown


@pytest.mark.parametrize(
    ("home", "role", "listed", "opened", "decided"),
    [
        ("CSG-GD", "company_lead", 403, 403, 403),
        # The office of another province: out of sight.
        ("SERC-YN", "regulator_officer", 200, 404, 404),
        ("SERC-NF", "regulator_viewer", 200, 200, 403),
        ("SERC-NF", "regulator_lead", 200, 200, 302),
    ],
)
def test_who_sees_and_who_decides(
    catalogues, client, kickoff_eve, home, role, listed, opened, decided
):
    found = proposed()
    client.force_login(member(home, role))
    assert client.get(reverse("reporting:proposals")).status_code == listed
    assert client.get(reverse("reporting:proposal", args=[found.pk])).status_code == opened
    answer = client.post(reverse("reporting:proposal_decide", args=[found.pk]), {"accept": "1"})
    assert answer.status_code == decided


def test_an_office_that_only_gets_copies_reads_but_does_not_decide(catalogues, client, kickoff_eve):
    found = proposed("CSG-YN")
    client.force_login(member("SERC-NF", "regulator_lead"))
    assert client.get(reverse("reporting:proposal", args=[found.pk])).status_code == 200
    answer = client.post(reverse("reporting:proposal_decide", args=[found.pk]), {"accept": "1"})
    assert answer.status_code == 409
    found.refresh_from_db()
    assert found.state == "open"
