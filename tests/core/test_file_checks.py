"""``verify`` shows a stored file that is missing, changed, or without a row."""

import io
import os
from datetime import timedelta

import pytest
from django.core.management import call_command

from core import clock, file_checks, invariants
from core.models import StoredFile
from tests.core.test_files import keep, kept, media  # noqa: F401
from tests.workbooks import attachments as made

pytestmark = pytest.mark.django_db


def age(path, **past):
    instant = (clock.now() - timedelta(**past)).timestamp()
    os.utime(path, (instant, instant))


def findings():
    return invariants.check_all()["core.files-whole"]


def test_whole_files_are_not_complained_about():
    keep(made.pdf())
    keep(made.png(), "a.png")
    assert findings() == []


def test_a_missing_and_a_changed_content_are_told_once_each():
    missing, changed = keep(made.pdf()), keep(made.png(), "a.png")
    keep(made.png(), "same.png")
    missing.path.unlink()
    changed.path.chmod(0o600)
    changed.path.write_bytes(made.png()[:-1] + b"?")
    assert sorted(findings()) == sorted(
        [
            f"文件 {missing.sha256[:12]} 的内容不见了。",
            f"文件 {changed.sha256[:12]} 的内容与上传时不一致。",
        ]
    )


def test_a_content_without_a_row_counts_after_an_hour_and_can_be_removed(media):  # noqa: F811
    stored, left = keep(made.pdf()), keep(made.png(), "a.png")
    StoredFile.objects.filter(pk=left.pk).delete()
    age(left.path, minutes=50)
    age(stored.path, hours=9)
    assert findings() == []
    age(left.path, minutes=70)
    assert findings() == [
        f"有 1 个文件没有记录（如 {left.sha256[:12]}），清除命令：remove_orphan_files。"
    ]
    out = io.StringIO()
    call_command("remove_orphan_files", "--dry-run", stdout=out)
    assert len(kept(media)) == 2
    call_command("remove_orphan_files", stdout=out)
    assert kept(media) == [stored.path]
    assert out.getvalue().count("1 orphan(s)") == 2


def test_a_temporary_file_of_a_crash_is_an_orphan_too(media):  # noqa: F811
    keep(made.pdf())
    crashed = media / "tmp" / "tmpabc"
    crashed.write_bytes(b"half")
    age(crashed, hours=2)
    assert file_checks.orphans(now=clock.now()) == [crashed]


def test_storing_the_content_of_an_orphan_again_gives_it_a_row():
    left = keep(made.pdf())
    StoredFile.objects.all().delete()
    age(left.path, hours=5)
    keep(made.pdf())
    assert findings() == []
