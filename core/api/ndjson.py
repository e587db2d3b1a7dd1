"""Many things in one request: one JSON object a line, none spoiling the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core import one_text
from core.api.problems import TooLarge

CONTENT_TYPE = "application/x-ndjson"
MOST_LINES, MOST_BYTES = 5000, 8 * 1024 * 1024
_text = one_text.encoder()


@dataclass(frozen=True)
class Line:
    """One line: its number (from 1), its object, or why it is none."""

    number: int
    value: dict[str, Any]
    error: str = ""


def lines(content: bytes) -> list[Line]:
    """The lines of a body; blank ones are passed over but counted. Raises ``TooLarge``."""
    if len(content) > MOST_BYTES:
        raise TooLarge(_("内容超过8 MB，请分批报送。"))
    rows = [(n, row) for n, row in enumerate(content.split(b"\n"), 1) if row.strip()]
    if len(rows) > MOST_LINES:
        raise TooLarge(_("超过%(most)d行，请分批报送。") % {"most": MOST_LINES})
    return [_line(number, row) for number, row in rows]


def whole(value: Any) -> None:
    """Raises ``ValueError`` where a text holds half a sign: JSON can escape it, nobody store it."""
    json.dumps(value, ensure_ascii=False).encode()


def _line(number: int, row: bytes) -> Line:
    try:
        text = row.decode("utf-8-sig")
        value = json.loads(text)
        if "\\u" in text:
            whole(value)
    except (ValueError, RecursionError):
        return Line(number, {}, _("不是有效的 JSON（须为 UTF-8 编码）。"))
    if not isinstance(value, dict):
        return Line(number, {}, _("每行须为一个 JSON 对象。"))
    return Line(number, value)


def written(answers: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> str:
    """Answers as lines."""
    return "".join(_text(one) + "\n" for one in answers)
