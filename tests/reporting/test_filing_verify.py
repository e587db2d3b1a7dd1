"""Receipts can be proved by anyone, and what was tampered with is found."""

import hashlib
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from core import files, invariants
from core.models import AuditEvent
from reporting import catalogue, parts
from reporting.models import (
    Attachment,
    FilingVersion,
    PartDefinition,
    Receipt,
    ReceiptCounter,
    ReviewRule,
)
from reporting.services import submission
from tests.factories import accounts, reporting
from tests.factories.files import content_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(duty):
    return reporting.filed(duty).filed_version.receipt


def sent(content, name="file.bin"):
    return {"file": SimpleUploadedFile(name, content)}


@pytest.mark.clause("S1-2.2.1a")
def test_a_stranger_sees_what_a_receipt_attests_and_no_person(client, receipt):
    page = client.get(f"/verify/{receipt.verify_code}/")
    assert page.status_code == 200
    text = page.content.decode()
    for told in (receipt.number, "广东电网公司", "2011-11-22 10:02:00", receipt.digest):
        assert told in text
    for person in ("林远山", "company_filer", "company_lead", "85120001"):
        assert person not in text


def test_a_code_that_was_not_given_is_not_there(client, receipt):
    answer = client.get("/verify/AAAAAAAAAAAAAAAAAAAA/")
    assert answer.status_code == 404
    assert "没有这个核验码的回执" in answer.content.decode()
    # The code can be entered anew from there.
    assert 'action="/verify/"' in answer.content.decode()
    answer = client.get("/verify/", {"code": "aaaa"})
    assert answer.status_code == 404
    assert "没有这个核验码" in answer.content.decode()


def test_the_code_may_be_typed_in_any_case_and_with_blanks(client, receipt):
    code = receipt.verify_code.lower()
    answer = client.get("/verify/", {"code": f" {code[:10]} {code[10:]} "})
    assert answer["Location"] == f"/verify/{receipt.verify_code}/"


def test_the_downloaded_content_has_the_digest_of_the_receipt(client, receipt, people):
    client.force_login(people["filer"])
    answer = client.post(f"/receipts/{receipt.version_id}/content/")
    assert hashlib.sha256(answer.content).hexdigest() == receipt.digest
    told = json.loads(answer.content)
    assert told["organisation"] == "CSG-GD"
    assert told["parts"]["leading_group"]["rows"][0]["name"] == "林远山"
    assert len(told["attachments"]) == 3
    event = AuditEvent.objects.get(kind="filing.reveal")
    assert event.actor_id == people["filer"].pk
    client.logout()
    page = client.post(f"/verify/{receipt.verify_code}/", sent(answer.content))
    assert page.status_code == 200
    assert "文件与报送内容完全一致" in page.content.decode()


def test_an_attachment_is_recognised_and_another_file_is_not(client, receipt):
    plan = content_of(Attachment.objects.get(part="implementation_plan").file)
    url = f"/verify/{receipt.verify_code}/"
    assert "一个附件完全一致" in client.post(url, sent(plan)).content.decode()
    answer = client.post(url, sent(plan + b"\0"))
    assert answer.status_code == 422
    assert "都不一致" in answer.content.decode()
    assert client.post(url, {}).status_code == 422


def test_a_digest_may_be_compared_without_the_file(client, receipt):
    plan = Attachment.objects.get(part="implementation_plan").file
    url = f"/verify/{receipt.verify_code}/"
    typed = f" {plan.sha256[:32].upper()} {plan.sha256[32:]} "
    assert "一个附件完全一致" in client.post(url, {"sha256": typed}).content.decode()
    assert "完全一致" in client.post(url, {"sha256": receipt.digest}).content.decode()
    assert client.post(url, {"sha256": "0" * 64}).status_code == 422
    assert "64 位" in client.post(url, {"sha256": "abc"}).content.decode()


class NeverRead(io.BytesIO):
    def read(self, *_args):
        raise AssertionError("the body was read")


def test_a_large_body_of_a_stranger_is_refused_before_it_is_read(client, receipt):
    url = f"/verify/{receipt.verify_code}/"
    answer = client.post(
        url,
        **{"wsgi.input": NeverRead(), "CONTENT_LENGTH": str(60 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "不超过 5 MB" in answer.content.decode()
    assert f'href="{url}"' in answer.content.decode()
    # Every public door, not this page alone.
    assert client.post("/accounts/login/", sent(b"0" * (6 * 1024 * 1024))).status_code == 413


def test_a_file_just_above_the_limit_is_answered_on_the_page(client, receipt):
    url = f"/verify/{receipt.verify_code}/"
    answer = client.post(url, sent(b"0" * (5 * 1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "文件超过 5 MB" in answer.content.decode()


def test_a_file_of_a_stranger_touches_neither_disk_nor_memory(client, receipt, monkeypatch):
    def kept(*args, **kwargs):
        raise AssertionError("a stranger's file was kept")

    for handler in ("TemporaryFileUploadHandler", "MemoryFileUploadHandler"):
        monkeypatch.setattr(f"django.core.files.uploadhandler.{handler}.new_file", kept)
    url = f"/verify/{receipt.verify_code}/"
    answer = client.post(url, sent(b"0" * (3 * 1024 * 1024)))
    assert hashlib.sha256(b"0" * (3 * 1024 * 1024)).hexdigest() in answer.content.decode()


def test_one_address_may_compare_so_often_and_no_more(client, receipt, monkeypatch):
    monkeypatch.setitem(files.catalogue(), "public", {"max_mb": 5, "files_per_window": 3})
    url = f"/verify/{receipt.verify_code}/"
    codes = [client.post(url, sent(b"x"), REMOTE_ADDR="203.0.113.1").status_code for _ in range(5)]
    assert codes == [422, 422, 422, 429, 429]
    answer = client.post(url, sent(b"x"), REMOTE_ADDR="203.0.113.1")
    assert "核对次数过多，请 30 分钟后再试" in answer.content.decode()
    assert client.post(url, sent(b"x"), REMOTE_ADDR="203.0.113.2").status_code == 422


@pytest.mark.parametrize(
    ("where", "role", "page", "content"),
    [
        ("CSG-GD", "company_lead", 200, 200),
        ("CSG-GD", "company_viewer", 200, 404),
        ("SERC-NF", "regulator_officer", 200, 200),
        ("SERC-NF", "regulator_viewer", 200, 404),
        ("SERC-YN", "regulator_officer", 404, 404),
        ("CSG-HI", "company_lead", 404, 404),
    ],
)
def test_receipts_are_for_both_sides_and_contents_for_those_in_need(
    client, receipt, where, role, page, content
):
    client.force_login(accounts.member(where, role))
    assert client.get(f"/receipts/{receipt.version_id}/").status_code == page
    assert client.post(f"/receipts/{receipt.version_id}/content/").status_code == content


# --- What must always be true ---------------------------------------------------------------------


def broken():
    return {name for name, found in invariants.check_all().items() if found}


def test_a_sound_portal_passes(receipt):
    assert broken() == set()


def test_a_changed_row_is_found(receipt):
    version = FilingVersion.objects.get(pk=receipt.version_id)
    version.parts["windows"]["rows"][0]["shows_12398"] = False
    version.save(update_fields=["parts"])
    assert broken() == {"reporting.digests-recompute"}


def test_a_removed_attachment_is_found(receipt):
    Attachment.objects.first().delete()
    assert "reporting.digests-recompute" in broken()


def test_a_gap_is_found(receipt):
    Receipt.objects.update(serial=2)
    assert "reporting.receipts-without-gap" in broken()


def test_a_counter_that_ran_ahead_is_found(receipt):
    ReceiptCounter.objects.update(last=5)
    assert "reporting.receipts-without-gap" in broken()


def test_a_missing_receipt_is_found(receipt):
    receipt.delete()
    assert {
        "reporting.filed-versions-have-one-receipt",
        "reporting.receipts-without-gap",
    } <= broken()


def test_a_receipt_with_another_digest_is_found(receipt):
    Receipt.objects.update(digest="0" * 64)
    assert "reporting.filed-versions-have-one-receipt" in broken()


def test_a_left_out_version_is_found(receipt):
    FilingVersion.objects.update(number=2)
    assert "reporting.versions-numbered-from-one" in broken()


def test_verify_says_so_and_fails(receipt):
    Receipt.objects.update(serial=2)
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", "--json", stdout=out)
    assert ended.value.code == 1
    assert "回执编号不连续" in json.dumps(json.loads(out.getvalue()), ensure_ascii=False)


# --- Catalogues -----------------------------------------------------------------------------------


def test_loading_the_catalogues_twice_changes_nothing(catalogues):
    before = (PartDefinition.objects.count(), ReviewRule.objects.count())
    catalogue.load(now=reporting.NOW)
    assert (PartDefinition.objects.count(), ReviewRule.objects.count()) == before


def test_every_part_that_a_duty_asks_for_is_defined(campaign):
    for definition in campaign.definitions.all():
        found = parts.in_force(definition.parts, on=definition.opens_on)
        assert [part.code for part in found] == definition.parts, definition.code


def test_every_part_names_the_place_that_asks_for_it(catalogues):
    for row in PartDefinition.objects.all():
        part = parts.of_definition(row)
        assert part.basis
        assert part.clauses
        assert part.help


def test_a_receipt_number_follows_the_catalogue(catalogues):
    bureau = accounts.organisation("SERC-NF")
    assert submission.number_of(bureau, 2012, 17) == "南电监收〔2012〕17号"
