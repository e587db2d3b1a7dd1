"""Rows of what was carried out: one by one on the page, or all at once from a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, masking
from core.errors import Conflict, Refused
from reporting.models import Activation, ExecutionRow, Measure
from reporting.ordered.executing import energy_kwh
from reporting.services.activations import lock
from reporting.workflow import activation as workflow

if TYPE_CHECKING:
    from accounts.models import User

# Rows of one event, and how many are written at a time.
MOST, BATCH = 20_000, 1_000
FIELDS = ("user_no", "user_name", "line_code", "measure", "means", "ordered_kw", "executed_kw")
FIELDS += ("from_at", "to_at", "feeder_cut", "resident_lines", "households")


def _made(
    activation: Activation, number: int, values: Mapping[str, Any], *, now: datetime
) -> ExecutionRow:
    """A row with these values. Raises ``Refused``, naming the row."""
    row = ExecutionRow(
        activation=activation, number=number, **{name: values[name] for name in FIELDS}
    )
    row.user_name = masking.mask_text(row.user_name)
    if why_not := _wrong(row, now):
        raise Refused(_("第%(number)d条：%(why)s") % {"number": number, "why": why_not})
    row.energy_kwh = energy_kwh(row.executed_kw, row.from_at, row.to_at)
    return row


def _wrong(row: ExecutionRow, now: datetime) -> str:
    if not (row.user_no or row.line_code):
        return _("户号和线路编号至少填一项。")
    if row.to_at <= row.from_at:
        return _("结束时间须晚于开始时间。")
    if row.to_at > now:
        return _("结束时间不能晚于现在，执行完毕再登记。")
    if row.ordered_kw < 0 or row.executed_kw < 0:
        return _("负荷不能是负数。")
    if row.measure == Measure.CUT and not row.feeder_cut:
        return _("措施为拉闸的，“拉闸”须填是。")
    if row.feeder_cut and not row.line_code:
        return _("拉闸的须填线路编号。")
    if row.households and not row.resident_lines and row.feeder_cut:
        return _("影响居民户的拉闸，须填涉及居民线路条次。")
    return ""


def _touch(activation: Activation, name: str, *, by: User, now: datetime, **details: Any) -> None:
    """Count a saving and remember whose it was."""
    activation.revision += 1
    if by.pk not in activation.editors:
        activation.editors = [*activation.editors, by.pk]
    activation.save(update_fields=["revision", "editors"])
    audit.record(
        f"activation.{name}",
        activation,
        by=by,
        now=now,
        organisation=activation.organisation,
        **details,
    )


@transaction.atomic
def add(
    activation: Activation, *, values: Mapping[str, Any], by: User, now: datetime
) -> ExecutionRow:
    """One more row. Raises ``Refused``."""
    found = lock(activation, workflow.ENTER, by=by)
    last = found.rows.order_by("-number").values_list("number", flat=True).first() or 0
    if last >= MOST:
        raise Refused(_("行数超过上限%(limit)d行。") % {"limit": MOST})
    row = _made(found, last + 1, values, now=now)
    if same := _same(row):
        return same
    row.save()
    _touch(found, "add_row", by=by, now=now, number=row.number)
    return row


def _same(row: ExecutionRow) -> ExecutionRow | None:
    """The very same row entered before: a double click, a reload, the back button."""
    alike = {name: getattr(row, name) for name in FIELDS}
    return ExecutionRow.objects.filter(activation=row.activation, **alike).first()


@transaction.atomic
def change(row: ExecutionRow, *, values: Mapping[str, Any], by: User, now: datetime) -> None:
    """Other values in place of a row's. Raises ``Refused``."""
    found = lock(row.activation, workflow.ENTER, by=by)
    standing = found.rows.filter(pk=row.pk)
    if not standing.exists():
        raise Conflict(_("该行已不存在，请刷新页面。"))
    made = _made(found, row.number, values, now=now)
    standing.update(**{name: getattr(made, name) for name in FIELDS}, energy_kwh=made.energy_kwh)
    _touch(found, "change_row", by=by, now=now, number=row.number)


@transaction.atomic
def remove(row: ExecutionRow, *, by: User, now: datetime) -> None:
    """Take a row out. Raises ``Refused``."""
    found = lock(row.activation, workflow.ENTER, by=by)
    if found.rows.filter(pk=row.pk).delete()[0]:
        _touch(found, "remove_row", by=by, now=now, number=row.number)


@transaction.atomic
def replace(
    activation: Activation,
    *,
    rows: Sequence[Mapping[str, Any]],
    seen: int,
    by: User,
    now: datetime,
) -> int:
    """All rows of a workbook in place of those that stand; none where one is wrong.

    ``seen`` is the saving that the person was shown. Raises ``Refused``, ``Conflict``.
    """
    found = lock(activation, workflow.ENTER, by=by)
    if seen != found.revision:
        raise Conflict(_("执行记录刚被他人改动，请刷新页面，核对后再导入。"))
    if len(rows) > MOST:
        raise Refused(_("行数超过上限%(limit)d行。") % {"limit": MOST})
    made = [_made(found, place, taken(row), now=now) for place, row in enumerate(rows, start=1)]
    found.rows.all().delete()
    ExecutionRow.objects.bulk_create(made, batch_size=BATCH)
    _touch(found, "import_rows", by=by, now=now, rows=len(made))
    return len(made)


def taken(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the workbook as values of a row of the table."""
    return {
        "user_no": row.get("user_no") or "",
        "user_name": row.get("user_name") or "",
        "line_code": row.get("line_code") or "",
        "measure": row["measure"],
        "means": row["means"],
        "ordered_kw": Decimal(str(row["ordered_kw"])),
        "executed_kw": Decimal(str(row["executed_kw"])),
        "from_at": datetime.fromisoformat(row["from_at"]),
        "to_at": datetime.fromisoformat(row["to_at"]),
        "feeder_cut": bool(row["feeder_cut"]),
        "resident_lines": int(row.get("resident_lines") or 0),
        "households": int(row.get("households") or 0),
    }
