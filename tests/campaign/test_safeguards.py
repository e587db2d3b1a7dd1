"""Systems for the four guarantees and measures for the six implementations, with evidence."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.models import Objective, Safeguard
from campaign.rehearsal import rehearse
from campaign.services import safeguarding
from core.clock import ZONE, standing_at
from core.models import Letter
from reporting.models import FindingProposal
from tests.factories import accounts, complaints, outages
from tests.factories import campaign as factory
from tests.factories import reporting as filings
from tests.reading import text_of
from tests.workbooks.attachments import pdf

pytestmark = pytest.mark.django_db
PDF = pdf()
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign(executors=["CSG-GD", "CSG-GX"])


def node(campaign, code):
    return Objective.objects.get(campaign=campaign, code=code)


def sent(campaign, code, **changes):
    return {
        "organisation": accounts.organisation("CSG-GD").pk,
        "objective": node(campaign, code).pk,
        "duty": "",
        "title": "居民用电保障管理办法",
        "document_number": "粤电〔2011〕7号",
        "issued_on": "2011-11-20",
        "summary": "明确责任，联系电话13800138000。",
        "upload": SimpleUploadedFile("办法.pdf", PDF, content_type="application/pdf"),
        **changes,
    }


@pytest.mark.clause("S1-4.1g", "S1-4.1h")
def test_each_enterprise_has_ten_documents_or_is_listed_with_what_it_lacks(client, campaign):
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    url = f"/campaigns/{campaign.pk}/safeguards/"
    for code in ("G1", "I1"):
        assert client.post(f"{url}upload/", sent(campaign, code)).status_code == 302
    # A measure below an implementation takes no document of its own.
    assert client.post(f"{url}upload/", sent(campaign, "I1.1")).status_code == 422
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    page = client.get(url)
    # Two enterprises, ten nodes each; Guangdong has two of its ten.
    assert page.context["totals"] == {"asked": 20, "there": 2, "lacking": 18}
    lacking = {line.organisation.code: len(line.missing) for line in page.context["lacking"]}
    assert lacking == {"CSG-GD": 8, "CSG-GX": 10}
    found = Safeguard.objects.get(objective__code="G1")
    assert "13800138000" not in found.last.summary
    # What is sent back is lacking again, until there is another version.
    back = f"/campaigns/safeguards/{found.pk}/return/"
    assert client.post(back, {"reason": ""}).status_code == 409
    assert client.post(back, {"reason": "未明确责任部门"}).status_code == 302
    assert client.get(url).context["totals"]["lacking"] == 19
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    assert client.post(back, {"reason": "试试"}).status_code == 403
    client.post(f"{url}upload/", sent(campaign, "G1", title="居民用电保障管理办法（修订）"))
    page = text_of(client.get(f"/campaigns/safeguards/{found.pk}/"))
    assert "第2版" in page
    assert "退回原因：未明确责任部门" in page
    assert client.get(url).context["totals"] == {"asked": 10, "there": 2, "lacking": 8}
    assert b"".join(client.get(found.last.file.get_absolute_url()).streaming_content) == PDF
    client.force_login(accounts.member("CSG-GX", "company_lead"))
    assert client.get(f"/campaigns/safeguards/{found.pk}/").status_code == 404
    assert client.get(url).context["totals"] == {"asked": 10, "there": 0, "lacking": 10}


@pytest.mark.clause("S1-1.1.3b")
def test_measures_are_tied_to_the_duty_that_they_serve(client, campaign):
    duty = factory.duty(campaign)
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    url = f"/campaigns/{campaign.pk}/safeguards/upload/"
    assert f"?duty={duty.pk}" in text_of(client.get(f"/campaigns/duties/{duty.pk}/"))
    foreign = factory.duty(campaign, organisation="CSG-GX")
    assert client.post(url, sent(campaign, "I3", duty=foreign.pk)).status_code == 422
    client.post(url, sent(campaign, "I3", duty=duty.pk, title="保障性住房接电措施"))
    client.force_login(accounts.member("SERC-NF", "regulator_viewer"))
    assert "保障性住房接电措施" in text_of(client.get(f"/campaigns/duties/{duty.pk}/"))
    found = Safeguard.objects.get()
    assert (found.duty, found.objective.code) == (duty, "I3")


def test_enterprises_are_reminded_of_what_they_lack_as_rehearsed(campaign):
    filers = {code: accounts.member(code, "company_filer") for code in ("CSG-GD", "CSG-GX")}
    # Due on 30 November 2011, a Wednesday: five and one working days before, one and five after.
    days = [(2011, 11, 23), (2011, 11, 29), (2011, 12, 1), (2011, 12, 7)]
    whens = [datetime(*day, 9, 0, tzinfo=ZONE) for day in days]
    told = [one for one in rehearse(campaign, now=factory.LAUNCH) if one.kind == "document"]
    assert [(one.when, one.to) for one in told] == [
        (when, name) for when in whens for name in sorted(one.username for one in filers.values())
    ]

    def letters():
        found = Letter.objects.filter(kind="safeguard.missing", channel="notice")
        return sorted(found.values_list("created_at", "recipient_id"))

    for when in whens:
        safeguarding.remind_of_documents(now=when.replace(hour=8))
        safeguarding.remind_of_documents(now=when)
        safeguarding.remind_of_documents(now=when.replace(hour=17))
    expected = [(when, filers[code].pk) for when in whens for code in filers]
    assert letters() == sorted(expected)
    body = Letter.objects.filter(kind="safeguard.missing", channel="notice").first().body
    assert "还缺10项制度和措施" in body
    assert "2011年11月30日" in body


@pytest.mark.clause("S1-3.2.1", "S1-3.2.2", "S1-3.2.3", "S1-3.2.4")
def test_beside_each_guarantee_stand_figures_that_open_their_lists(client, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    day = datetime(2011, 11, 20, 9, 0, tzinfo=ZONE)
    for source, category in (
        ("12398", "metering"),
        ("12398", "billing"),
        ("12398", "billing"),
        ("12398", "supply_quality"),
        ("12398", "connection"),
    ):
        complaints.received(
            source=source, category=category, nature="complaint", received_at=day, now=day
        )
    outages.filed(now=day)
    FindingProposal.objects.create(
        source="outage",
        key="t-1",
        organisation=accounts.organisation("CSG-GD"),
        clause="S1-2.1.1h",
        title="未提前公告",
        facts="未提前公告停居民用电",
        created_at=day,
    )
    client.force_login(officer)
    told = {
        code: {
            str(one.label): one
            for _title, found in client.get(page_of(campaign, code)).context["evidence"]
            for one in found
        }
        for code in ("G1", "G2", "G3", "G4")
    }
    assert told["G1"]["停限电信息"].count == 1
    # Articles on cuts that were in force in 2011, and the list that the figure opens.
    assert told["G1"]["现行法律条款"].count == 8
    assert len(client.get(told["G1"]["现行法律条款"].url).context["rows"]) == 8
    assert told["G1"]["待处理的问题线索"].count == 1
    assert told["G2"]["电表计量"].count == 1
    assert told["G2"]["电费交纳"].count == 2
    assert told["G3"]["供电质量"].count == 1
    assert told["G4"]["用电报装"].count == 1
    # Every figure opens a list that is there; those of cases and leads show as many.
    for found in told.values():
        for one in found.values():
            assert client.get(one.url).status_code == 200, one.url
    assert client.get(told["G2"]["电费交纳"].url).context["total"] == 2
    assert len(client.get(told["G1"]["待处理的问题线索"].url).context["page"].items) == 1
    assert len(client.get(told["G1"]["停限电信息"].url).context["page"].items) == 1
    # Of one enterprise: Guangxi has none of them.
    narrowed = client.get(f"{page_of(campaign, 'G1')}?unit=CSG-GX").context["evidence"]
    counts = {str(one.label): one.count for _title, found in narrowed for one in found}
    assert counts["停限电信息"] == 0
    assert counts["待处理的问题线索"] == 0


def page_of(campaign, code):
    return f"/campaigns/{campaign.pk}/tree/{node(campaign, code).pk}/"


def test_filed_reports_stand_beside_the_node_and_open_their_duties(client, campaign):
    duty = factory.duty(campaign)
    filings.filed(duty, state="submitted")
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    code = duty.definition.objectives.first().code
    evidence = client.get(page_of(campaign, code)).context["evidence"]
    (one,) = [one for _title, found in evidence for one in found if one.label == "已报送的材料"]
    assert one.count == 1
    listed = client.get(one.url).context["rows"]
    assert [row[0].pk for row in listed] == [duty.pk]
