"""What a circular on grave cases says: its words, the check that nobody is named, the print.

Source: campaign plan 二(二)2 (S1-2.2.2h). Persons are masked: no name, telephone, account, address
of a complainant stands in it, and nothing tells a complaint from a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from complaints import naming
from complaints.models import Case
from complaints.workflow import DONE, REPORT
from core.officialdoc import Block, Document, Heading, Paragraph, numeral, to_docx, to_pdf

if TYPE_CHECKING:
    from accounts.models import Organisation

PROVEN = ("substantiated", "partly")
LONGEST = {"title": 120, "intro": 3000, "demands": 3000, "account": 3000, "note": 1000}
MOST_CASES = 20


@dataclass(frozen=True)
class Account:
    """One case as the circular tells it."""

    case: int
    number: str
    company: str
    account: str


@dataclass(frozen=True)
class Content:
    """The words of one version; ``note``: what a correction puts right."""

    intro: str
    demands: str
    cases: Sequence[Account]
    note: str = ""

    def kept(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "intro": self.intro,
            "demands": self.demands,
            "cases": [asdict(one) for one in self.cases],
            **({"note": self.note} if self.note else {}),
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Content:
        cases = tuple(Account(**one) for one in kept["cases"])
        return cls(kept["intro"], kept["demands"], cases, kept.get("note", ""))

    def refusal(self, case: Case) -> str:
        """Why a case may not be told; empty when it may."""
        return case_refusal(case)

    def problems(
        self, cases: Sequence[Case], *, title: str, on: date, before: Any = None
    ) -> Iterator[str]:
        """Everything that must not stand in it, or is missing from it; see ``Situation``."""
        return problems(self, cases, title=title)

    def document(self, heads: Heads) -> Document:
        """The circular as an official document (通报)."""
        return document_of(self, heads)


def case_refusal(case: Case) -> str:
    """Why a case cannot be circulated; empty when it can: only what is proven and done."""
    if why_not := report_refusal(case):
        return why_not
    if case.state not in DONE or case.outcome not in PROVEN:
        return _("诉求%(number)s尚未办结，或者没有认定属实，不能通报。") % {"number": case.number}
    if case.organisation is None:
        return _("诉求%(number)s没有被反映单位，不能通报。") % {"number": case.number}
    return ""


def report_refusal(case: Case) -> str:
    """Whom a report is about must not learn of it, in nobody's words."""
    if case.nature != REPORT:
        return ""
    return _("诉求%(number)s是举报，举报内容不得向被举报单位和社会公开，不能通报。") % {
        "number": case.number
    }


def suggested(case: Case) -> Account:
    """The case in its own (scanned) words, the complainant's name made into 某某."""
    company = case.organisation.name if case.organisation else ""
    return Account(case.pk, case.number, company, naming.without(case.content, case))


def problems(content: Content, cases: Sequence[Case], *, title: str = "") -> Iterator[str]:
    """Everything that must not stand in a circular, or is missing from it."""
    if not content.cases:
        yield _("请选择要通报的案件。")
    if len(content.cases) > MOST_CASES:
        yield _("一份通报最多列%(n)d件案件。") % {"n": MOST_CASES}
    if not content.demands.strip():
        yield _("请写明要求。")
    for label, text, name in _texts(content, title):
        if not text.strip() and name == "account":
            yield _("请填写“%(label)s”。") % {"label": label}
        if len(text) > LONGEST[name]:
            yield _("“%(label)s”不能超过%(n)d字。") % {"label": label, "n": LONGEST[name]}
        yield from persons_in(label, text, cases)


def persons_in(label: str, text: str, cases: Sequence[Case]) -> Iterator[str]:
    """Which particulars of complainants stand in a text."""
    # In a crowd of cases short names and places are words, too.
    search = naming.named if len(cases) <= MOST_CASES else naming.named_in_crowd
    if named := [*naming.patterned(text), *search(text, cases)]:
        words = {"label": label, "what": "、".join(named)}
        yield _("“%(label)s”中有诉求人的个人信息（%(what)s），请删除或改为某某。") % words


def _texts(content: Content, title: str) -> Iterator[tuple[str, str, str]]:
    yield _("标题"), title, "title"
    yield _("更正说明"), content.note, "note"
    yield _("通报缘由"), content.intro, "intro"
    for place, one in enumerate(content.cases, start=1):
        yield _("案例%(n)s") % {"n": numeral(place)}, one.account, "account"
    yield _("要求"), content.demands, "demands"


@dataclass(frozen=True)
class Cited:
    """An issued circular as another one names it."""

    title: str
    number: str

    def __str__(self) -> str:
        return f"《{self.title}》（{self.number}）"


@dataclass(frozen=True)
class Heads:
    """What stands around the words. A draft has no number and is not sealed.

    ``about``: the circular that it corrects or withdraws, then what that one had corrected.
    """

    issuer: str
    title: str
    day: date
    addressee: str
    number: str = ""
    about: tuple[Cited, ...] = ()


def document_of(content: Content, heads: Heads) -> Document:
    """The circular as an official document (通报)."""
    blocks = [*corrected(content.note, heads), *paragraphs(content.intro)]
    blocks.append(Heading(1, "案件情况"))
    for one in content.cases:
        blocks += [Heading(2, one.company), *paragraphs(one.account)]
    blocks += [Heading(1, "有关要求"), *paragraphs(content.demands)]
    return official(blocks, heads)


def official(blocks: list[Block], heads: Heads) -> Document:
    """What every circular looks like around its words."""
    return Document(
        issuer=heads.issuer,
        title=heads.title,
        date=heads.day,
        number=heads.number,
        addressee=heads.addressee,
        blocks=blocks,
        signer=heads.issuer,
        sealed=bool(heads.number),
        printed_by=f"{heads.issuer}办公室",
    )


def corrected(note: str, heads: Heads) -> list[Block]:
    """What a correction says first: which circular it puts right, and what in it."""
    if not heads.about:
        return []
    told = f"更正说明：本通报更正{heads.about[0]}，两者不一致的以本通报为准。"
    return paragraphs(f"{told}{note}")


def paragraphs(text: str) -> list[Block]:
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def render(document: Document) -> dict[str, bytes]:
    """The files: ``docx``, ``pdf``."""
    return {"docx": to_docx(document), "pdf": to_pdf(document)}


def addressed(companies: Sequence[Organisation], on: date) -> str:
    """广东电网公司、肇庆供电局 as the document addresses them."""
    return "、".join(company.name_on(on) for company in companies)
