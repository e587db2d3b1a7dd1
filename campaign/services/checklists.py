"""Checklists of inspections in further versions: from a day on other items are looked at.

Source: campaign plan 一(一)2 (S1-1.1.2a). Inspections keep the version that they were planned with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Checklist, ChecklistItem, LegalArticle
from core import audit, clock
from core.errors import Conflict, Refused

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("title", "note", "items")
COLUMNS = ("number", "group", "clause", "articles", "content", "method", "sample_size")
BETWEEN, MOST_ITEMS, MOST_SAMPLES = "|", 200, 10_000
LONGEST = {"number": 10, "group": 60, "clause": 20, "content": 200, "method": 200}


def latest(code: str) -> Checklist | None:
    """The last version, in force or to come."""
    return Checklist.objects.filter(code=code).order_by("-valid_from").first()


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


def drafted(base: Checklist, values: Mapping[str, Any], *, valid_from: date) -> Checklist:
    """The further version as it would be, not stored, its items beside it (``drafted_items``).
    Raises ``Refused``."""
    if valid_from <= base.valid_from:
        raise Refused(_("启用日期须晚于最近一版的启用日期（%(day)s）。") % {"day": base.valid_from})
    made = Checklist(
        code=base.code, title=values["title"], note=values["note"], valid_from=valid_from
    )
    made.drafted_items = read(values["items"], on=valid_from)  # type: ignore[attr-defined]
    if not changes(base, made):
        raise Refused(_("与最近一版相同，没有改动。"))
    return made


def changes(base: Checklist, made: Checklist) -> dict[str, list[str]]:
    """What is said otherwise: {field: [before, after]}; of items the lines that went and came."""
    found = {
        name: [getattr(base, name), getattr(made, name)]
        for name in ("title", "note")
        if getattr(base, name) != getattr(made, name)
    }
    before = [_line(one) for one in base.items.all()]
    after = [_line(one) for one in made.drafted_items]  # type: ignore[attr-defined]
    if before != after:
        went = [one for one in before if one not in after]
        came = [one for one in after if one not in before]
        found["items"] = ["\n".join(went), "\n".join(came)]
    return found


@transaction.atomic
def revise(
    *,
    code: str,
    values: Mapping[str, Any],
    valid_from: date,
    reason: str,
    seen: int,
    by: User,
    now: datetime,
) -> Checklist:
    """Let other items be looked at from a day on; the version before ends the day before.

    ``by``: whoever adopted the draft of somebody else. ``seen``: the version that was changed.
    Raises ``Refused`` and ``Conflict``.
    """
    if not by.can(Permission.RULE_MANAGE):
        raise Refused(
            _("规则由具有“%(permission)s”权限的人员维护。")
            % {"permission": Permission.RULE_MANAGE.label}
        )
    base = latest(code)
    if base is None or base.pk != seen:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。"))
    if valid_from <= now.astimezone(clock.ZONE).date():
        raise Refused(_("启用日期须晚于今天；已过的，请退回重拟。"))
    made = drafted(base, values, valid_from=valid_from)
    told = changes(base, made)
    items = made.drafted_items  # type: ignore[attr-defined]
    base.valid_to = valid_from - timedelta(days=1)
    base.save(update_fields=["valid_to"])
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。")) from None
    for one in items:
        one.checklist = made
    ChecklistItem.objects.bulk_create(items)
    words = {"code": code, "valid_from": str(valid_from), "changes": told}
    audit.record("checklist.revise", made, by=by, now=now, reason=reason.strip(), **words)
    return made
