"""Remembered rows are written only where playing would have made the same."""

from datetime import date
from io import BytesIO

import pytest
from django.db import transaction
from django.test import override_settings

from core import clock, files
from core.models import Heartbeat, StoredFile
from tests.factories import memory

pytestmark = pytest.mark.django_db
NOW = clock.at(date(2011, 11, 24))


@memory.remembered
def sign(name):
    from django.conf import settings

    return Heartbeat.objects.create(name=name, at=NOW, error=settings.SITE_URL)


def on_empty_ground(call):
    Heartbeat.objects.all().delete()
    memory.stand_on("empty")
    return call()


def test_rows_made_under_other_settings_are_not_written_again():
    for url in ("http://one", "http://one", "http://one", "http://two"):
        with override_settings(SITE_URL=url):
            assert on_empty_ground(lambda: sign("a")).error == url


def test_a_patched_function_is_really_called(monkeypatch):
    for _ in range(3):
        on_empty_ground(lambda: sign("b"))
    monkeypatch.setattr(Heartbeat.objects, "create", lambda **given: Heartbeat(name="patched"))
    assert on_empty_ground(lambda: sign("b")).name == "patched"


def play_and_roll_back():
    with transaction.atomic():
        on_empty_ground(lambda: sign("c"))
        raise RuntimeError


def test_what_was_rolled_back_is_no_ground():
    for _ in range(2):
        with pytest.raises(RuntimeError):
            play_and_roll_back()
        assert memory._ground is None


@memory.remembered
def paper():
    content = BytesIO(b"%PDF-1.4\n%%EOF\n")
    content.name = "a.pdf"
    return files.store(content, by=None, now=NOW, organisation=None, purpose="inspection")


def test_a_content_that_stood_before_its_row_comes_back_when_it_is_gone():
    """Others may have left the same content, and others may have tidied it up since."""
    for _ in range(3):
        StoredFile.objects.all().delete()
        stored = on_empty_ground(paper)
    stored.path.unlink()
    StoredFile.objects.all().delete()
    assert on_empty_ground(paper).path.exists()
