"""The sentences by which an instruction sheet explains named rules, and the words in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.sheets.definition import Check, Form

Sentence = Callable[["Form", Mapping[str, Any]], str]
SENTENCES: dict[str, Sentence] = {}


def sentence(name: str) -> Callable[[Sentence], Sentence]:
    """Enter the sentence that explains a rule."""

    def enter(say: Sentence) -> Sentence:
        SENTENCES[name] = say
        return say

    return enter


def explained(form: Form, check: Check) -> str | None:
    """The sentence of one of these rules; None for any other."""
    say = SENTENCES.get(check.name)
    return say(form, check.params) if say else None


def label(form: Form, key: str) -> str:
    return form.column(key).label


def labels(form: Form, keys: Sequence[str]) -> str:
    return "、".join(label(form, key) for key in keys)


def plain(number: Decimal) -> str:
    """A number without needless zeros."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def shown(value: Any) -> str:
    """A value as definitions and people name it: 是 and 否 for yes and no."""
    return ("是" if value else "否") if isinstance(value, bool) else str(value)
