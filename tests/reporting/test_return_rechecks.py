"""A period that is corrected later: drafts take the new stock over, what is filed says what fails.

Connection requests of Guangdong's company: October ends with one request in hand, November begins
with it and ends with one, December is being filled in.
"""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.models import AuditEvent, Letter
from reporting.models import ReturnWaiver
from reporting.queries import return_content
from reporting.services import return_filing, return_review
from tests.factories import accounts, returns
from tests.factories.complaints import at
from tests.reading import text_of

pytestmark = pytest.mark.django_db
GD, NOW = "CSG-GD", at("2011-12-05 09:00")
OCTOBER, NOVEMBER, DECEMBER = (date(2011, month, 1) for month in (10, 11, 12))
COMMON = {"kind": "居民", "project": "一般", "source": "电话", "joint": False, "steps": 5}
COMMON |= {"materials": 3, "fee": "0.00"}


def request(number, state, accepted_on, **more):
    return {**COMMON, "number": number, "state": state, "accepted_on": accepted_on, **more}


def month(opening, closing, *requests, connected=0):
    accepted = closing + connected - opening
    residents = {"kind": "居民", "opening": opening, "accepted": accepted, "closing": closing}
    return {
        "summary": [{**residents, "connected": connected, "cancelled": 0}],
        "requests": list(requests),
    }


A1, A2 = request("A1", "在办", "2011-10-20"), request("A2", "在办", "2011-10-21")
DONE = {"state": "已接电", "scheme_on": "2011-10-24", "ready_on": "2011-10-31"}
A1_DONE = {**A1, **DONE, "connected_on": "2011-11-02"}
A3 = request("A3", "在办", "2011-11-28")


def test_a_corrected_stock_goes_on_into_drafts_and_puts_what_is_filed_in_question(
    catalogues, client
):
    people = {
        "filer": accounts.member(GD, "company_filer"),
        "lead": accounts.member(GD, "company_lead"),
        "officer": accounts.member("SERC-NF", "regulator_officer"),
    }
    with clock.standing_at(NOW):
        returns.collected("connections", "SERC-NF", starts_on=date(2011, 10, 25), now=NOW)
        october, november, december = (
            returns.owed("connections", GD, start) for start in (OCTOBER, NOVEMBER, DECEMBER)
        )
        returns.accepted(october, month(0, 1, A1), **people, now=NOW)
        returns.accepted(november, month(1, 1, A1_DONE, A3, connected=1), **people, now=NOW)
        draft = return_filing.begin(entry=december, by=people["filer"], now=NOW)
        stocks = {row["kind"]: row["opening"] for row in draft.sheet("summary")}
        # The end of November stands where December begins.
        assert stocks == {"居民": 1, "其他低压": None, "高压单电源": None, "高压双电源": None}
        # October had two in hand: filed, but not accepted, it changes nothing yet.
        october.refresh_from_db()
        pair = {"filer": people["filer"], "lead": people["lead"]}
        returns.filed(october, month(0, 2, A1, A2), **pair, now=NOW, reason="漏报一件")
        november.refresh_from_db()
        assert november.recheck == []
        assert return_content.past(november)["last"]["summary"][0]["closing"] == 1
        return_review.accept(entry=october, by=people["officer"], now=NOW)
        november.refresh_from_db()
        found = [(item["sheet"], item["cell"], item["problem"]) for item in november.recheck]
        assert found == [
            ("汇总", "B4", "沿用的“期初在办”已由1更正为2。"),
            ("报装明细", "", "上期未办结的行本期没有填报：A2"),
        ]
        assert november.accepted_version.sheet("summary")[0]["opening"] == 1
        letter = Letter.objects.get(kind="return.recheck", channel="notice")
        assert "“报装接电月报”2011年10月的报表已更正，2011年11月的下列内容需要核对" in letter.body
        client.force_login(people["filer"])
        url = reverse("reporting:return", args=[november.pk])
        assert "沿用的“期初在办”已由1更正为2。" in text_of(client.get(url))
        listed = text_of(client.get(reverse("reporting:return_list"), {"view": "recheck"}))
        assert "2011年11月" in listed
        assert "因前期更正需要核对：报装接电月报" in text_of(client.get("/"))
        # November follows suit: its question is settled, and December's draft takes its new end.
        carried_on = month(2, 2, A1_DONE, A3, A2, connected=1)
        returns.accepted(november, carried_on, **people, now=NOW, reason="按更正后的上期数")
        november.refresh_from_db()
        assert (november.recheck, november.recheck_at) == ([], None)
        december.refresh_from_db()
        assert december.current_version.sheet("summary")[0]["opening"] == 2
        assert december.recheck[0]["cell"] == "B4"
        assert AuditEvent.objects.filter(kind="return.recheck").count() == 2


def test_the_page_of_waivers_says_the_rule_in_words(catalogues, client):
    filer = accounts.member(GD, "company_filer")
    with clock.standing_at(NOW):
        returns.collected("connections", "SERC-NF", starts_on=DECEMBER, now=NOW)
        entry = returns.owed("connections", GD, DECEMBER)
        return_review.ask_waiver(
            code="connections",
            organisation=entry.organisation,
            check_name="summary/linear/closing",
            reason="系统改造",
            expires_on=date(2012, 1, 31),
            entry=entry,
            by=filer,
            now=NOW,
        )
        assert ReturnWaiver.objects.count() == 1
        client.force_login(filer)
        text = text_of(client.get(reverse("reporting:return_waivers")))
    assert "summary/linear" not in text
    assert "“期末在办”=" in text
