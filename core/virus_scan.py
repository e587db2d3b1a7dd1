"""Virus scan by a clamd daemon (INSTREAM), where the setting CLAMD_SOCKET names one.

``CLAMD_SOCKET`` is the path of a Unix socket or host:port. Empty: files are kept unscanned and say
so. Set but silent: nothing is taken until the scanner answers again.
"""

from __future__ import annotations

import socket
import struct
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from core.filetypes import CHUNK, Rejected

TIMEOUT_SECONDS = 20


def scan(content: IO[bytes]) -> str:
    """ "clean", or "unscanned" where no scanner is set up. Raises ``Rejected``."""
    address = getattr(settings, "CLAMD_SOCKET", "")
    if not address:
        return "unscanned"
    try:
        answer = _ask(address, content)
    except OSError as error:
        raise Rejected(_("病毒扫描服务暂时没有响应，文件未保存。请稍后再试。")) from error
    if answer.endswith("OK"):
        return "clean"
    if answer.endswith("FOUND"):
        raise Rejected(_("文件未通过病毒扫描，不能上传。请在本机查杀后重新生成文件。"))
    raise Rejected(_("病毒扫描服务出错，文件未保存。请稍后再试。"))


def _ask(address: str, content: IO[bytes]) -> str:
    """Send the content in pieces and read the one-line answer."""
    content.seek(0)
    with _connect(address) as line:
        line.sendall(b"zINSTREAM\0")
        while piece := content.read(CHUNK):
            line.sendall(struct.pack(">L", len(piece)) + piece)
        line.sendall(struct.pack(">L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (piece := line.recv(4096)):
            answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in address:
        return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT_SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line
