"""What each act asks of whoever does it, and how an answer is checked. Pages build forms of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from complaints.models import Term
from complaints.workflow import Act
from core import masking
from core.errors import Refused

LONGEST_TEXT, LONGEST_WORD = 4000, 60
# What a person finds when they look into a matter; the other outcomes follow from acts.
FINDINGS = ("substantiated", "partly", "unsubstantiated")


@dataclass(frozen=True)
class Ask:
    """One question of an act.

    ``kind``: text, word, term, terms (several), organisation, bool, date, number (from 1), count
    (from 0), moment or clock.
    """

    name: str
    kind: str
    label: Any
    required: bool = True
    term: str = ""
    codes: tuple[str, ...] = ()
    most: int = 0  # signs, or the largest count; 0 is what the kind allows
    help: Any = ""

    @property
    def limit(self) -> int:
        """So many signs a text or word may have; more is refused, never cut off."""
        return self.most or (LONGEST_TEXT if self.kind == "text" else LONGEST_WORD)


TEXT = Ask("text", "text", _("说明"))
NOTE = Ask("text", "text", _("说明"), required=False)
SHORT_NOTE = Ask("text", "text", _("说明"), required=False, most=300)
DOCUMENT = Ask("document_number", "word", _("批准文号"))
TO = Ask("organisation", "organisation", _("承办单位"))
CLOCK = Ask("clock", "clock", _("时限"))
SAFETY = Ask("safety", "terms", _("已落实的安全措施"), required=False, term="safety")

HOUSEHOLDS = Ask(
    "households",
    "count",
    _("停电户数"),
    required=False,
    most=9_999_999,
    help=_("受停电影响的居民户数；没有停电的填0，不清楚的不填。"),
)
INTERRUPTED = Ask(
    "interrupted_at",
    "moment",
    _("停电开始时间"),
    required=False,
    help=_("不填的从报修时间起算。"),
)

ASKS: dict[Act, tuple[Ask, ...]] = {
    Act.ACCEPT: (NOTE,),
    Act.REFUSE: (Ask("ground", "term", _("不予受理理由"), term="refusal_ground"), TEXT),
    Act.PASS_ON: (Ask("text", "text", _("移送去向和说明")),),
    Act.DISPATCH: (TO, NOTE),
    Act.TRANSFER: (TO, NOTE),
    Act.TAKE: (NOTE,),
    Act.CONTACT: (NOTE,),
    Act.ARRIVE: (NOTE,),
    Act.RESTORE: (SAFETY, HOUSEHOLDS, INTERRUPTED, NOTE),
    Act.REPLY: (Ask("text", "text", _("答复内容")),),
    Act.REWORK: (Ask("text", "text", _("退回原因")),),
    Act.RETURN_SLIP: (Ask("reason", "term", _("退单原因"), term="return_reason"), TEXT),
    Act.ARBITRATE: (TO, Ask("text", "text", _("裁定理由"))),
    Act.VERIFY: (
        Ask("outcome", "term", _("办理结论"), term="outcome", codes=FINDINGS),
        Ask("text", "text", _("核实情况")),
    ),
    Act.INFORM: (Ask("text", "text", _("告知内容")),),
    Act.VISIT: (
        Ask("reached", "bool", _("已联系上"), required=False),
        Ask("satisfaction", "term", _("满意度"), required=False, term="satisfaction"),
        NOTE,
    ),
    Act.CLOSE: (NOTE,),
    Act.REOPEN: (Ask("text", "text", _("重新办理原因")),),
    Act.APPEAL: (Ask("text", "text", _("申诉内容")),),
    Act.WITHDRAW: (Ask("text", "text", _("撤诉说明")),),
    Act.URGE: (NOTE,),
    Act.SUPERVISE: (
        Ask("due_on", "date", _("反馈期限")),
        Ask("text", "text", _("督办要求"), most=500),
        Ask("document_number", "word", _("督办文号"), required=False),
    ),
    Act.ANSWER_SUPERVISION: (Ask("text", "text", _("反馈内容")),),
    Act.PAUSE: (
        CLOCK,
        Ask("reason", "term", _("暂停原因"), term="pause_reason"),
        SHORT_NOTE,
        Ask("document_number", "word", _("批准文号"), required=False),
    ),
    Act.RESUME: (CLOCK, NOTE),
    Act.EXTEND: (
        CLOCK,
        Ask("value", "number", _("延长天数")),
        Ask("ground", "term", _("延期理由"), term="extension_ground"),
        DOCUMENT,
        SHORT_NOTE,
    ),
    Act.ARCHIVE: (NOTE,),
}


def checked(act: Act, answers: Mapping[str, Any], *, nature: str, on: date) -> dict[str, Any]:
    """The answers to an act, complete and of the right kind; missing optional ones are empty.

    Raises ``Refused`` with everything that is missing or wrong.
    """
    asks = ASKS[act]
    if unknown := sorted(set(answers) - {ask.name for ask in asks}):
        raise Refused(_t("不需要填写：%(fields)s。") % {"fields": "、".join(unknown)})
    found = {ask.name: _tidied(answers.get(ask.name)) for ask in asks}
    problems = [why for ask in asks for why in _wrong(ask, found[ask.name], nature, on)]
    if problems:
        raise Refused("".join(problems))
    return {name: "" if value is None else value for name, value in found.items()}


def choices(ask: Ask, *, nature: str, on: date) -> list[Term]:
    """The terms that may answer a question about a case of some nature."""
    terms = Term.objects.of(ask.term).on(on)
    return [
        term
        for term in terms
        if (not term.natures or nature in term.natures)
        and (not ask.codes or term.code in ask.codes)
    ]


def _tidied(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _wrong(ask: Ask, value: Any, nature: str, on: date) -> Iterator[str]:
    label = {"label": ask.label}
    if value is None or value == "":
        if ask.required:
            yield _t("请填写%(label)s。") % label
        return
    if ask.kind == "term" and value not in [t.code for t in choices(ask, nature=nature, on=on)]:
        yield _t("%(label)s不在目录中。") % label
    if ask.kind == "terms" and not _known(ask, value, nature, on):
        yield _t("%(label)s不在目录中。") % label
    if ask.kind == "organisation" and not isinstance(value, Organisation):
        yield _t("%(label)s不存在。") % label
    if ask.kind in ("text", "word"):
        yield from _wrong_words(ask, value)
    yield from _wrong_amount(ask, value, label)


def _wrong_amount(ask: Ask, value: Any, label: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a number or a time."""
    if ask.kind == "number" and not (_whole(value) and 0 < value < 1000):
        yield _t("%(label)s须为正整数。") % label
    if ask.kind == "count" and not (_whole(value) and 0 <= value <= ask.most):
        yield _t("%(label)s须为0到%(most)d的整数。") % {**label, "most": ask.most}
    if ask.kind == "moment" and not (isinstance(value, datetime) and value.tzinfo):
        yield _t("%(label)s不是有效时间。") % label
    if ask.kind == "date" and not isinstance(value, date):
        yield _t("%(label)s不是有效日期。") % label


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong_words(ask: Ask, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or len(value) > ask.limit:
        yield _t("%(label)s不能超过%(limit)d个字。") % {"label": ask.label, "limit": ask.limit}
    elif ask.kind == "word" and masking.find(value):
        # A word (the number of a document) is kept and printed as it stands.
        yield _t("%(label)s中有电话、证件号等个人信息，请删除。") % {"label": ask.label}


def _known(ask: Ask, value: Any, nature: str, on: date) -> bool:
    """Whether an answer is a list of codes, each of which stands in the list of the day."""
    codes = {term.code for term in choices(ask, nature=nature, on=on)}
    return isinstance(value, list | tuple) and all(one in codes for one in value)
