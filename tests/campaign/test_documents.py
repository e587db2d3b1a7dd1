"""Documents of a campaign with their attachments: issued whole or not, opened by those in sight."""

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.models import Campaign, CampaignTemplate, DocumentIssue
from core.clock import ZONE, standing_at
from core.models import AuditEvent, Letter, StoredFile
from tests.factories import accounts
from tests.factories import campaign as factory
from tests.workbooks import attachments

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 18, 12, 0, tzinfo=ZONE)
PLAN = "一、总体要求\n（一）保障居民基本用电。"


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign()


@pytest.fixture
def sign_in(client, catalogues):
    def sign_in(where, role):
        person = accounts.member(where, role)
        client.force_login(person)
        return person

    return sign_in


def sent(*files, number="南电监供电〔2011〕8号"):
    return {
        "title": "关于印发工作方案的通知",
        "document_number": number,
        "body": "现将方案印发给你们。",
        "recipients": [accounts.organisation(code).pk for code in ("CSG-GD", "CSG-GX")],
        "attachments": [SimpleUploadedFile(name, content) for name, content in files],
    }


def issue(client, campaign, *files, **more):
    return client.post(f"/campaigns/{campaign.pk}/documents/new/", sent(*files, **more))


def test_attachments_are_listed_with_the_document_and_handed_out(client, campaign, sign_in):
    officer = sign_in("SERC-NF", "regulator_officer")
    form = client.get(f"/campaigns/{campaign.pk}/documents/new/").content.decode()
    assert 'enctype="multipart/form-data"' in form
    assert re.search(r'<input type="file"[^>]* name="attachments"[^>]* multiple', form)
    made = attachments.pdf()
    response = issue(
        client, campaign, ("附件1：领导小组.pdf", made), ("附件2.docx", attachments.docx())
    )
    assert response.status_code == 302
    stored = {file.name: file for file in StoredFile.objects.all()}
    assert set(stored) == {"附件1：领导小组.pdf", "附件2.docx"}
    one = stored["附件1：领导小组.pdf"]
    assert (one.purpose, one.organisation) == ("campaign-document", "SERC-NF")
    assert (one.uploaded_by, one.created_at) == (officer, NOON)
    trace = AuditEvent.objects.get(kind="document.issue")
    assert len(trace.details["files"]) == 2
    for where, role in (("CSG-GD", "company_filer"), ("SERC-NF", "regulator_viewer")):
        sign_in(where, role)
        html = client.get(response.url).content.decode()
        assert "附件2.docx" in html
        assert one.get_absolute_url() in html
        handed = client.get(one.get_absolute_url())
        assert b"".join(handed.streaming_content) == made


@pytest.mark.parametrize(
    ("where", "role"),
    [
        ("CSG-HI", "company_lead"),
        ("SERC-HB", "regulator_lead"),
        ("NEA-ROOT", "audit_administrator"),
    ],
)
def test_who_does_not_see_the_document_does_not_get_its_files(
    client, campaign, sign_in, where, role
):
    sign_in("SERC-NF", "regulator_officer")
    issue(client, campaign, ("附件.pdf", attachments.pdf()))
    url = StoredFile.objects.get().get_absolute_url()
    sign_in(where, role)
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code in (302, 404)


def test_a_hostile_attachment_is_refused_by_name_and_nothing_is_kept(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    silent = []
    for name, content, words in attachments.REFUSED:
        made = content() if callable(content) else content
        response = issue(client, campaign, ("好.pdf", attachments.pdf()), (name, made))
        html = response.content.decode()
        told = name in html and re.search(f"{words}|不支持这种文件|文件是空的", html)
        # What was typed stands there again.
        if response.status_code != 422 or not told or "现将方案印发给你们。" not in html:
            silent.append((name, response.status_code))
    assert silent == []
    assert not DocumentIssue.objects.exists()
    assert not StoredFile.objects.exists()
    assert not AuditEvent.objects.filter(kind="document.issue").exists()
    assert not Letter.objects.filter(kind="document.issued").exists()


def test_a_number_used_before_keeps_no_files(client, campaign, sign_in):
    sign_in("SERC-NF", "regulator_officer")
    issue(client, campaign)
    again = issue(client, campaign, ("附件.pdf", attachments.pdf()))
    assert again.status_code == 409
    assert "已被使用" in again.content.decode()
    assert not StoredFile.objects.exists()


@pytest.mark.clause("S1-0.2")
def test_a_campaign_is_made_with_region_issuer_number_full_text_and_attachments(client, sign_in):
    """Plan, preamble: issued for the South region by its bureau under a number."""
    with standing_at(NOON):
        sign_in("SERC-NF", "regulator_officer")
        client.post(
            "/campaigns/new/",
            {
                "source": CampaignTemplate.objects.get(code="residential-2011").pk,
                "issuing_organisation": factory.south().pk,
                "code": "south-2011",
                "name": "南方区域居民用电服务专项监管",
                "parent": "",
                "document_number": "南电监供电〔2011〕8号",
                "issued_on": "2011-11-18",
                "full_text": "## 总则\n" + PLAN,
            },
        )
        campaign = Campaign.objects.get(code="south-2011")
        facts = (
            "南方区域居民用电服务专项监管",
            "国家电力监管委员会南方监管局",
            "南电监供电〔2011〕8号",
            "广东、广西、海南、贵州、云南",
        )
        preview = client.get(f"/campaigns/{campaign.pk}/preview/").content.decode()
        client.post(f"/campaigns/{campaign.pk}/launch/")
        issue(client, campaign, ("附件1：名单.pdf", attachments.pdf()))
        sign_in("CSG-GD", "company_viewer")
        home = client.get(f"/campaigns/{campaign.pk}/").content.decode()
        for words in facts:
            assert words in preview
            assert words in home
        for words in (
            "广东电网公司",
            "附件1：名单.pdf",
            StoredFile.objects.get().get_absolute_url(),
        ):
            assert words in home
        plan = client.get(f"/campaigns/{campaign.pk}/plan/").content.decode()
        assert "<h2>总则</h2><p>一、总体要求</p><p>（一）保障居民基本用电。</p>" in plan
        # Hainan did not receive the document, so it does not see the attachment.
        sign_in("CSG-HI", "company_viewer")
        home = client.get(f"/campaigns/{campaign.pk}/").content.decode()
        assert "附件1" not in home


def test_a_full_text_left_empty_is_that_of_the_template(catalogues):
    campaign = factory.draft()
    assert campaign.full_text.startswith("## ")
    assert "广东、广西、海南" in campaign.full_text
