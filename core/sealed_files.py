"""Content of stored files at rest: encrypted in pieces, readable from any place in it.

Layout: a fixed first line; "cipher:key" and a line end; 16 random bytes, from which with the listed
key the key of this file is derived; 32 bytes that bind the file to the hash it is kept under; then
pieces of 64 KiB, each with its tag. A piece knows its number and whether it is the last one, so
pieces cannot be swapped, cut off or added. Ciphers and keys are those of ``core.crypto``.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from core import crypto
from core.crypto import Unreadable

FIRST_LINE = b"PORTAL-SEALED-1\n"
SALT, MARK, PIECE = 16, 32, 64 * 1024
FULL = PIECE + crypto.TAG


class _Box:
    """Seals and opens the pieces of one file."""

    def __init__(self, cipher: str, name: str, salt: bytes) -> None:
        self.cipher, self.line = cipher, f"{cipher}:{name}\n".encode()
        self.key = crypto.file_key(name, cipher, salt, purpose="content")
        self.mark_key = crypto.file_key(name, cipher, salt, purpose="mark")

    def seal(self, number: int, last: bool, content: bytes) -> bytes:
        engine = crypto.engine(self.cipher, self.key, self._nonce(number, last)).encryptor()
        engine.authenticate_additional_data(self.line)
        return engine.update(content) + engine.finalize() + engine.tag

    def open(self, number: int, last: bool, sealed: bytes) -> bytes:
        content, tag = sealed[: -crypto.TAG], sealed[-crypto.TAG :]
        engine = crypto.engine(self.cipher, self.key, self._nonce(number, last), tag).decryptor()
        engine.authenticate_additional_data(self.line)
        try:
            return engine.update(content) + engine.finalize()
        except crypto.InvalidTag:
            raise Unreadable(f"piece {number} was changed") from None

    def mark(self, sha256: str) -> bytes:
        return hmac.digest(self.mark_key, sha256.encode(), "sha256")

    @staticmethod
    def _nonce(number: int, last: bool) -> bytes:
        # The key is of this file alone, so counting is enough.
        return struct.pack(">QI", number, last)


class Sealer:
    """Writes a sealed file piece by piece; nothing of it is ever on the disk in the clear."""

    def __init__(self, target: IO[bytes]) -> None:
        cipher, name = crypto.writing()
        salt = os.urandom(SALT)
        self.target, self.box = target, _Box(cipher, name, salt)
        self.rest, self.number = bytearray(), 0
        target.write(FIRST_LINE + self.box.line + salt)
        self.mark_at = target.tell()
        target.write(bytes(MARK))

    def write(self, content: bytes) -> None:
        self.rest += content
        # The last piece must be told apart, so one is always held back.
        while len(self.rest) > PIECE:
            self._put(bytes(self.rest[:PIECE]), last=False)
            del self.rest[:PIECE]

    def finish(self, sha256: str) -> None:
        """Write what is left and bind the file to the hash of its content."""
        self._put(bytes(self.rest), last=True)
        self.target.seek(self.mark_at)
        self.target.write(self.box.mark(sha256))

    def _put(self, content: bytes, *, last: bool) -> None:
        self.target.write(self.box.seal(self.number, last, content))
        self.number += 1


class _Reader(io.RawIOBase):
    """The plain content of a sealed file. It has no fileno, so nobody sends the file as it lies."""

    def __init__(self, source: IO[bytes], sha256: str) -> None:
        self.source = source
        self.box, mark = _header(source)
        if not hmac.compare_digest(mark, self.box.mark(sha256)):
            raise Unreadable("another file, or its header was changed")
        self.begin = source.tell()
        body = source.seek(0, os.SEEK_END) - self.begin
        self.pieces = -(-body // FULL)
        if not body or body - (self.pieces - 1) * FULL < crypto.TAG:
            raise Unreadable("cut off")
        self.size = body - self.pieces * crypto.TAG
        self.place, self.held, self.piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.size}[whence]
        self.place = max(0, base + offset)
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self.place, PIECE)
        if number >= self.pieces:
            return 0
        part = self._piece(number)[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)

    def _piece(self, number: int) -> bytes:
        if number != self.held:
            self.source.seek(self.begin + number * FULL)
            sealed = self.source.read(FULL)
            self.piece = self.box.open(number, number == self.pieces - 1, sealed)
            self.held = number
        return self.piece

    def close(self) -> None:
        if not self.closed:
            self.source.close()
        super().close()


def open_content(path: Path, sha256: str) -> IO[bytes]:
    """The content kept at a path, sealed or from before there were seals.

    Raises ``FileNotFoundError``; ``Unreadable`` when it was changed or its key is not listed (also
    later, while reading).
    """
    source = path.open("rb")
    try:
        if source.read(len(FIRST_LINE)) != FIRST_LINE:
            source.seek(0)
            return source
        return io.BufferedReader(_Reader(source, sha256), PIECE)
    except BaseException:
        source.close()
        raise


def is_whole(path: Path, sha256: str) -> bool:
    """Whether what lies at a path can be read and is what it is kept as."""
    digest = hashlib.sha256()
    try:
        with open_content(path, sha256) as content:
            while piece := content.read(PIECE):
                digest.update(piece)
    except (FileNotFoundError, Unreadable):
        return False
    return digest.hexdigest() == sha256


def _header(source: IO[bytes]) -> tuple[_Box, bytes]:
    """Box and mark of a sealed file; the stream stands at the first piece afterwards."""
    source.seek(len(FIRST_LINE))
    cipher, _colon, name = source.readline(200).decode("ascii", "replace").strip().partition(":")
    salt, mark = source.read(SALT), source.read(MARK)
    if cipher not in crypto.CIPHERS or len(salt) + len(mark) != SALT + MARK:
        raise Unreadable("not a sealed file")
    return _Box(cipher, name, salt), mark


def is_current(path: Path) -> bool:
    """Whether a file is sealed with the cipher and key that would be used today."""
    line = "{}:{}\n".format(*crypto.writing()).encode()
    with path.open("rb") as source:
        return source.read(len(FIRST_LINE) + len(line)) == FIRST_LINE + line


def reseal(path: Path) -> bool:
    """Seal a file under today's key; False when its content is not what it is kept as.

    A damaged file is left as it is: ``verify`` tells of it. Whoever reads the old one goes on.
    Raises ``FileNotFoundError`` when it was removed meanwhile.
    """
    sha256, digest = path.name, hashlib.sha256()
    folder = Path(settings.MEDIA_ROOT) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
        temporary = Path(target.name)
        try:
            with open_content(path, sha256) as source:
                sealer = Sealer(target)  # type: ignore[arg-type]
                while piece := source.read(PIECE):
                    digest.update(piece)
                    sealer.write(piece)
            if digest.hexdigest() != sha256:
                return False
            sealer.finish(sha256)
            target.flush()
            os.fsync(target.fileno())
            temporary.chmod(0o440)
            # As late as possible: it may have been removed, or uploaded again, meanwhile.
            times = path.stat()
            os.utime(temporary, (times.st_atime, times.st_mtime))
            temporary.replace(path)
            return True
        except Unreadable:
            return False
        finally:
            temporary.unlink(missing_ok=True)


def rotate() -> crypto.Rotated:
    """Seal every stored file under today's key and cipher; how many were written.

    May run beside uploads, downloads and cleaning, and may be stopped and started again.
    """
    written = unreadable = 0
    for path in contents():
        with suppress(FileNotFoundError):
            if not is_current(path):
                done = reseal(path)
                written, unreadable = written + done, unreadable + (not done)
    return crypto.Rotated(written, unreadable)


def contents() -> Iterator[Path]:
    """Every stored content, by hash."""
    for path in sorted(Path(settings.MEDIA_ROOT).glob("??/??/*")):
        if path.is_file():
            yield path
