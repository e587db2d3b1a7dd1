"""The gate before every zip file (workbooks, .docx, .ofd): looked through before it is parsed.

Declared sizes lie, so every member is unpacked in 64 KB pieces against a budget and thrown away;
memory stays at a few MB whatever the file claims. No Django here: the limited child runs this too.
What is refused is a ``Refusal`` with a code and facts; whoever talks to people makes the sentence.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

CHUNK = 64 * 1024
END_RECORD = b"PK\x05\x06"
END_RECORD_64 = b"PK\x06\x06"
LOCATOR_64 = b"PK\x06\x07"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE_NAMES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".jar")
OFFICE_NAMES = (".xlsx", ".xlsm", ".docx", ".docm", ".pptx", ".xls", ".doc")
ARCHIVE_STARTS = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08")
PROGRAM_NAMES = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".scr", ".lnk", ".hta")
# Parts that run something, or that fetch from elsewhere when the file is opened.
MACRO_PARTS = re.compile(r"vbaproject|vbadata|macrosheets/|activex/|/dialogsheets/", re.I)
EXTERNAL_PARTS = re.compile(r"xl/(externallinks/|connections\.xml|querytables/)", re.I)
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
UTF16_DOCTYPE = re.compile(rb"<\x00?!\x00?(D\x00?O\x00?C|E\x00?N\x00?T)", re.I)
TEMPLATE_LINK = re.compile(rb"(attachedTemplate|frame|oleObject|subDocument)[^>]*External", re.I)
LINK_TEMPLATE = re.compile(rb"External[^>]*(attachedTemplate|/frame|oleObject|subDocument)", re.I)


class Refusal(Exception):
    """The file is not let through: a code such as "too_big" and the facts for the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Limits:
    """What a zip file may hold. Sizes in bytes; ``ratio`` counts only above ``ratio_from``."""

    total: int = 80 * 1024 * 1024
    members: int = 1000
    directory: int = 256 * 1024
    ratio: int = 100
    ratio_from: int = 1024 * 1024
    # Folders in which an embedded office document is usual (charts in a text document).
    nested_in: tuple[str, ...] = ()


@dataclass
class Seen:
    """What the gate saw on its way: names and true sizes of the members."""

    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


Watcher = Callable[[bytes], None]


def inspect(
    stream: IO[bytes],
    limits: Limits | None = None,
    *,
    watch: Callable[[str], Watcher | None] = lambda name: None,
) -> Seen:
    """Look through a zip file. Raises ``Refusal``; leaves the stream at its beginning.

    ``watch(name)`` may return a function that is shown every piece of that member.
    """
    limits = limits or Limits()
    stream.seek(0)
    start = stream.read(8)
    if start == OLE:
        raise Refusal("ole")
    if not start.startswith(b"PK\x03\x04"):
        raise Refusal("not_zip")
    _check_directory_size(stream, limits)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _check_names(members, limits)
            _check_overlap(members)
            seen = Seen()
            for member in members:
                seen.sizes[member.filename] = _unpack(
                    stream, member, limits, limits.total - seen.total, watch(member.filename)
                )
    except Refusal:
        raise
    except NotImplementedError:
        raise Refusal("compression") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        raise Refusal("damaged", detail=type(error).__name__) from None
    except (RuntimeError, KeyError, IndexError, UnicodeError):
        raise Refusal("damaged", detail="structure") from None
    _check_sizes(seen, _size(stream), limits)
    stream.seek(0)
    return seen


def _size(stream: IO[bytes]) -> int:
    return stream.seek(0, os.SEEK_END)


def _check_directory_size(stream: IO[bytes], limits: Limits) -> None:
    """Before zipfile makes an object per entry: a directory of millions of entries is refused."""
    size = _size(stream)
    back = min(size, 65_535 + 22 + 20 + 56)
    stream.seek(size - back)
    tail = stream.read(back)
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) < at + 22:
        raise Refusal("damaged", detail="end")
    (entries,) = struct.unpack("<H", tail[at + 10 : at + 12])
    (directory,) = struct.unpack("<L", tail[at + 12 : at + 16])
    if at >= 20 and tail[at - 20 : at - 16] == LOCATOR_64:
        (offset,) = struct.unpack("<Q", tail[at - 12 : at - 4])
        stream.seek(min(offset, size))
        record = stream.read(56)
        if len(record) < 56 or record[:4] != END_RECORD_64:
            raise Refusal("damaged", detail="zip64")
        entries, directory = struct.unpack("<QQ", record[32:48])
    if directory > limits.directory or entries > limits.members:
        raise Refusal("too_many_members", limit=limits.members)


def _check_names(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise Refusal("too_many_members", limit=limits.members)
    names: set[str] = set()
    for member in members:
        name = member.filename
        folded = name.casefold()
        if folded in names:
            raise Refusal("duplicate_member", name=_safe(name))
        names.add(folded)
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise Refusal("path", name=_safe(name))
        if member.flag_bits & 0x1:
            raise Refusal("encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal("compression")
        _check_kind_of(name, limits)


def _check_overlap(members: list[zipfile.ZipInfo]) -> None:
    """Two members that share their bytes make small files that unpack without end."""
    end = 0
    for member in sorted(members, key=lambda item: item.header_offset):
        if member.header_offset < end:
            raise Refusal("damaged", detail="overlap")
        end = member.header_offset + 30 + len(member.filename.encode()) + member.compress_size


def _check_kind_of(name: str, limits: Limits) -> None:
    lower = name.casefold()
    if MACRO_PARTS.search(lower):
        raise Refusal("macro", name=_safe(name))
    if EXTERNAL_PARTS.search(lower):
        raise Refusal("external", name=_safe(name))
    if lower.endswith(PROGRAM_NAMES):
        raise Refusal("program", name=_safe(name))
    nested = lower.endswith(ARCHIVE_NAMES + OFFICE_NAMES)
    if nested and not (lower.startswith(limits.nested_in) and limits.nested_in):
        raise Refusal("nested", name=_safe(name))


def _unpack(
    stream: IO[bytes], member: zipfile.ZipInfo, limits: Limits, budget: int, watcher: Watcher | None
) -> int:
    """The true size of one member; refused as soon as it passes the budget."""
    size = checksum = 0
    for piece in _pieces(stream, member):
        if not size:
            _check_start(member.filename, piece, limits)
        size += len(piece)
        if size > budget:
            raise Refusal("too_big_unpacked", limit=limits.total, name=_safe(member.filename))
        if size > limits.ratio_from and size > limits.ratio * max(member.compress_size, 1):
            raise Refusal("packed", ratio=limits.ratio, name=_safe(member.filename))
        checksum = zlib.crc32(piece, checksum)
        if watcher:
            watcher(piece)
    if size != member.file_size:
        raise Refusal("lying_size", name=_safe(member.filename))
    if checksum != member.CRC:
        raise Refusal("damaged", detail="crc")
    return size


def _pieces(stream: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content as it really is. zipfile itself would stop at the size that the directory claims,
    and the parser that comes after the gate would not."""
    _skip_header(stream, member)
    inflate = None if member.compress_type == zipfile.ZIP_STORED else zlib.decompressobj(-15)
    left = member.compress_size
    while left > 0:
        packed = stream.read(min(CHUNK, left))
        if not packed:
            raise Refusal("damaged", detail="short")
        left -= len(packed)
        if inflate is None:
            yield packed
        else:
            yield from _inflated(inflate, packed)
    if inflate is not None and not inflate.eof:
        raise Refusal("damaged", detail="stream")


def _skip_header(stream: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Go to where the packed bytes begin. A parser may go by the name that stands here, so it must
    be the one that was judged."""
    stream.seek(member.header_offset)
    header = stream.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Refusal("damaged", detail="header")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    coding = "utf-8" if member.flag_bits & 0x800 else "cp437"
    if stream.read(name_length) != member.orig_filename.encode(coding, "replace"):
        raise Refusal("damaged", detail="name")
    stream.seek(extra_length, os.SEEK_CUR)


def _inflated(inflate: Any, packed: bytes) -> Iterator[bytes]:
    """What some packed bytes give, at most 64 KB at a time."""
    while packed and not inflate.eof:
        if piece := inflate.decompress(packed, CHUNK):
            yield piece
        packed = inflate.unconsumed_tail
    while not inflate.eof and (piece := inflate.decompress(b"", CHUNK)):
        yield piece


def _check_start(name: str, piece: bytes, limits: Limits) -> None:
    lower = name.casefold()
    nested = piece.startswith(ARCHIVE_STARTS)
    if nested and not (limits.nested_in and lower.startswith(limits.nested_in)):
        raise Refusal("nested", name=_safe(name))
    if lower.endswith((".xml", ".rels", ".vml")):
        if DOCTYPE.search(piece) or UTF16_DOCTYPE.search(piece[:4096]):
            raise Refusal("doctype", name=_safe(name))
        if lower.endswith(".rels") and (TEMPLATE_LINK.search(piece) or LINK_TEMPLATE.search(piece)):
            raise Refusal("external", name=_safe(name))


def _check_sizes(seen: Seen, packed: int, limits: Limits) -> None:
    if seen.total > limits.ratio_from and seen.total > limits.ratio * max(packed, 1):
        raise Refusal("packed", ratio=limits.ratio, name="")


def _safe(name: str) -> str:
    """A member's name as it may be shown: printable and short."""
    shown = "".join(char if char.isprintable() else "�" for char in name)
    return shown if len(shown) <= 60 else shown[:59] + "…"
