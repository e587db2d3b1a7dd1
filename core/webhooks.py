"""Calls to other systems after Standard Webhooks: signed, to allowed addresses only, by the outbox.

A call carries ``webhook-id`` (the same at every attempt, so that a repeated call is known),
``webhook-timestamp`` and ``webhook-signature``: HMAC-SHA-256 over "id.timestamp.body", once for
each secret that is valid, so that a receiver can change its secret without losing a call.
An address is looked up once and the line is opened to exactly what was judged: a name that points
elsewhere a moment later leads nowhere.
Source of the rule: https://www.standardwebhooks.com (specification 1.0).
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets as random_source
import socket
import ssl
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import PermanentFailure, TemporaryFailure

PREFIX, VERSION = "whsec_", "v1"
# Older or newer than this a call may be a recording of an earlier one.
TOLERANCE = timedelta(minutes=5)
GONE = 410
# Addresses of the old net written into the new one.
# What a request line can carry; anything else has to be written as %XX.
SENDABLE = re.compile(r"[\x21-\x7e]*")
_NAT64 = ip_network("64:ff9b::/96")
# All of the new net that is given out to the public (RFC 4291); the rest leads home or nowhere.
_PUBLIC = ip_network("2000::/3")
Address = IPv4Address | IPv6Address


def new_secret() -> str:
    """A secret of 256 bits in the form that receivers' libraries take."""
    return PREFIX + base64.b64encode(random_source.token_bytes(32)).decode()


def signature(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """One signature, "v1,…". Raises ``ValueError`` for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("not a webhook secret") from None
    signed = b".".join([message_id.encode(), str(int(at.timestamp())).encode(), body])
    return f"{VERSION},{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def headers(
    secrets: Iterable[str], *, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of a call, signed with every secret that is valid."""
    signed = (signature(one, message_id=message_id, at=at, body=body) for one in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def is_genuine(
    secrets: Iterable[str],
    *,
    message_id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    now: datetime,
) -> bool:
    """Whether somebody who knows one of the secrets signed this just now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11 and message_id):
        return False
    at = datetime.fromtimestamp(int(timestamp), now.tzinfo)
    if abs(now - at) > TOLERANCE:
        return False
    given = [one.encode() for one in signatures.split()]
    expected = [signature(one, message_id=message_id, at=at, body=body).encode() for one in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)


# --- Where a call may go --------------------------------------------------------------------------


def address_refusal(url: str) -> str:
    """Why a call may not go to this address as it is written; empty when it may."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("地址格式不正确。")
    schemes = ("https",) if settings.WEBHOOKS["https_only"] else ("https", "http")
    if parts.scheme not in schemes:
        return _("推送地址须以 https:// 开头。")
    if not parts.hostname or port == 0:
        return _("地址格式不正确。")
    if parts.username or parts.password or parts.fragment:
        return _("地址中不能含账号、口令或片段。")
    if not SENDABLE.fullmatch(parts.path + parts.query):
        return _("地址格式不正确。")
    written = _written(parts.hostname)
    return "" if written is None or is_open(written) else _("不能推送到内部网络的地址。")


def _written(host: str) -> Address | None:
    """The address that a host is, also in the short forms that look-ups take (127.1); None for a
    name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_open(address: Address) -> bool:
    """Whether a call may go there: a public address, or one in a network that is listed."""
    real = _real(address)
    networks = (ip_network(one, strict=False) for one in settings.WEBHOOKS["networks"])
    if any(real in network or address in network for network in networks):
        return True
    if isinstance(real, IPv6Address) and real not in _PUBLIC:
        return False
    return real.is_global and not real.is_multicast


def _real(address: Address) -> Address:
    """Where an address leads in the end: old addresses can be written into new ones."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _looked_up(parts: SplitResult) -> tuple[str, int]:
    """The address to speak to. Raises ``TemporaryFailure``, ``PermanentFailure``."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TemporaryFailure(_("找不到推送地址的主机。")) from error
    # One closed address among open ones closes all: the name is not trustworthy.
    addresses = [str(entry[4][0]) for entry in found]
    if not all(is_open(ip_address(one.partition("%")[0])) for one in addresses):
        raise PermanentFailure(_("不能推送到内部网络的地址。"))
    return addresses[0], port


# --- The call -------------------------------------------------------------------------------------


class _Line(HTTPConnection):
    """A line to the address that was judged, whatever its name means by now."""

    def __init__(self, host: str, address: tuple[str, int]) -> None:
        super().__init__(host, address[1], timeout=settings.WEBHOOKS["wait_seconds"])
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection(self.address, self.timeout)


class _SafeLine(HTTPSConnection):
    """The same with TLS; the certificate must be that of the name."""

    def __init__(self, host: str, address: tuple[str, int]) -> None:
        self.context = ssl.create_default_context()
        wait = settings.WEBHOOKS["wait_seconds"]
        super().__init__(host, address[1], timeout=wait, context=self.context)
        self.address = address

    def connect(self) -> None:
        plain = socket.create_connection(self.address, self.timeout)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)


def call(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """Hand a body over; the status by which the other side took it (2xx).

    Redirects are not followed and nothing of the answer but its status is read. Raises
    ``TemporaryFailure``, or ``PermanentFailure`` where trying again is of no use.
    """
    if why_not := address_refusal(url):
        raise PermanentFailure(why_not)
    parts = urlsplit(url)
    kind = _SafeLine if parts.scheme == "https" else _Line
    line = kind(parts.hostname or "", _looked_up(parts))
    # Somebody who answers one sign every few seconds must not hold a worker for ever.
    watch = threading.Timer(settings.WEBHOOKS["call_seconds"], _hang_up, [line])
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body, {"Content-Type": "application/json", **headers})
        status = line.getresponse().status
    except (OSError, HTTPException) as error:
        raise TemporaryFailure(_("对方系统没有应答。")) from error
    finally:
        watch.cancel()
        line.close()
    if status == GONE:
        raise PermanentFailure(_("对方系统答复该推送地址已停用（410）。"))
    if not 200 <= status < 300:
        raise TemporaryFailure(_("对方系统答复 %(status)d。") % {"status": status})
    return status


def _hang_up(line: HTTPConnection) -> None:
    if line.sock is not None:
        try:
            line.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            line.sock.close()
