"""Uploads are judged by their content, kept by their hash, handed out to their owners."""

import hashlib
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import User
from core import clock, files
from core.models import StoredFile
from tests.factories.files import content_of
from tests.workbooks import attachments as made

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def person():
    return User.objects.create_user("alpha", "alpha@example.com", name="甲一")


def keep(content, name="文件.pdf", **options):
    options = {"by": None, "organisation": "GD", "purpose": "filing", **options}
    return files.store(SimpleUploadedFile(name, content), now=NOW, **options)


def kept(media):
    return [path for path in Path(media).rglob("*") if path.is_file()]


def test_a_file_is_kept_under_its_hash_with_a_row_that_says_what_it_is(media, person):
    stored = keep(made.pdf(), "实施方案.pdf", by=person)
    assert stored.sha256 == hashlib.sha256(made.pdf()).hexdigest()
    assert content_of(stored) == made.pdf()
    assert (stored.name, stored.kind, stored.content_type) == (
        "实施方案.pdf",
        "pdf",
        "application/pdf",
    )
    assert (stored.organisation, stored.uploaded_by, stored.created_at) == ("GD", person, NOW)
    assert stored.scan == "unscanned"
    assert kept(media) == [stored.path]


def test_the_same_content_is_kept_once(media):
    first, second = keep(made.png(), "a.png"), keep(made.png(), "b.png")
    assert first.uuid != second.uuid
    assert first.path == second.path
    assert len(kept(media)) == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", made.pdf(), "pdf"),
        ("a.PNG", made.png(), "png"),
        ("a.jpg", made.jpeg(), "jpeg"),
        ("a.jpeg", made.jpeg(), "jpeg"),
        ("a.docx", made.docx(), "docx"),
        ("a.xlsx", made.xlsx(), "xlsx"),
        ("a.ofd", made.ofd(), "ofd"),
    ],
)
def test_the_kinds_that_a_filing_needs_are_taken(name, content, kind):
    assert keep(content, name).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.mp3", b"ID3\x04" + bytes(60), "mp3"),
        ("a.mp3", b"\xff\xfb\x90\x00" + bytes(60), "mp3"),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "wav"),
        ("a.m4a", b"\x00\x00\x00\x18ftypM4A " + bytes(40), "m4a"),
    ],
)
def test_recordings_of_calls_are_taken_for_cases_alone(name, content, kind):
    assert keep(content, name, purpose="case").kind == kind
    with pytest.raises(files.Rejected):
        keep(content, name)


def test_a_film_is_no_recording():
    with pytest.raises(files.Rejected, match="不支持"):
        keep(b"\x00\x00\x00\x18ftypqt  " + bytes(40), "a.m4a", purpose="case")


@pytest.mark.parametrize(("name", "content", "words"), made.REFUSED, ids=made.REFUSED_NAMES)
def test_what_may_not_be_kept_is_refused_with_the_reason(media, name, content, words):
    with pytest.raises(files.Rejected, match=words):
        keep(content() if callable(content) else content, name)
    assert kept(media) == []
    assert not StoredFile.objects.exists()


def test_a_caller_may_narrow_down_the_kinds_but_not_widen_them():
    with pytest.raises(files.Rejected, match="可上传：PDF 文档。"):
        keep(made.png(), "a.png", kinds=["pdf", "exe"])
    with pytest.raises(files.Rejected, match="可上传：JPEG 图片、PNG 图片。"):
        keep(made.pdf(), "a.pdf", purpose="photo")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\实施方案.PDF", "实施方案.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202egpj.pdf", "gpj.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("方" * 300 + ".pdf", "方" * 146 + ".pdf"),
        (".pdf", "file.pdf"),
        ("", "file"),
    ],
)
def test_names_lose_what_paths_headers_and_pages_would_understand(given, safe):
    assert files.safe_name(given) == safe


def test_a_full_disk_is_a_sentence_and_leaves_nothing_behind(media, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.files.os.fsync", full)
    with pytest.raises(files.Rejected, match="存储空间不足"):
        keep(made.pdf())
    assert kept(media) == []


def test_the_slow_half_needs_no_database_and_the_quick_half_no_content(
    media, django_assert_num_queries
):
    upload = SimpleUploadedFile("a.pdf", made.pdf())
    with django_assert_num_queries(0):
        received = files.receive(upload, purpose="filing")
    assert len(kept(media)) == 1
    stored = files.enter(received, by=None, now=NOW, organisation=None)
    assert (stored.sha256, stored.kind, stored.organisation) == (received.sha256, "pdf", "")


def test_a_file_whose_transaction_fails_leaves_no_row(media):
    with transaction.atomic():
        keep(made.pdf())
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()


def test_a_file_is_handed_out_as_an_attachment_that_can_do_nothing(client, person, monkeypatch):
    monkeypatch.setitem(files._owners, "filing", lambda user, stored: user == stored.uploaded_by)
    stored = keep(made.pdf(), "实施方案.pdf", by=person)
    client.force_login(person)
    answer = client.get(f"/files/{stored.uuid}/")
    assert b"".join(answer.streaming_content) == made.pdf()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_file_of_others_and_one_that_is_not_there_answer_alike(client, person, monkeypatch):
    stored = keep(made.pdf(), by=person)
    client.force_login(User.objects.create_user("beta", "beta@example.com", name="乙二"))
    absent = client.get("/files/00000000-0000-4000-8000-000000000000/")
    # no owner registered for the purpose: closed
    assert client.get(stored.get_absolute_url()).status_code == 404
    monkeypatch.setitem(files._owners, "filing", lambda user, stored: user == stored.uploaded_by)
    foreign = client.get(stored.get_absolute_url())
    assert (foreign.status_code, absent.status_code) == (404, 404)
    token = re.compile(rb"[A-Za-z0-9]{64}")  # of the form protection, new in every answer
    assert token.sub(b"", foreign.content) == token.sub(b"", absent.content)


def test_a_stranger_is_led_to_the_sign_in_page(client):
    stored = keep(made.pdf())
    assert client.get(stored.get_absolute_url()).status_code == 302


def test_a_content_that_was_removed_behind_our_back_is_404(client, person, monkeypatch):
    monkeypatch.setitem(files._owners, "filing", lambda user, stored: True)
    stored = keep(made.pdf())
    stored.path.unlink()
    client.force_login(person)
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_an_owner_can_be_registered_only_for_a_known_purpose():
    with pytest.raises(KeyError):
        files.register_owner("nonsense", lambda user, stored: True)
