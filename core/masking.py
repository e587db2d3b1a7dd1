"""Personal data is shown masked; in full only with a stated purpose and a trace.

The rules are data (``core/catalogue/masking.yaml``). A kind that is not known is masked entirely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core import audit, catalogue_files
from core.errors import Refused

HIDDEN = "***"
PURPOSE_LENGTH = 4
# Full-width digits, letters and signs that mean the same as ASCII, one to one.
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2014: 0x2D}
PUBLIC_NUMBER = re.compile(r"\d{5}|[48]00-?\d{3}-?\d{4}")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(\(?0\d{2,3}\)?-?)?(\d{5,8})(-\d+)?")
REGION = re.compile(
    r"((?:.{2,8}?(?:省|自治区))?(?:.{2,8}?(?:市|自治州|地区|盟))?(?:.{1,7}?(?:区|县|市|旗))?)(.*)",
    re.S,
)
STREET = re.compile(r".{1,12}?(?:街道|镇|乡)|.{1,12}?(?:村|社区|大道|路|街|巷)")


@dataclass(frozen=True)
class Hit:
    """Something in a text that looks like personal data: where, and of which kind."""

    kind: str
    start: int
    end: int


@cache
def rules() -> dict[str, Any]:
    """The catalogue of kinds and patterns."""
    path = Path(__file__).parent / "catalogue" / "masking.yaml"
    data = catalogue_files.read(path)
    for entry in data["patterns"]:
        entry["compiled"] = re.compile(entry["pattern"])
    return data


def mask(kind: str, value: Any) -> str:
    """A value as it is shown by default. Empty stays empty."""
    text = str(value).strip() if value is not None else ""
    if not text:
        return ""
    return _BY_KIND.get(kind, _all)(text)


def mask_text(text: str) -> str:
    """A free text with everything masked in it that looks like personal data."""
    parts, done = [], 0
    for hit in find(text):
        parts += [text[done : hit.start], mask(hit.kind, text[hit.start : hit.end])]
        done = hit.end
    return "".join([*parts, text[done:]])


def find(text: str) -> list[Hit]:
    """What in a text looks like personal data, in reading order."""
    narrow = text.translate(NARROW)
    hits: list[Hit] = []
    for hit in _matches(narrow):
        if all(hit.end <= other.start or hit.start >= other.end for other in hits):
            hits.append(hit)
    return sorted(hits, key=lambda hit: hit.start)


def _matches(text: str) -> Iterator[Hit]:
    for entry in rules()["patterns"]:
        for match in entry["compiled"].finditer(text):
            start, end = match.span(entry.get("group", 0))
            yield Hit(entry["kind"], start, end)


def reveal(
    target: models.Model,
    field: str,
    *,
    by: Any,
    now: datetime,
    purpose: str,
    organisation: Any = None,
) -> str:
    """A personal field in full, with a row in the audit trail of who saw it and what for.

    Whether the person may is for the caller to ask. Raises ``Refused`` without a purpose.
    """
    purpose_given(purpose)
    audit.record(
        "personal.reveal",
        target,
        by=by,
        now=now,
        organisation=organisation,
        reason=mask_text(purpose.strip()),
        field=field,
    )
    return str(getattr(target, field) or "")


def purpose_given(purpose: str) -> None:
    """Raises ``Refused`` where personal data is asked for without saying what for."""
    if len(purpose.strip()) < PURPOSE_LENGTH:
        raise Refused(
            _("查看完整信息须说明用途（至少 %(length)d 个字）。") % {"length": PURPOSE_LENGTH}
        )


# --- One function per kind -----------------------------------------------------------------------


def _all(text: str) -> str:
    return HIDDEN


def _name(text: str) -> str:
    compound = rules()["kinds"]["name"]["compound"]
    kept = 2 if len(text) > 2 and text[:2] in compound else 1
    return text[:kept] + "*" * (len(text) - kept) if len(text) > kept else "*"


def _ends(kind: str) -> Callable[[str], str]:
    """Keep the first and last signs that the catalogue says; short values are hidden entirely."""

    def masked(text: str) -> str:
        rule = rules()["kinds"][kind]
        first, last = rule["first"], rule["last"]
        plain = re.sub(r"[ \-]", "", text)
        if len(plain) < first + last + 3:
            return HIDDEN
        return plain[:first] + "*" * (len(plain) - first - last) + plain[-last:]

    return masked


def _landline(text: str) -> str:
    match = LANDLINE.fullmatch(text.translate(NARROW).replace(" ", ""))
    if not match:
        return HIDDEN
    area, number, _extension = match.groups()
    kept = rules()["kinds"]["landline"]["last"]
    return f"{area or ''}{'*' * (len(number) - kept)}{number[-kept:]}"


def _phone(text: str) -> str:
    narrow = re.sub(r"\s", "", text.translate(NARROW))
    if PUBLIC_NUMBER.fullmatch(narrow):
        return narrow
    if MOBILE.fullmatch(narrow.replace("-", "").removeprefix("+86")):
        return _ends("mobile")(narrow.removeprefix("+86"))
    return _landline(narrow)


def _address(text: str) -> str:
    match = REGION.fullmatch(text)
    region, rest = match.groups() if match else ("", text)
    street = STREET.match(rest)
    kept = region + (street[0] if street else "")
    return kept + HIDDEN if len(kept) < len(text) else text


def _email(text: str) -> str:
    local, at, domain = text.partition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if at else HIDDEN


def _bank(text: str) -> str:
    digits = re.sub(r"\D", "", text.translate(NARROW))
    return f"**** **** **** {digits[-4:]}" if len(digits) >= 12 else HIDDEN


_BY_KIND: dict[str, Callable[[str], str]] = {
    "name": _name,
    "mobile": lambda text: _ends("mobile")(text.translate(NARROW)),
    "landline": _landline,
    "phone": _phone,
    "id_card": lambda text: _ends("id_card")(text.translate(NARROW)),
    "address": _address,
    "account_no": lambda text: _ends("account_no")(text.translate(NARROW)),
    "email": _email,
    "bank": _bank,
    "free_text": mask_text,
}
