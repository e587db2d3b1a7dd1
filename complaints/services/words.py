"""Words of the lists by era: what files and other systems write, as the code that it stands for."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

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
        self._entries = _entries(tuple(Term.objects.order_by(*ORDER).values_list(*_columns())))

    def code(self, kind: str, word: str, *, source: str, on: date) -> str | None:
        """The code that a word (or the code itself) means on a day for a source; None: unknown."""
        for entry in self._entries.get((kind, plain(word)), ()):
            if entry.first <= on <= entry.last and (not entry.sources or source in entry.sources):
                return entry.code
        return None

    def ever(self, kind: str, word: str) -> bool:
        """Whether a word stood in a list on any day."""
        return (kind, plain(word)) in self._entries


ORDER = ("kind", "order", "valid_from", "pk")


def _columns() -> tuple[Any, ...]:
    """What is read of a term; lists stay text, so that whole tables can be held side by side."""
    lists = (Cast("sources", TextField()), Cast("also", TextField()))
    return ("kind", "code", "label", "valid_from", "valid_until", *lists)


@lru_cache(maxsize=4)
def _entries(terms: tuple[Any, ...]) -> dict[tuple[str, str], list[Entry]]:
    """What each spelling means. The same table is worked through only once."""
    spelt: list[list[tuple[str, str, Entry]]] = [[], [], []]
    for kind, code, label, first, last, sources, also in terms:
        entry = Entry(code, first, last or date.max, tuple(json.loads(sources)))
        # A code is taken before a label, a label before another spelling.
        spelt[0].append((kind, code, entry))
        spelt[1].append((kind, label, entry))
        spelt[2] += [(kind, word, entry) for word in json.loads(also)]
    found: dict[tuple[str, str], list[Entry]] = {}
    for kind, word, entry in chain(*spelt):
        found.setdefault((kind, plain(word)), []).append(entry)
    return found


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word without what people vary: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
