"""Whether the stored files and their rows still agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from core.crypto import Unreadable
from core.filetypes import CHUNK
from core.models import StoredFile
from core.models.file import path_of
from core.sealed_files import contents, open_content

# An upload that is on its way has its content before its row.
PATIENCE = timedelta(hours=1)


def broken() -> list[str]:
    """A sentence for each content that is missing or is not what was uploaded."""
    problems = []
    hashes = StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).distinct()
    for sha256 in hashes.iterator(chunk_size=1000):
        try:
            found = _hash_of(sha256)
        except Unreadable:
            found = ""
        except FileNotFoundError:
            problems.append(_("文件 {file} 的内容不见了。").format(file=sha256[:12]))
            continue
        except OSError as error:
            problems.append(
                _("文件 {file} 读不出来：{error}").format(file=sha256[:12], error=error.strerror)
            )
            continue
        if found != sha256:
            problems.append(_("文件 {file} 的内容与上传时不一致。").format(file=sha256[:12]))
    return problems


def orphans(*, now: datetime) -> list[Path]:
    """Contents without a row and left-over temporary files, older than an hour."""
    before = (now - PATIENCE).astimezone(UTC).timestamp()
    return [path for path in _contents() if path.stat().st_mtime < before and not _has_row(path)]


def orphan_sentences(*, now: datetime) -> list[str]:
    """One sentence for all orphans: they are harmless, but tell of a crash or of a lost row."""
    found = orphans(now=now)
    if not found:
        return []
    return [
        _("有 {count} 个文件没有记录（如 {name}），清除命令：remove_orphan_files。").format(
            count=len(found), name=found[0].name[:12]
        )
    ]


def _contents() -> Iterator[Path]:
    yield from contents()
    temporary = Path(settings.MEDIA_ROOT) / "tmp"
    yield from (path for path in sorted(temporary.glob("*")) if path.is_file())


def _has_row(path: Path) -> bool:
    return StoredFile.objects.filter(sha256=path.name).exists()


def _hash_of(sha256: str) -> str:
    """The hash of the plain content that is kept under a hash. Raises ``Unreadable``."""
    digest = hashlib.sha256()
    with open_content(path_of(sha256), sha256) as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()
