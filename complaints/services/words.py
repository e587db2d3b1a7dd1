"""Words of the lists by era: what files and other systems write, as the code that it stands for."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from complaints.models import Term


class Entry(NamedTuple):
    """A code, from when until when and for which sources it may be written so."""

    code: str
    first: date
    last: date
    sources: tuple[str, ...]


class Words:
    """All terms, read once, to be asked for any number of records."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], list[Entry]] = {}
        terms = list(Term.objects.order_by("kind", "order", "valid_from"))
        # A code is taken before a label, a label before another spelling.
        for spellings in (
            lambda term: [term.code],
            lambda term: [term.label],
            lambda term: term.also,
        ):
            for term in terms:
                entry = Entry(
                    term.code, term.valid_from, term.valid_until or date.max, tuple(term.sources)
                )
                for word in spellings(term):
                    self._entries.setdefault((term.kind, plain(word)), []).append(entry)

    def code(self, kind: str, word: str, *, source: str, on: date) -> str | None:
        """The code that a word (or the code itself) means on a day for a source; None: unknown."""
        for entry in self._entries.get((kind, plain(word)), ()):
            if entry.first <= on <= entry.last and (not entry.sources or source in entry.sources):
                return entry.code
        return None

    def ever(self, kind: str, word: str) -> bool:
        """Whether a word stood in a list on any day."""
        return (kind, plain(word)) in self._entries


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word without what people vary: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
