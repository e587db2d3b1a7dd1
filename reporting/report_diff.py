"""Two versions of a report side by side, line by line, with the figures that came or went."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.components import Change

if TYPE_CHECKING:
    from reporting.models import ReportVersion


def changes_between(before: ReportVersion, after: ReportVersion) -> list[Change]:
    """Lines that were added, removed or changed, chapter by chapter."""
    old = {chapter["code"]: chapter for chapter in before.chapters}
    new = {chapter["code"]: chapter for chapter in after.chapters}
    codes = list(dict.fromkeys([*new, *old]))
    found: list[Change] = []
    for code in codes:
        title = (new.get(code) or old[code])["title"]
        found += _lines(title, _text(old.get(code)), _text(new.get(code)))
    return found


def _text(chapter: dict[str, str] | None) -> list[str]:
    if chapter is None:
        return []
    return [chapter["title"], *(line for line in chapter["text"].splitlines() if line.strip())]


def _lines(title: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    found: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(old[a:b]), list(new[c:d])
        for place in range(max(len(gone), len(come))):
            was = gone[place] if place < len(gone) else ""
            now = come[place] if place < len(come) else ""
            kind = "changed" if was and now else "added" if now else "removed"
            label = _("“{title}”").format(title=title)
            found.append(Change(kind, label, was, now))
    return found
