"""Which rules an office may lay down, and what counts on a day: its own sheet, else that for all.

Source: campaign plan 一(一)3, 因地制宜 (S1-1.1.3a).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaign.models import LadderStep, RuleSheet
from campaign.workflow import CampaignState

LADDER = "ladder:"
# Which sources enter the ledger of rectification by themselves: 1 or 0.
AUTOMATIC = "rect_auto_"


@dataclass(frozen=True)
class Rule:
    """One number that an office may set: its key, name, unit and sensible range."""

    key: str
    label: Any
    unit: Any
    minimum: int
    maximum: int


YES = _("1为是，0为否")
RULES = (
    Rule("receive", _("接收期限"), _("工作日"), 1, 60),
    Rule("review", _("审核期限"), _("工作日"), 1, 60),
    Rule("correction", _("退回补正期限"), _("工作日"), 1, 60),
    Rule("extension_days", _("单次延期上限"), _("日"), 1, 400),
    Rule("rect_due_days", _("整改期限（未另行规定时）"), _("日"), 1, 400),
    Rule("rect_extension_days", _("整改延期累计上限"), _("日"), 1, 400),
    Rule("rect_remind_days", _("整改到期前提醒"), _("日"), 1, 60),
    Rule("rect_look_back_days", _("销号后“回头看”"), _("日"), 1, 400),
    Rule("rect_reopen_days", _("销号后再有属实投诉即重新整改"), _("日"), 1, 400),
    Rule("rect_second_close", _("核查和销号须由不同的人办理"), YES, 0, 1),
    Rule(AUTOMATIC + "case", _("属实诉求自动列入整改台账"), YES, 0, 1),
    Rule(AUTOMATIC + "lead", _("采纳的未公告停电线索自动列入整改台账"), YES, 0, 1),
    Rule(AUTOMATIC + "finding", _("采纳的其他问题线索自动列入整改台账"), YES, 0, 1),
    Rule(AUTOMATIC + "circular_cases", _("案件通报印发后自动列入整改台账"), YES, 0, 1),
    Rule(AUTOMATIC + "circular_situation", _("情况通报印发后自动列入整改台账"), YES, 0, 1),
    Rule(AUTOMATIC + "improvement", _("指标改进任务自动列入整改台账"), YES, 0, 1),
)


def steps() -> list[LadderStep]:
    """The rungs of the running campaigns and drafts, each code once, in order of their days."""
    running = LadderStep.objects.exclude(campaign__state=CampaignState.CLOSED)
    found = {step.code: step for step in running.order_by("-campaign")}
    return sorted(found.values(), key=lambda step: (step.offset, step.code))


def keys() -> set[str]:
    """What an office may lay down."""
    return {rule.key for rule in RULES} | {LADDER + step.code for step in steps()}


class Book:
    """The sheets of some offices (or of every one) and those for all, read once, to be asked for
    any day."""

    def __init__(self, offices: Iterable[int] | None = None) -> None:
        sheets = RuleSheet.objects.all()
        if offices is not None:
            sheets = sheets.filter(Q(organisation__in=set(offices)) | Q(organisation__isnull=True))
        self._sheets: dict[int | None, list[RuleSheet]] = {}
        for sheet in sheets.select_related("organisation").order_by("-valid_from"):
            self._sheets.setdefault(sheet.organisation_id, []).append(sheet)

    def sheet(self, key: str, office: int | None, *, on: date) -> RuleSheet | None:
        """The sheet whose word about a key counts for an office on a day."""
        for holder in (office, None):
            # A sheet takes the place of the one before it as a whole.
            standing = next((s for s in self._sheets.get(holder, ()) if s.valid_from <= on), None)
            if standing and key in standing.values:
                return standing
        return None

    def value(self, key: str, office: int | None, *, on: date) -> int | None:
        """The number that counts; None where nobody laid one down."""
        sheet = self.sheet(key, office, on=on)
        return sheet.values[key] if sheet else None

    def step(self, step: LadderStep, office: int | None, *, on: date) -> LadderStep:
        """A rung as it counts for an office: itself, or the same on another day.

        ``on`` is the day of the deadline that it belongs to.
        """
        offset = self.value(LADDER + step.code, office, on=on)
        if offset is None or offset == step.offset:
            return step
        moved = copy(step)
        moved.offset, moved.text = offset, wording(step, offset)
        return moved

    def earliest_offset(self) -> int:
        """The lowest rung that any sheet lays down."""
        offsets = [
            value
            for sheets in self._sheets.values()
            for sheet in sheets
            for key, value in sheet.values.items()
            if key.startswith(LADDER)
        ]
        return min(offsets, default=0)


def wording(step: LadderStep, offset: int) -> str:
    """What a letter says of a rung that was moved."""
    if offset <= 0:
        return _t("距截止日还有%(days)d个工作日") % {"days": -offset}
    if step.audience == LadderStep.Audience.LEADER:
        return _t("已逾期%(days)d个工作日，请督促落实") % {"days": offset}
    return _t("已逾期%(days)d个工作日") % {"days": offset}


def source_of(sheet: RuleSheet) -> str:
    """A sheet as the source of a deadline."""
    return _t("%(office)s监管细则（%(number)s，%(day)s起执行）") % {
        "office": sheet.organisation.name if sheet.organisation else "",
        "number": sheet.document_number,
        "day": sheet.valid_from.isoformat(),
    }


def everything() -> Book:
    """The sheets of all offices."""
    return Book()


def sheet(key: str, office: Organisation | None, *, on: date) -> RuleSheet | None:
    """The same for one office and one question."""
    pk = office.pk if office else None
    return Book([pk] if pk else []).sheet(key, pk, on=on)
