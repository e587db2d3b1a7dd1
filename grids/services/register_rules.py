"""Who may keep a register, and what an entry of it has to be.

Source: the standard on grid integration, chapters 4 to 7. One way for all registers; what differs
is said by the definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import clock, masking
from core.errors import Refused
from core.sheets.definition import Form
from grids.models import GridMember, PowerGrid, Register, RegisterEntry
from grids.registers import definition as definitions
from grids.registers import moves
from grids.registers.definition import GRID, PARENT, STAFF, Definition
from grids.registers.moves import COUNTED, Move, State

LIVING = (State.ASKED, *COUNTED)
# What a hit of the scan is called (S2-6.4.2f).
FOUND: dict[str, Any] = {
    "email": gettext_lazy("邮箱"),
    "id_card": gettext_lazy("身份证号"),
    "bank": gettext_lazy("银行账号"),
    "mobile": gettext_lazy("电话号码"),
    "landline": gettext_lazy("电话号码"),
    "account_no": gettext_lazy("户号"),
    "room": gettext_lazy("住址"),
    "name": gettext_lazy("姓名"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column, and how to put it right."""

    key: str
    message: str
    remedy: str = ""


class Faulty(Refused):
    """An entry with mistakes: all of them, by column."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("".join(f"{one.message}。" for one in self.faults))


@dataclass(frozen=True)
class Place:
    """Where an entry belongs."""

    organisation: Organisation
    grid: PowerGrid | None = None
    parent: RegisterEntry | None = None
    member: GridMember | None = None


# --- Who may --------------------------------------------------------------------------------------


def refusal(definition: Definition, organisation: Organisation, *, by: User | None) -> str:
    """Why a person may not keep a register of a unit; empty: they may. None: the system may."""
    if by is None:
        return ""
    writes = definition.options.writes
    if organisation.is_company:
        if definitions.COMPANY in writes and works_for(by, Permission.REGISTER_WRITE, organisation):
            return ""
        if definitions.KEEPER in writes and works_for(by, Permission.GRID_MANAGE, organisation):
            return ""
    elif definitions.GOVERNMENT in writes and works_for(
        by, Permission.REGISTER_WRITE, organisation
    ):
        return ""
    return _("“%(register)s”不由您维护。") % {"register": definition.title}


def refusal_of(move: Move, entry: RegisterEntry, *, by: User | None) -> str:
    """Why a person may not move an entry so now; empty: they may."""
    if why_not := moves.refusal(move, entry.state):
        return why_not
    if move in (Move.APPROVE, Move.REFUSE):
        return _approval_refusal(entry, by)
    if move is Move.CLOSE and entry.definition.closing is None:
        return _("该台账没有办结事项。")
    if move is Move.REVIEW and not entry.definition.options.review_months:
        return _("该台账不作定期复核。")
    return refusal(entry.definition, entry.organisation, by=by)


def _approval_refusal(entry: RegisterEntry, by: User | None) -> str:
    if by is None or not works_for(by, Permission.REGISTER_APPROVE, entry.organisation):
        return _("由登记单位或者其上级供电单位负责人批准。")
    if by.pk == entry.written_by_id:
        return _("不能批准本人登记的条目。")
    return ""


# --- What an entry has to be ----------------------------------------------------------------------


def place_faults(definition: Definition, entry: RegisterEntry) -> None:
    """Raises ``Faulty`` where an entry does not belong where it is put."""
    asked, faults = definition.options, []
    if asked.where == "grid" and entry.grid is None:
        faults.append(Fault(GRID, _("请选择电力网格")))
    if asked.where == "unit" and entry.grid is not None:
        faults.append(Fault(GRID, _("该台账不按网格登记")))
    if entry.grid is not None and entry.organisation.is_company:
        runs = (entry.grid.enterprise, entry.grid.station)
        if entry.organisation not in runs:
            faults.append(Fault(GRID, _("该网格不由登记单位负责")))
    if asked.of and entry.parent is None and not asked.alone:
        faults.append(Fault(PARENT, _("请选择所属条目")))
    if entry.parent is not None and (
        entry.parent.code not in asked.of or entry.parent.state not in COUNTED
    ):
        faults.append(Fault(PARENT, _("所属条目不在册，或者不属于相应的台账")))
    if asked.member != (entry.member is not None):
        faults.append(Fault(STAFF, _("请选择网格人员")))
    if entry.member is not None and not entry.member.organisation.path.startswith(
        entry.organisation.path
    ):
        faults.append(Fault(STAFF, _("该人员不在登记单位")))
    if faults:
        raise Faulty(faults)


def cleaned(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored. Raises ``Faulty`` with every mistake."""
    result = form.clean([raw])
    faults = [
        Fault(one.key, one.message, one.remedy) for one in result.problems if one.severity == "hard"
    ]
    if faults:
        raise Faulty(faults)
    return dict(result.rows[0])


def outgoing_faults(definition: Definition, values: Mapping[str, Any]) -> list[Fault]:
    """Personal data in texts that go out to people (S2-6.4.2f)."""
    faults = []
    for key in definition.options.outgoing:
        text = str(values.get(key) or "")
        kinds = dict.fromkeys(str(FOUND.get(hit.kind, hit.kind)) for hit in masking.find(text))
        if kinds:
            words = {"label": definition.form.column(key).label, "kinds": "、".join(kinds)}
            faults.append(
                Fault(
                    key,
                    _("“%(label)s”含有%(kinds)s，不得对外发送") % words,
                    _("请删去个人信息；联系方式只写95598、12398等公开号码。"),
                )
            )
    return faults


def identity_of(entry: RegisterEntry, values: Mapping[str, Any], once: Sequence[str]) -> str:
    if not once:
        return ""
    place = f"{entry.grid_id or 0}/{entry.parent_id or 0}/{entry.member_id or 0}"
    return "|".join([place, *(str(values.get(key) or "") for key in once)])[:200]


def cross_faults(entry: RegisterEntry) -> None:
    """Raises ``Faulty`` where other entries leave no room for this one."""
    asked = entry.definition.options
    if entry.identity:
        same = RegisterEntry.objects.filter(
            organisation=entry.organisation, code=entry.code, identity=entry.identity
        ).exclude(state=State.STRUCK)
        if same.exclude(pk=entry.pk).exists():
            raise Faulty([Fault(asked.once[0], _("已有相同的条目"), _("请修改原条目。"))])
    if asked.overlap and entry.starts_at and entry.ends_at:
        taken = RegisterEntry.objects.filter(
            parent=entry.parent,
            code=entry.code,
            state__in=LIVING,
            starts_at__lt=entry.ends_at,
            ends_at__gt=entry.starts_at,
        ).exclude(pk=entry.pk)
        if (other := taken.order_by("starts_at").first()) is not None:
            words = {"start": shown(other.starts_at), "end": shown(other.ends_at)}
            text = _("该时段已被占用：%(start)s至%(end)s") % words
            raise Faulty([Fault(asked.span[0], text, _("请另选时段。"))])
    if asked.draws and entry.parent is not None:
        left = left_of(entry.parent, entry.definition, but=entry.pk)
        if Decimal(str(entry.values.get(asked.draws) or 0)) > left:
            text = _("超过现有数量%(left)s") % {"left": format(left, "f")}
            raise Faulty([Fault(asked.draws, text, _("请核对数量，或者先补充库存。"))])


def left_of(parent: RegisterEntry, definition: Definition, *, but: int | None = None) -> Decimal:
    """What is left of a stock after all that was taken from it."""
    asked = definition.options
    rows = parent.children.filter(code=definition.code, state__in=LIVING).exclude(pk=but)
    taken = sum(
        (Decimal(str(row.get(asked.draws) or 0)) for row in rows.values_list("values", flat=True)),
        Decimal(0),
    )
    return Decimal(str(parent.values.get(asked.draws_from) or 0)) - taken


def hold_stock(entry: RegisterEntry) -> None:
    """Raises ``Faulty`` where a stock would hold less than was taken from it."""
    drawing = Register.objects.filter(entries__parent=entry, entries__state__in=LIVING)
    for one in drawing.distinct():
        asked = one.definition.options
        if asked.draws and left_of(entry, one.definition) < 0:
            raise Faulty([Fault(asked.draws_from, _("少于已经领用的数量"), _("请核对数量。"))])


def local_day(now: datetime) -> date:
    return clock.day_of(now)


def shown(at: datetime | None) -> str:
    return clock.written(at) if at else "—"
