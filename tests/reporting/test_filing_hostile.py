"""Every broken, hostile or oversized file that a company may send through the pages of a filing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import StoredFile
from reporting.models import Attachment, Filing, PartUpload
from tests.factories import reporting
from tests.workbooks import attachments, hostile

pytestmark = pytest.mark.django_db
# Kinds whose making takes seconds; they go through the reader in tests/core.
SLOW = {
    "rows-1m-styled", "rows-1m-data", "rows-200k-lying", "strings-random-1m", "strings-8m",
    "merges-200k", "bomb-300mb", "lying-directory", "lying-with-crc", "csv-rows", "csv-columns",
    "rows-1m-empty", "string-400mb", "styles-300k", "too-big-upload", "csv-long-cell",
}  # fmt: skip


@pytest.fixture
def filing(duty, people, client):
    """A draft of the kick-off report, its filer signed in."""
    client.force_login(people["filer"])
    reporting.started(duty)
    return Filing.objects.get()


def test_no_hostile_workbook_is_kept_and_each_page_says_why(client, filing):
    url = reverse("reporting:part_upload_new", args=[filing.pk, "leading_group"])
    silent, kept = [], []
    kinds = [kind for kind in hostile.kinds() if kind[0] not in SLOW]
    for kind, name, make, _words in kinds:
        answer = client.post(url, {"workbook": SimpleUploadedFile(name, make())}, follow=True)
        page = answer.content.decode()
        told = re.findall(r"<tr data-row>.*?</tr>", page, re.S)
        if answer.status_code != 422 or not told or "Traceback" in page:
            silent.append((kind, answer.status_code))
        if PartUpload.objects.exists() or StoredFile.objects.exists():
            kept.append(kind)
            PartUpload.objects.all().delete()
            StoredFile.objects.all().delete()
    assert len(kinds) >= 60
    assert silent == []
    assert kept == []
    assert Filing.objects.get().current_version.parts == {}


def test_no_hostile_attachment_is_kept_and_each_is_told_by_name(client, filing):
    url = reverse("reporting:filing_part", args=[filing.pk, "implementation_plan"])
    silent = []
    for seen, (name, content, words) in enumerate(attachments.REFUSED):
        made = content() if callable(content) else content
        sent = {"files": SimpleUploadedFile(name, made), "act": "save", "seen": seen}
        page = client.post(url, sent, follow=True).content.decode()
        # this part takes .docx and .pdf alone, so a picture is refused as such
        if name not in page or not re.search(f"{words}|不支持这种文件", page):
            silent.append(name)
    assert silent == []
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
