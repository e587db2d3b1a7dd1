"""Unannounced outages: found by the round among cases, shown with evidence, decided once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, outbox
from reporting.models import FindingProposal, OutageLead
from reporting.services import outage_leads as services
from tests.factories.accounts import member
from tests.factories.complaints import received
from tests.factories.outages import NOW, at, filed

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")


def call(minute, caller, *, area="光明路1号台区", text="家里停电了，没看到通知", **more):
    """Somebody calls on the morning of the 24th."""
    given = {
        "source": "95598",
        "owner": "CSG-GD-ZQ",
        "organisation": "CSG-GD-ZQ",
        "channel": "phone_95598",
        "nature": "fault",
        "category": "lv_fault",
        "account_no": "",
        "complainant_phone": f"1390000{caller:04}",
        "feeder": "10kV城东线",
        "transformer_area": area,
        "content": text,
        "received_at": at("2011-11-24 06:00") + timedelta(minutes=minute),
    }
    return received(**{**given, **more}, now=NOW)


def round_(now=NOW):
    """The scheduled round, whenever it was last."""
    with clock.standing_at(now):
        outbox.ticks()["reporting.outages"](now=now)


def test_callers_of_one_place_without_a_notice_are_a_lead_that_becomes_a_finding(client):
    told = [call(0, 1), call(10, 2, area="光明路1#公变"), call(15, 2), call(30, 3, feeder="")]
    # Two callers elsewhere, one who speaks of yesterday, one with low voltage: none of these.
    call(5, 4, area="民乐村2号台区", feeder="10kV河口线")
    call(9, 5, area="民乐村2号台区", feeder="10kV河口线")
    call(20, 6, text="昨天停电没有通知")
    call(25, 7, text="电压低，空调带不动")
    # A notice of the same time on another line, and one of the place for the day after.
    other = filed(
        "O-1",
        lines=["10kV城西线"],
        transformer_areas=[],
        area="城西街道",
        planned_start=at("2011-11-24 06:00"),
        planned_end=at("2011-11-24 18:00"),
    )
    round_()
    lead = OutageLead.objects.get()
    assert (lead.level, lead.place) == ("transformer_area", "光明路1号台区")
    assert (lead.count, lead.callers) == (4, 3)
    assert set(lead.cases.all()) == set(told)
    assert lead.nearest == [[other.pk, "place"]]
    round_(NOW + timedelta(minutes=40))
    assert OutageLead.objects.count() == 1
    # A further caller joins it.
    call(205, 8)
    call(120, 9)
    round_(NOW + timedelta(minutes=80))
    lead.refresh_from_db()
    assert (OutageLead.objects.count(), lead.callers) == (1, 5)
    client.force_login(member("SERC-NF", "regulator_officer"))
    listed = client.get(reverse("reporting:outage_leads"))
    assert [one.pk for one in listed.context["page"]] == [lead.pk]
    shown = client.get(reverse("reporting:outage_lead", args=[lead.pk])).content.decode()
    assert told[0].number in shown
    assert "O-1" in shown
    assert "不是该处" in shown
    decide = reverse("reporting:outage_lead_decide", args=[lead.pk])
    assert client.post(decide, {"reason": ""}).status_code == 409
    assert client.post(decide, {"accept": "1"}).status_code == 302
    assert client.post(decide, {"reason": "是故障"}).status_code == 409
    proposal = FindingProposal.objects.get()
    assert (proposal.source, proposal.clause) == ("lead", "S1-2.1.1g")
    assert "5人、6件诉求反映停电" in proposal.facts
    # What was decided is not found again.
    round_(NOW + timedelta(minutes=120))
    assert OutageLead.objects.count() == 1


def test_who_is_covered_by_a_notice_is_no_lead_and_what_is_filed_later_is_named(client):
    for caller in range(4):
        call(caller * 10, caller)
        call(caller * 10, caller + 10, area="上岗村3号台区", feeder="10kV江口线")
    times = {"planned_start": at("2011-11-24 05:30"), "planned_end": at("2011-11-24 12:00")}
    filed("C-1", now=at("2011-11-23 09:00"), **times)
    round_()
    lead = OutageLead.objects.get()
    assert lead.place == "上岗村3号台区"
    fault = filed(
        "C-2",
        kind="fault",
        reason="equipment_fault",
        lines=["10kV江口线"],
        transformer_areas=["上岗村3号台区"],
        planned_start=at("2011-11-24 05:50"),
        planned_end=at("2011-11-24 11:00"),
        published_at=at("2011-11-24 09:25"),
    )
    round_(NOW + timedelta(minutes=40))
    lead.refresh_from_db()
    assert (lead.state, lead.told_later) == ("open", fault)
    client.force_login(member("SERC-NF", "regulator_lead"))
    services.dismiss(
        lead=lead, reason="设备故障，已补登", by=member("SERC-NF", "regulator_lead"), now=NOW
    )
    listed = client.get(reverse("reporting:outage_leads"), {"state": "dismissed"})
    assert "事后已登记停限电信息" in listed.content.decode()
    client.force_login(member("SERC-YN", "regulator_lead"))
    assert client.get(reverse("reporting:outage_lead", args=[lead.pk])).status_code == 404


def test_a_company_has_two_hours_before_a_lead_is_made():
    for caller in range(3):
        call(120 + caller, caller)
    round_()
    assert not OutageLead.objects.exists()
    round_(NOW + timedelta(minutes=40))
    assert OutageLead.objects.count() == 1
