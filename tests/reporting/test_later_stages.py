"""Self-inspection, summary and the special report: who files what, by when, and who gets a copy."""

from datetime import datetime

import pytest

from campaign import services as campaign_services
from core import clock
from core.clock import ZONE
from reporting.models import Filing, FilingCopy, Receipt
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns
from tests.reporting.test_filing_pages import begun, certified, uploaded

pytestmark = pytest.mark.django_db
TEXT = (
    "本单位对照“一个维护、四个保障、六个落实”逐项开展工作，发现的问题已列入台账并明确责任人和时限。"
)
# The five provincial companies and the water group: whose office receives, and who gets a copy.
PLACES = {
    "CSG-GD": ("SERC-NF", None),
    "CSG-GX": ("SERC-NF", None),
    "CSG-HI": ("SERC-NF", None),
    "GXSL": ("SERC-NF", None),
    "CSG-YN": ("SERC-YN", "SERC-NF"),
    "CSG-GZ": ("SERC-GZ", "SERC-NF"),
}


@pytest.fixture
def campaign(catalogues):
    return campaigns.launched_campaign()


def at(year, month, day, hour=10, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def filed_through_pages(client, duty, *, now, leave_out=()):
    """From the desk to the receipt at an instant, as the duty's own people do it."""
    organisation = duty.organisation
    with clock.standing_at(now):
        campaign_services.tick(now=now)
        client.force_login(reporting.filer(organisation))
        filing = begun(client, duty)
        for code in duty.definition.parts:
            if code in leave_out:
                continue
            sent = {"seen": "0", "text": TEXT * 2}
            if not code.startswith(("experience", "mechanism")):
                sent["files"] = uploaded(reporting.docx(), "报告.docx")
            answer = client.post(f"/filings/{filing.pk}/parts/{code}/", sent)
            assert answer.status_code == 302
        asked = client.post(f"/filings/{filing.pk}/check/", {"act": "request"})
        if leave_out:
            return asked
        client.force_login(reporting.certifier(organisation))
        answer = certified(client, filing)
        assert answer.status_code == 302
        return client.get(answer["Location"]).content.decode()


def stands_on_the_desks(client, code, companies, *, now):
    """Each office finds its own companies, the South bureau the copies of two provinces."""
    with clock.standing_at(now):
        for office in ("SERC-NF", "SERC-YN", "SERC-GZ"):
            client.force_login(accounts.member(office, "regulator_officer"))
            own = client.get("/filings/review/").context["rows"]
            copies = client.get("/filings/review/?scope=copies").context["rows"]
            expected = [one for one in companies if PLACES[one][0] == office]
            copied = [one for one in companies if PLACES[one][1] == office]
            assert found(own, code) == sorted(expected)
            assert found(copies, code) == sorted(copied)
    assert FilingCopy.objects.count() == sum(1 for one in companies if PLACES[one][1])


def found(rows, code):
    return sorted(
        row.duty.organisation.code for row in rows if row.duty.definition.code == code and row.filed
    )


def reported_by_all(client, campaign, code, *, eve, after):
    """Two in time, on the last day; two on the day after. Says what the receipts tell."""
    told = {}
    for company, now in (("CSG-YN", eve), ("CSG-GD", eve), ("CSG-GZ", after), ("GXSL", after)):
        duty = campaigns.duty(campaign, code, company)
        assert (duty.recipient.code, duty.copy_to and duty.copy_to.code) == PLACES[company]
        told[company] = filed_through_pages(client, duty, now=now)
    for company in ("CSG-YN", "CSG-GD"):
        assert "按期报送" in told[company]
        assert "逾期报送" not in told[company]
    for company in ("CSG-GZ", "GXSL"):
        assert "逾期报送" in told[company]
    late = dict(
        Receipt.objects.values_list("version__filing__organisation__code", "version__is_late")
    )
    assert late == {"CSG-YN": False, "CSG-GD": False, "CSG-GZ": True, "GXSL": True}
    stands_on_the_desks(client, code, ["CSG-YN", "CSG-GD", "CSG-GZ", "GXSL"], now=after)
    return told


@pytest.mark.clause("S1-5.2b")
def test_companies_report_their_self_inspection_by_the_first_of_june(client, campaign):
    eve, after = at(2012, 6, 1, 23, 50), at(2012, 6, 2, 0, 10)
    told = reported_by_all(client, campaign, "self-inspection", eve=eve, after=after)
    assert "滇电监收〔2012〕1号" in told["CSG-YN"]
    assert "2012-06-01 23:50:00" in told["CSG-YN"]


@pytest.mark.clause("S1-5.4.1")
def test_companies_report_their_summary_by_the_fifth_of_december(client, campaign):
    eve, after = at(2012, 12, 5, 23, 50), at(2012, 12, 6, 0, 10)
    told = reported_by_all(client, campaign, "summary", eve=eve, after=after)
    assert "南电监收〔2012〕1号" in told["CSG-GD"]
    assert "2012-12-05 23:50:00" in told["CSG-GD"]


@pytest.mark.clause("S1-5.4.2a", "S1-5.4.2b")
def test_the_bureau_hands_the_special_report_up_with_experience_and_proposals(client, campaign):
    duty = campaigns.duty(campaign, "final-upward", "SERC-NF")
    now = at(2012, 12, 10, 17)
    receipt = filed_through_pages(client, duty, now=now)
    assert "按期报送" in receipt
    made = Receipt.objects.get()
    assert (made.recipient.code, made.version.is_late) == ("NEA-ROOT", False)
    people = [reporting.filer(duty.organisation), reporting.certifier(duty.organisation)]
    with clock.standing_at(now):
        client.force_login(reporting.reviewer(duty.recipient, other_than=people))
        page = client.get(f"/filings/{Filing.objects.get().pk}/").content.decode()
    for title in ("经验总结", "建立长效监管机制的意见和建议", "报告.docx"):
        assert title in page
    assert page.count(TEXT * 2) == 3


@pytest.mark.clause("S1-5.4.2a")
def test_a_special_report_of_the_eleventh_is_late(client, campaign):
    duty = campaigns.duty(campaign, "final-upward", "SERC-NF")
    assert "逾期报送" in filed_through_pages(client, duty, now=at(2012, 12, 11, 0, 5))


@pytest.mark.clause("S1-5.4.2b")
@pytest.mark.parametrize(
    ("part", "title"),
    [("experience_summary", "经验总结"), ("mechanism_proposals", "建立长效监管机制的意见和建议")],
)
def test_without_experience_or_proposals_nothing_goes_up(client, campaign, part, title):
    duty = campaigns.duty(campaign, "final-upward", "SERC-NF")
    refused = filed_through_pages(client, duty, now=at(2012, 12, 10), leave_out=[part])
    assert refused.status_code == 409
    assert title in refused.content.decode()
    assert Filing.objects.get().state == "draft"
