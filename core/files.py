"""Files by content: checked, scanned, stored under their hash, handed out through one door.

The content is encrypted into a temporary file, flushed, renamed to its place, and only then gets
its row; a crash leaves at most a file without a row, which ``verify`` shows after an hour. Pictures
are kept as they came, with the place and time that a camera wrote into them (EXIF): they are
evidence.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import catalogue_files, sealed_files, virus_scan
from core.filetypes import CHUNK, TEXT_KINDS, Rejected, image_size, kind_of
from core.models.file import StoredFile, path_of

__all__ = ["Rejected", "enter", "may_open", "open", "receive", "register_owner", "store"]

NAME_LIMIT = 150
Owner = Callable[[Any, StoredFile], bool]
_owners: dict[str, Owner] = {}


@dataclass(frozen=True)
class Kind:
    """One kind of file that may be taken. ``limit`` in bytes."""

    code: str
    extensions: tuple[str, ...]
    content_type: str
    label: str
    limit: int


@cache
def catalogue() -> dict[str, Any]:
    """Kinds, purposes and picture limits as set out in ``core/catalogue/files.yaml``."""
    path = Path(__file__).parent / "catalogue" / "files.yaml"
    data = catalogue_files.read(path)
    data["kinds"] = {
        code: Kind(
            code,
            tuple(item["extensions"]),
            item["content_type"],
            item["label"],
            item["max_mb"] * 1024 * 1024,
        )
        for code, item in data["kinds"].items()
    }
    return data


def kinds_of(purpose: str, kinds: Iterable[str] = ()) -> list[Kind]:
    """The kinds that a purpose takes, narrowed down to ``kinds`` where given. Raises KeyError."""
    allowed = catalogue()["purposes"][purpose]
    wanted = list(kinds) or allowed
    found = [catalogue()["kinds"][code] for code in allowed if code in wanted]
    if bigger := catalogue()["bigger"].get(purpose):
        found = [replace(kind, limit=bigger * 1024 * 1024) for kind in found]
    return found


def accept(purpose: str, kinds: Iterable[str] = ()) -> str:
    """The value for the accept attribute of a file input."""
    return ",".join(f".{name}" for kind in kinds_of(purpose, kinds) for name in kind.extensions)


@dataclass(frozen=True)
class Received:
    """An upload that was checked, scanned and laid in its place, and has no row yet."""

    sha256: str
    size: int
    name: str
    kind: Kind
    purpose: str
    scan: str


def store(
    upload: IO[bytes],
    *,
    by: Any,
    now: datetime,
    organisation: Any,
    purpose: str,
    kinds: Iterable[str] = (),
    name: str = "",
) -> StoredFile:
    """Check an upload and keep it.

    ``by`` is a User or None for the system; ``organisation`` an object with a code, a code, or
    None. Raises ``Rejected`` with the reason in Chinese; then nothing is kept.
    """
    received = receive(upload, purpose=purpose, kinds=kinds, name=name)
    return enter(received, by=by, now=now, organisation=organisation)


def receive(
    upload: IO[bytes], *, purpose: str, kinds: Iterable[str] = (), name: str = ""
) -> Received:
    """The slow half of ``store``: copy, check, scan. Call it before a transaction begins, so that
    no lock is held meanwhile. Raises ``Rejected``."""
    name = safe_name(name or getattr(upload, "name", "") or "")
    allowed = kinds_of(purpose, kinds)
    temporary, digest, size = _receive(upload, max(kind.limit for kind in allowed))
    try:
        with sealed_files.open_content(temporary, digest) as content:
            kind = _judge(content, name, size, allowed)
            scan = virus_scan.scan(content)
        _settle(temporary, path_of(digest))
    finally:
        temporary.unlink(missing_ok=True)
    return Received(digest, size, name, kind, purpose, scan)


def enter(received: Received, *, by: Any, now: datetime, organisation: Any) -> StoredFile:
    """The quick half of ``store``: the row, in the caller's transaction."""
    return StoredFile.objects.create(
        sha256=received.sha256,
        size=received.size,
        name=received.name,
        kind=received.kind.code,
        content_type=received.kind.content_type,
        purpose=received.purpose,
        organisation=getattr(organisation, "code", organisation) or "",
        uploaded_by=by,
        scan=received.scan,
        created_at=now,
    )


def open(stored: StoredFile) -> IO[bytes]:  # noqa: A001 (read as files.open)
    """The plain content. Raises FileNotFoundError when it was removed behind our back, and
    ``crypto.Unreadable`` when it was changed (also later, while reading)."""
    return sealed_files.open_content(stored.path, stored.sha256)


def register_owner(purpose: str, may_see: Owner) -> None:
    """State who may open files of a purpose; without this nobody may."""
    if purpose not in catalogue()["purposes"]:
        raise KeyError(purpose)
    _owners[purpose] = may_see


def may_open(user: Any, stored: StoredFile) -> bool:
    """Whether the owner of the file's purpose lets the person open it."""
    owner = _owners.get(stored.purpose)
    return owner is not None and owner(user, stored)


def safe_name(name: str) -> str:
    """The last part of a name, without signs that paths, headers or shells would understand."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*;`$')
    name = re.sub(r"\s+", " ", name).strip().rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    room = NAME_LIMIT - len(extension) - len(dot)
    return f"{stem[:room] or 'file'}{dot}{extension[:10].lower()}"


def _receive(upload: IO[bytes], limit: int) -> tuple[Path, str, int]:
    """Seal the upload into a flushed temporary file beside the store; its hash and size."""
    folder = Path(settings.MEDIA_ROOT) / "tmp"
    digest, size = hashlib.sha256(), 0
    path: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
            path = Path(target.name)
            sealer = sealed_files.Sealer(target)  # type: ignore[arg-type]
            upload.seek(0)
            while piece := upload.read(CHUNK):
                size += len(piece)
                if size > limit:
                    raise Rejected(too_big(limit))
                digest.update(piece)
                sealer.write(piece)
            sealer.finish(digest.hexdigest())
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        _forget(path)
        raise Rejected(_("文件暂时无法保存（存储空间不足或不可写）。请稍后再试。")) from error
    except BaseException:
        _forget(path)
        raise
    return path, digest.hexdigest(), size


def _forget(path: Path | None) -> None:
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _judge(content: IO[bytes], name: str, size: int, allowed: list[Kind]) -> Kind:
    """The kind of the content. Raises ``Rejected``."""
    extension = name.rpartition(".")[2].lower()
    code = kind_of(content, extension)
    labels = "、".join(kind.label for kind in allowed)
    kind = next((kind for kind in allowed if kind.code == code), None)
    if kind is None:
        if any(extension in one.extensions and one.code in TEXT_KINDS for one in allowed):
            raise Rejected(
                _("文件不是 UTF-8 或 GBK 编码的文本。请另存为 UTF-8 编码，或改用 .xlsx 上传。")
            )
        raise Rejected(_("不支持这种文件。可上传：%(labels)s。") % {"labels": labels})
    if extension not in kind.extensions:
        raise Rejected(
            _("文件名后缀是“.%(extension)s”，内容却是%(label)s。请改正后缀或另存后再上传。")
            % {"extension": extension, "label": kind.label}
        )
    if size > kind.limit:
        raise Rejected(too_big(kind.limit))
    if code in ("jpeg", "png"):
        _check_picture(content, code)
    return kind


def _check_picture(content: IO[bytes], code: str) -> None:
    width, height = image_size(content, code)
    limits = catalogue()["image"]
    if max(width, height) > limits["max_side"] or width * height > limits["max_pixels"]:
        raise Rejected(
            _("图片为 %(width)d×%(height)d 像素，超过上限（边长 %(side)d）。请缩小后再上传。")
            % {"width": width, "height": height, "side": limits["max_side"]}
        )


def too_big(limit: int) -> str:
    """The sentence for a file above the limit (bytes)."""
    return _("文件超过 %(limit)d MB。请压缩或拆分后再上传。") % {"limit": limit // 1048576}


def _settle(temporary: Path, target: Path) -> None:
    """Put the content in its place for good, before any row speaks of it."""
    try:
        if target.exists():
            # Kept from being taken for an orphan while its new row is on the way.
            os.utime(target)
            if sealed_files.is_whole(target, target.name):
                return
            # Damaged, or its key is gone: what came now takes its place and mends it.
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
        target.chmod(0o440)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Rejected(_("文件暂时无法保存（存储空间不足或不可写）。请稍后再试。")) from error
