"""Files at rest: unreadable on the disk, whole or refused, readable from any place in them."""

import hashlib
import io
import os
import random
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from core import clock, crypto, file_checks, files, sealed_files
from core.models import StoredFile
from core.models.file import path_of
from tests.core.test_crypto import ONE, TWO
from tests.factories.files import content_of
from tests.workbooks import attachments as made

PIECE = sealed_files.PIECE


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def sealed(content, path):
    """A sealed file at a path, written in uneven parts; its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    with path.open("wb") as target:
        sealer = sealed_files.Sealer(target)
        source = io.BytesIO(content)
        while part := source.read(50_001):
            sealer.write(part)
        sealer.finish(sha256)
    return sha256


def text(size):
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("profile", ["international", "sm"])
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_content_of_any_length_comes_back(tmp_path, settings, profile, size):
    settings.CRYPTO_PROFILE = profile
    content = text(size)
    sha256 = sealed(content, tmp_path / "a")
    with sealed_files.open_content(tmp_path / "a", sha256) as found:
        assert found.read() == content
    lying = (tmp_path / "a").read_bytes()
    assert size < 20 or content[:20] not in lying


def test_it_is_read_from_any_place_like_the_plain_one(tmp_path):
    content = text(3 * PIECE + 7)
    sha256 = sealed(content, tmp_path / "a")
    plain, chance = io.BytesIO(content), random.Random(7)
    with sealed_files.open_content(tmp_path / "a", sha256) as found:
        for _ in range(300):
            place, length = chance.randrange(len(content) + 9), chance.randrange(2 * PIECE)
            assert found.seek(place) == plain.seek(place)
            assert found.read(length) == plain.read(length)
        assert found.seek(0, os.SEEK_END) == len(content)


def spoilt(lying):
    """Ways in which somebody may have changed the file, by name."""
    head = lying.index(b"\n", len(sealed_files.FIRST_LINE)) + 1 + 48
    full = PIECE + 16
    first, second, rest = lying[head : head + full], lying[head + full : head + 2 * full], head
    yield (
        "a bit of the content",
        lying[: rest + 5] + bytes([lying[rest + 5] ^ 1]) + lying[rest + 6 :],
    )
    yield "a bit of the last tag", lying[:-1] + bytes([lying[-1] ^ 1])
    yield "the salt", lying[: head - 40] + b"?" + lying[head - 39 :]
    yield "pieces swapped", lying[:head] + second + first + lying[head + 2 * full :]
    yield "last piece cut off", lying[: head + 2 * full]
    yield "cut in a piece", lying[:-9]
    yield "a piece added", lying + first
    yield "only the header", lying[:head]
    yield "half a header", lying[: head - 20]


def read(path, sha256):
    with sealed_files.open_content(path, sha256) as found:
        return found.read()


def test_whatever_is_changed_is_refused(tmp_path):
    sha256 = sealed(text(2 * PIECE + 7), tmp_path / "a")
    names = []
    for name, changed in spoilt((tmp_path / "a").read_bytes()):
        (tmp_path / "b").write_bytes(changed)
        names.append(name)
        with pytest.raises(crypto.Unreadable):
            read(tmp_path / "b", sha256)
    assert len(names) == 9


def test_a_file_put_in_the_place_of_another_is_refused(tmp_path):
    sealed(b"one", tmp_path / "a")
    other = sealed(b"two", tmp_path / "b")
    with pytest.raises(crypto.Unreadable, match="another file"):
        sealed_files.open_content(tmp_path / "a", other)


def test_a_large_file_takes_little_memory(tmp_path):
    size, digest = 20 * 1024 * 1024, hashlib.sha256()
    block = text(1024 * 1024)
    tracemalloc.start()
    with (tmp_path / "a").open("wb") as target:
        sealer = sealed_files.Sealer(target)
        for _ in range(size // len(block)):
            digest.update(block)
            sealer.write(block)
        sealer.finish(digest.hexdigest())
    length = 0
    with sealed_files.open_content(tmp_path / "a", digest.hexdigest()) as found:
        while part := found.read(PIECE):
            length += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == size
    assert peak < 4 * 1024 * 1024, peak


# --- In the store ---------------------------------------------------------------------------------


def keep(content, name="方案.pdf"):
    upload = SimpleUploadedFile(name, content)
    return files.store(upload, by=None, now=clock.now(), organisation="GD", purpose="filing")


def lay_plain(content, name="旧.pdf"):
    """A file as it was kept before files were encrypted."""
    stored = keep(content, name)
    stored.path.chmod(0o600)
    stored.path.write_bytes(content)
    return stored


@pytest.mark.django_db
def test_nothing_of_an_upload_lies_on_the_disk_in_the_clear(media, monkeypatch):
    seen = []
    settle = files._settle
    monkeypatch.setattr(
        files, "_settle", lambda path, to: seen.append(path.read_bytes()) or settle(path, to)
    )
    stored = keep(made.pdf())
    assert stored.sha256 == hashlib.sha256(made.pdf()).hexdigest()
    assert stored.size == len(made.pdf())
    for lying in (seen[0], stored.path.read_bytes()):
        assert b"%PDF" not in lying
    assert content_of(stored) == made.pdf()
    assert file_checks.broken() == []


@pytest.mark.django_db
def test_files_of_before_stay_readable_and_are_sealed_by_the_command(capsys):
    old, damaged = lay_plain(made.pdf()), lay_plain(made.png(), "b.png")
    damaged.path.write_bytes(b"?" + made.png()[1:])
    fresh = keep(made.docx(), "c.docx")
    before = fresh.path.stat().st_ino
    assert content_of(old) == made.pdf()
    call_command("seal_files")
    assert capsys.readouterr().out == "1 file(s) sealed\n"
    assert old.path.read_bytes().startswith(sealed_files.FIRST_LINE)
    assert content_of(old) == made.pdf()
    # What is current is not written again; what is damaged is left for verify to show.
    assert fresh.path.stat().st_ino == before
    assert damaged.path.read_bytes() == b"?" + made.png()[1:]
    assert len(file_checks.broken()) == 1
    call_command("seal_files")
    assert capsys.readouterr().out == "0 file(s) sealed\n"


@pytest.mark.django_db
def test_a_change_of_keys_reaches_files(settings):
    settings.FIELD_KEYS = f"k1:{ONE}"
    stored = keep(made.pdf())
    settings.FIELD_KEYS = f"k2:{TWO},k1:{ONE}"
    assert content_of(stored) == made.pdf()
    call_command("rotate_field_keys", verbosity=0)
    settings.FIELD_KEYS = f"k2:{TWO}"
    assert content_of(stored) == made.pdf()
    settings.FIELD_KEYS = f"k1:{ONE}"
    with pytest.raises(crypto.Unreadable, match="not listed"):
        files.open(stored)
    assert len(file_checks.broken()) == 1


@pytest.mark.django_db
def test_verify_finds_a_changed_byte(media):
    stored = keep(made.pdf())
    content = bytearray(stored.path.read_bytes())
    content[-20] ^= 1
    stored.path.chmod(0o600)
    stored.path.write_bytes(bytes(content))
    assert "与上传时不一致" in file_checks.broken()[0]
    assert StoredFile.objects.get().path == path_of(stored.sha256)


@pytest.mark.django_db
def test_a_file_that_goes_during_a_change_of_keys_stops_nothing_and_does_not_come_back(
    settings, monkeypatch
):
    going, staying = sorted((keep(made.pdf()), keep(made.png(), "b.png")), key=lambda f: f.sha256)
    settings.FIELD_KEYS = f"k1:{ONE}"
    finish = sealed_files.Sealer.finish

    def gone_meanwhile(sealer, sha256):
        if sha256 == going.sha256:
            going.path.unlink()
        finish(sealer, sha256)

    monkeypatch.setattr(sealed_files.Sealer, "finish", gone_meanwhile)
    assert sealed_files.rotate() == (1, 0)
    assert not going.path.exists()
    assert b":k1\n" in staying.path.read_bytes()[:40]


@pytest.mark.django_db
def test_a_change_of_keys_says_how_many_files_it_could_not_read(settings):
    keep(made.pdf())
    settings.SECRET_KEY = "another"
    settings.FIELD_KEYS = f"k1:{ONE}"
    keep(made.png(), "b.png")
    assert sealed_files.rotate() == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("harm", ["damaged", "key gone"])
def test_the_same_content_uploaded_again_mends_what_cannot_be_read(settings, harm):
    """Otherwise the new upload would be accepted and lost."""
    settings.FIELD_KEYS = f"k1:{ONE}"
    stored = keep(made.pdf())
    if harm == "damaged":
        stored.path.chmod(0o600)
        stored.path.write_bytes(stored.path.read_bytes()[:-5] + b"wrong")
    else:
        settings.FIELD_KEYS = f"k2:{TWO}"
    assert len(file_checks.broken()) == 1
    again = keep(made.pdf())
    assert content_of(again) == content_of(stored) == made.pdf()
    assert file_checks.broken() == []
