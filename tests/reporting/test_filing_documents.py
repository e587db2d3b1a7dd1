"""The receipt and the notice of return as official documents, for the files of both sides."""

import io
import re
import zipfile

import pytest

from tests.factories import accounts, reporting

pytestmark = pytest.mark.django_db

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@pytest.fixture
def returned(duty, people):
    filing = reporting.filed(
        duty,
        state="returned",
        deficient=[
            {"part": "windows", "problem": "照片看不清公示牌", "rule": "五（一）3"},
        ],
    )
    return filing.filed_version


def words(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


def test_the_receipt_is_a_document_that_says_what_the_page_says(client, returned, people):
    client.force_login(people["filer"])
    page = client.get(f"/receipts/{returned.pk}/").content.decode()
    address = f"/receipts/{returned.pk}/receipt.docx"
    assert address in page
    answer = client.get(address)
    assert answer["Content-Type"] == TYPES["docx"]
    said = words(answer.content)
    receipt = returned.receipt
    for told in (
        "南电监收〔2011〕1号",
        "广东电网公司",
        "报告启动部署情况",
        "按期报送",
        receipt.digest,
        receipt.verify_code,
        "方案.docx",
    ):
        assert told in said
    assert client.get(address).content == answer.content


def test_the_notice_of_return_names_parts_problems_rules_and_the_new_deadline(
    client, returned, people
):
    client.force_login(people["officer"])
    page = client.get(f"/filings/{returned.filing_id}/").content.decode()
    address = f"/receipts/{returned.pk}/return.docx"
    assert address in page
    said = words(client.get(address).content)
    for told in (
        "广东电网公司",
        "对外服务窗口公示12398和95598热线情况",
        "照片看不清公示牌",
        "五（一）3",
        "2011年11月25日 23时59分前补正重报",
    ):
        assert told in said


@pytest.mark.parametrize("name", ["receipt.pdf", "return.pdf"])
def test_both_are_printed_as_pdf_too(client, returned, people, name):
    client.force_login(people["lead"])
    answer = client.get(f"/receipts/{returned.pk}/{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == TYPES["pdf"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"%PDF")


def test_only_those_in_sight_get_them_and_only_where_there_was_a_return(client, duty, people):
    filing = reporting.filed(duty)
    version = filing.filed_version_id
    client.force_login(people["filer"])
    assert client.get(f"/receipts/{version}/return.pdf").status_code == 404
    client.force_login(accounts.member("CSG-GX", "company_filer"))
    for name in ("receipt.docx", "return.docx"):
        assert client.get(f"/receipts/{version}/{name}").status_code == 404
