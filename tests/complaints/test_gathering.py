"""Where cases gather: frequent outages, and clusters that an inspection is proposed for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import CountingRule, InspectionProposal
from complaints.services import inspections as services
from complaints.tasks import inspect_clusters
from core import clock
from core.errors import Conflict, Refused
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def outage(days_ago, **fields):
    told = {"category": "outage_repair", "feeder": "10kV城东线", **fields}
    return received(received_at=NOW - timedelta(days=days_ago), **told)


@pytest.fixture
def few(catalogues):
    """Three alike within 30 days are a cluster from 2018 on."""
    CountingRule.objects.create(
        code="cluster",
        name="投诉集中",
        threshold=3,
        window_days=30,
        natures=["complaint"],
        basis="南电监〔2018〕3号",
        valid_from="2018-01-01",
    )


def gathered(n=3, **fields):
    return [received(received_at=NOW - timedelta(days=day), **fields) for day in range(n)]


def test_lines_and_areas_with_outages_on_three_days_are_listed_and_open_their_cases(as_, people):
    for day in (1, 1, 20, 59):
        outage(day, transformer_area="城东3号台区")
    # Another company's line of the same name, too few days; too long ago; no outage.
    for day in (1, 2):
        outage(day, organisation="CSG-GD-FS")
    outage(60)
    outage(5, category="supply_quality")
    client = as_(people.officer)
    answer = client.get(reverse("complaints:outages"))
    (_feeders, lines), (_areas, areas) = answer.context["lists"]
    assert [(one.name, one.company, one.days, one.cases) for one in lines] == [
        ("10kV城东线", "肇庆供电局", 3, 4)
    ]
    assert [(one.name, one.days, one.cases) for one in areas] == [("城东3号台区", 3, 4)]
    for one in (*lines, *areas):
        assert client.get(one.url).context["total"] == one.cases
    # On 12 February only two days of January lie in the window.
    earlier = client.get(reverse("complaints:outages"), {"until": "2018-02-12"})
    assert earlier.context["lists"][0][1] == []


def test_the_threshold_is_data_with_the_day_from_which_it_counts(as_, people):
    for day in (1, 2):
        outage(day)
    client = as_(people.officer)
    assert client.get(reverse("complaints:outages")).context["lists"][0][1] == []
    CountingRule.objects.create(
        code="frequent_outage",
        name="频繁停电",
        threshold=2,
        window_days=60,
        categories=["outage_repair"],
        basis="南电监〔2018〕2号",
        valid_from="2018-03-05",
    )
    answer = client.get(reverse("complaints:outages"))
    assert len(answer.context["lists"][0][1]) == 1
    assert "南电监〔2018〕2号" in answer.content.decode()
    before = client.get(reverse("complaints:outages"), {"until": "2018-03-04"})
    assert before.context["rule"].threshold == 3


def test_a_cluster_is_proposed_with_its_cases_and_decided_with_a_reason(as_, people, few):
    cases = gathered()
    received(received_at=NOW - timedelta(days=30))
    client = as_(people.officer)
    page = client.get(reverse("complaints:inspections"))
    ((cluster, _subject, proposed),) = page.context["clusters"]
    assert (cluster.company, cluster.n, proposed) == ("肇庆供电局", 3, False)
    assert client.get(cluster.url).context["total"] == 3
    asked = {"respondent": cluster.organisation, "category": cluster.category}
    client.post(reverse("complaints:inspection_propose"), asked)
    client.post(reverse("complaints:inspection_propose"), asked)
    proposal = InspectionProposal.objects.get()
    assert set(proposal.evidence.all()) == set(cases)
    shown = client.get(reverse("complaints:inspection", args=[proposal.pk])).content.decode()
    for case in cases:
        assert case.number in shown
    decide = reverse("complaints:inspection_decide", args=[proposal.pk])
    assert client.post(decide, {"accept": "1", "reason": " "}).status_code == 409
    assert client.post(decide, {"accept": "1", "reason": "列入二季度稽查"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("accepted", people.officer)
    listed = client.get(reverse("complaints:inspections")).content.decode()
    assert "列入二季度稽查" in listed
    with pytest.raises(Conflict):
        services.decide(proposal=proposal, accept=False, reason="x", by=people.lead, now=NOW)


def test_the_daily_round_proposes_each_cluster_once(people, few):
    gathered()
    assert services.detect(now=NOW) == 1
    assert services.detect(now=NOW) == 0
    proposal = InspectionProposal.objects.get()
    assert (proposal.organisation.code, proposal.created_by) == ("SERC-NF", None)
    services.decide(proposal=proposal, accept=False, reason="已在整改", by=people.lead, now=NOW)
    assert services.detect(now=NOW + timedelta(days=1)) == 0
    inspect_clusters(now=NOW)
    assert InspectionProposal.objects.count() == 1


def test_companies_neither_see_nor_make_proposals(as_, people, few):
    gathered()
    services.detect(now=NOW)
    proposal = InspectionProposal.objects.get()
    page = reverse("complaints:inspection", args=[proposal.pk])
    for person in (people.handler, people.desk):
        assert as_(person).get(page).status_code == 404
        listed = as_(person).get(reverse("complaints:inspections"))
        assert list(listed.context["page"]) == []
    asked = {"respondent": organisation("CSG-GD-ZQ").pk, "category": "supply_service"}
    answer = as_(people.handler).post(reverse("complaints:inspection_propose"), asked)
    assert answer.status_code == 403
    with pytest.raises(Refused, match="未达到3件"):
        services.propose(
            organisation=organisation("SERC-NF"),
            respondent=organisation("CSG-GD-FS"),
            category="supply_service",
            by=people.officer,
            now=NOW,
        )
