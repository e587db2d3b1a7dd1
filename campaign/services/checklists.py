"""Checklists of inspections in further versions: from a day on other items are looked at.

Source: campaign plan 一(一)2 (S1-1.1.2a). Inspections keep the version that they were planned with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Checklist, ChecklistItem, LegalArticle
from core.errors import Refused
from core.versions import Versions

COLUMNS = ("number", "group", "clause", "articles", "content", "method", "sample_size")
BETWEEN, MOST_ITEMS, MOST_SAMPLES = "|", 200, 10_000
LONGEST = {"number": 10, "group": 60, "clause": 20, "content": 200, "method": 200}


def written(checklist: Checklist) -> str:
    """Its items as they are edited: one line each, columns set apart by upright strokes."""
    return "\n".join(_line(one) for one in checklist.items.all())


def _line(item: ChecklistItem) -> str:
    cells = {name: getattr(item, name) for name in COLUMNS}
    cells["articles"] = ",".join(item.articles)
    return f" {BETWEEN} ".join(str(cells[name]) for name in COLUMNS)


def read(text: str, *, on: date) -> list[ChecklistItem]:
    """The items of a text, not stored. Raises ``Refused`` with every line that is wrong."""
    known = set(LegalArticle.objects.in_force(on=on).values_list("code", flat=True))
    lines = [one for one in text.splitlines() if one.strip()]
    if not 0 < len(lines) <= MOST_ITEMS:
        raise Refused(_("检查项目须为1至%(most)d条。") % {"most": MOST_ITEMS})
    found, wrong, numbers = [], [], set()
    for place, line in enumerate(lines, start=1):
        cells = [one.strip() for one in line.split(BETWEEN)]
        if why_not := _refusal(cells, known, numbers):
            wrong.append(_("第%(line)d行：%(reason)s") % {"line": place, "reason": why_not})
            continue
        said: dict[str, Any] = dict(zip(COLUMNS, cells, strict=True))
        numbers.add(said["number"])
        said["articles"] = [one.strip() for one in said["articles"].split(",") if one.strip()]
        said["sample_size"] = int(said["sample_size"])
        found.append(ChecklistItem(order=place, **said))
    if wrong:
        raise Refused("".join(wrong))
    return found


def _refusal(cells: list[str], known: set[str], numbers: set[str]) -> str:
    """What is wrong with a line; empty when it is sound."""
    if len(cells) != len(COLUMNS):
        return _("应当有%(n)d栏，用竖线隔开。") % {"n": len(COLUMNS)}
    said = dict(zip(COLUMNS, cells, strict=True))
    for name, most in LONGEST.items():
        label = ChecklistItem._meta.get_field(name).verbose_name
        if not said[name] or len(said[name]) > most:
            return _("“%(label)s”须为1至%(most)d个字。") % {"label": label, "most": most}
    if said["number"] in numbers:
        return _("序号%(number)s重复。") % {"number": said["number"]}
    codes = [one.strip() for one in said["articles"].split(",") if one.strip()]
    if strange := [one for one in codes if one not in known]:
        return _("没有代码为%(code)s的法律条款，或者届时无效。") % {"code": "、".join(strange)}
    size = said["sample_size"]
    if not (size.isascii() and size.isdigit() and int(size[:9]) <= MOST_SAMPLES):
        return _("抽样数须为0至%(most)d的整数。") % {"most": MOST_SAMPLES}
    return ""


class Checklists(Versions[Checklist]):
    """A version has its items beside it until it is stored (``drafted_items``)."""

    model, event = Checklist, "checklist.revise"
    permission = Permission.RULE_MANAGE
    fields = ("title", "note")
    closes = "valid_to"

    def say(self, made: Any, values: Mapping[str, Any]) -> None:
        super().say(made, values)
        made.drafted_items = read(values["items"], on=made.valid_from)

    def changes(self, base: Any, made: Any) -> dict[str, list[str]]:
        """Of items the lines that went and came."""
        found = super().changes(base, made)
        before = [_line(one) for one in base.items.all()]
        after = [_line(one) for one in made.drafted_items]
        if before != after:
            went = [one for one in before if one not in after]
            came = [one for one in after if one not in before]
            found["items"] = ["\n".join(went), "\n".join(came)]
        return found

    def follow(self, made: Any, *, now: datetime) -> dict[str, Any]:
        for one in made.drafted_items:
            one.checklist = made
        ChecklistItem.objects.bulk_create(made.drafted_items)
        return {}


CHECKLISTS = Checklists()
