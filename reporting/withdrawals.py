"""What the withdrawal (撤销) of an issued circular says: which one, why, what follows from it.

It tells no case. Source: campaign plan 二(二)2 (S1-2.2.2h): cases are circulated when they are
proven; what is disproved after it went out is taken back by a paper of the same weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Case
from core.officialdoc import Document, Heading
from reporting.circulars import LONGEST, Cited, Heads, official, paragraphs, persons_in

FOLLOWS = "自本通报印发之日起，原通报不再执行，请各单位停止引用和转发。"


@dataclass(frozen=True)
class Withdrawal:
    """The words of one version: ``note`` is the reason."""

    note: str
    demands: str

    def kept(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Withdrawal:
        return cls(kept["note"], kept["demands"])

    def refusal(self, case: Case) -> str:
        """Nothing is told of any case."""
        return ""

    def problems(
        self, cases: Sequence[Case], *, title: str, on: date, before: Any = None
    ) -> Iterator[str]:
        """Everything that must not stand in it, or is missing from it.

        ``cases`` are those of the circular that is withdrawn; its title is cited as it stands.
        """
        if not self.note.strip():
            yield _("请写明撤销原因。")
        texts = ((_("撤销原因"), self.note, "note"), (_("有关事项"), self.demands, "demands"))
        for label, text, name in texts:
            if len(text) > LONGEST[name]:
                yield _("“%(label)s”不能超过%(n)d字。") % {"label": label, "n": LONGEST[name]}
            yield from persons_in(label, text, cases)

    def document(self, heads: Heads) -> Document:
        """The withdrawal as an official document (通报)."""
        blocks = [*paragraphs(f"现撤销{_all(heads.about)}。"), Heading(1, "撤销原因")]
        blocks += paragraphs(self.note)
        if follows := paragraphs(self.demands):
            blocks += [Heading(1, "有关事项"), *follows]
        return official(blocks, heads)


def _all(about: Sequence[Cited]) -> str:
    """The circular, and those that it had corrected: none of them stands alone again."""
    first, *before = map(str, about)
    return f"{first}，连同其更正的{'、'.join(before)}" if before else first


def title_of(first: Cited, longest: int) -> str:
    """关于撤销《…》（…号）的通报, the title in it shortened where it would not fit."""
    room = longest - len(f"关于撤销《》（{first.number}）的通报")
    title = first.title if len(first.title) <= room else f"{first.title[: room - 1]}…"
    return f"关于撤销{Cited(title, first.number)}的通报"
