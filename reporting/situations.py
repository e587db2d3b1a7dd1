"""What a circular on the situation found (通报情况) says: facts with their figures, good practice,
problems, demands with dates.

Source: campaign plan 三、(三)6(1) (S1-3.3.6(1)c): key inspections are carried out, and what was
found is circulated. Every figure is the number of the cases that it names; no person stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from complaints import naming
from complaints.models import Case
from core.officialdoc import Document, Heading, Paragraph, Table, numeral, written_date
from core.periods import Period
from reporting.circulars import Heads, corrected, official, paragraphs, report_refusal

LONGEST = {"title": 120, "intro": 3000, "text": 3000, "good": 3000, "bad": 3000, "demand": 500}
LONGEST["note"] = 1000
MOST_FACTS, MOST_DEMANDS = 30, 20


@dataclass(frozen=True)
class Fact:
    """What was found at one company: so many cases of one subject, in these days.

    ``inspected``: because of them a special inspection was decided.
    """

    company: str
    name: str
    category: str
    subject: str
    first_day: str
    last_day: str
    inspected: bool
    cases: tuple[int, ...]
    text: str = ""

    @property
    def count(self) -> int:
        """The figure: never other than the cases it counts."""
        return len(self.cases)

    @property
    def period(self) -> Period:
        return Period(date.fromisoformat(self.first_day), date.fromisoformat(self.last_day))


@dataclass(frozen=True)
class Demand:
    """What is to be done, and until when."""

    text: str
    due_on: str

    @property
    def due(self) -> date:
        return date.fromisoformat(self.due_on)


@dataclass(frozen=True)
class Situation:
    """The words of one version; ``note``: what a correction puts right."""

    intro: str
    facts: tuple[Fact, ...]
    good: str
    bad: str
    demands: tuple[Demand, ...]
    note: str = ""

    def kept(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "intro": self.intro,
            "facts": [asdict(one) | {"cases": list(one.cases)} for one in self.facts],
            "good": self.good,
            "bad": self.bad,
            "demands": [asdict(one) for one in self.demands],
            **({"note": self.note} if self.note else {}),
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Situation:
        facts = (Fact(**{**one, "cases": tuple(one["cases"])}) for one in kept["facts"])
        demands = tuple(Demand(**one) for one in kept["demands"])
        said = (kept["intro"], tuple(facts), kept["good"], kept["bad"], demands)
        return cls(*said, kept.get("note", ""))

    def refusal(self, case: Case) -> str:
        """Why a case may not be counted in what is told; empty when it may."""
        return report_refusal(case)

    def problems(
        self, cases: Sequence[Case], *, title: str, on: date, before: Any = None
    ) -> Iterator[str]:
        """Everything that must not stand in it, or is missing from it.

        ``before`` is what the circular said that this one corrects: dates that it set may stand.
        """
        if not self.facts:
            yield _("请选择要通报的情况。")
        if len(self.facts) > MOST_FACTS:
            yield _("一份通报最多列%(n)d项情况。") % {"n": MOST_FACTS}
        if not self.bad.strip():
            yield _("请写明存在的问题。")
        set_before = {one.due for one in before.demands} if before else set()
        yield from self._wrong_demands(on, set_before)
        for label, text, name in self._texts(title):
            if len(text) > LONGEST[name]:
                yield _("“%(label)s”不能超过%(n)d字。") % {"label": label, "n": LONGEST[name]}
            if named := [*naming.patterned(text), *naming.named_in_crowd(text, cases)]:
                words = {"label": label, "what": "、".join(named)}
                yield (_("“%(label)s”中有诉求人的个人信息（%(what)s），请删除或改为某某。") % words)

    def _wrong_demands(self, on: date, set_before: set[date]) -> Iterator[str]:
        if not self.demands:
            yield _("请写明整改要求和期限。")
        if len(self.demands) > MOST_DEMANDS:
            yield _("一份通报最多列%(n)d项要求。") % {"n": MOST_DEMANDS}
        for place, one in enumerate(self.demands, start=1):
            if not one.text.strip():
                yield _("第%(n)d项要求没有内容。") % {"n": place}
            if one.due < on and one.due not in set_before:
                yield _("第%(n)d项要求的期限早于今天。") % {"n": place}

    def _texts(self, title: str) -> Iterator[tuple[str, str, str]]:
        yield _("标题"), title, "title"
        yield _("更正说明"), self.note, "note"
        yield _("通报缘由"), self.intro, "intro"
        for place, one in enumerate(self.facts, start=1):
            yield _("情况%(n)s") % {"n": numeral(place)}, one.text, "text"
        yield _("好的做法"), self.good, "good"
        yield _("存在的问题"), self.bad, "bad"
        for one in self.demands:
            yield _("整改要求"), one.text, "demand"

    def document(self, heads: Heads) -> Document:
        """The circular as an official document (通报)."""
        blocks = [*corrected(self.note, heads), *paragraphs(self.intro)]
        blocks += [Heading(1, "基本情况"), self._table()]
        for one in self.facts:
            blocks += [Heading(2, f"{one.name}（{one.subject}）"), Paragraph(sentence(one))]
            blocks += paragraphs(one.text)
        if self.good.strip():
            blocks += [Heading(1, "好的做法"), *paragraphs(self.good)]
        blocks += [Heading(1, "存在的问题"), *paragraphs(self.bad), Heading(1, "整改要求")]
        blocks += [
            Paragraph(f"{_ended(one.text)}请于{written_date(one.due)}前完成。")
            for one in self.demands
        ]
        return official(blocks, heads)

    def _table(self) -> Table:
        rows = [
            [
                one.name,
                one.subject,
                one.period.text,
                one.count,
                "是" if one.inspected else "否",
            ]
            for one in self.facts
        ]
        columns = ["单位", "反映事项", "统计期", "投诉件数", "列入专项稽查"]
        return Table(columns, rows, title="投诉集中情况")


def sentence(one: Fact) -> str:
    told = f"{one.period.text}，用户反映{one.name}“{one.subject}”问题的投诉{one.count}件"
    return f"{told}，已列入专项稽查。" if one.inspected else f"{told}。"


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith(("。", "！", "；")) else f"{text}。"
