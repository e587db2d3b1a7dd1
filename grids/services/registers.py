"""Every write on registers: entries made, changed, looked at again, approved, ended, taken out.

Source: the standard on grid integration, chapters 4 to 7. One way for all registers; what differs
is said by the definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, files, masking
from core.errors import Conflict, Refused
from core.files import Received
from core.locking import held
from core.sheets.definition import Form
from grids import register_letters as letters
from grids.models import (
    GridMember,
    PowerGrid,
    Register,
    RegisterChange,
    RegisterEntry,
    RegisterFile,
)
from grids.registers import definition as definitions
from grids.registers import moves
from grids.registers.definition import GRID, PARENT, STAFF, Definition
from grids.registers.moves import COUNTED, Move, State

PURPOSE = "register"
LONGEST = 300
RELATED = ("register", "organisation", "grid", "parent__register", "member__user", "written_by")
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


# --- Entering and changing ------------------------------------------------------------------------


@transaction.atomic
def enter(
    *,
    register: Register,
    place: Place,
    values: Mapping[str, Any],
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """Make an entry. Raises ``Refused``, or ``Faulty`` with every mistake."""
    definition = register.definition
    if why_not := refusal(definition, place.organisation, by=by):
        raise Refused(why_not)
    # Whoever enters in the same unit waits: what may be there once is looked up in peace.
    Organisation.objects.select_for_update(of=("self",)).get(pk=place.organisation.pk)
    entry = RegisterEntry(
        register=register,
        code=register.code,
        organisation=place.organisation,
        grid=place.grid,
        parent=_held_parent(place),
        member=place.member,
        state=State.ASKED if definition.options.approval else State.STANDING,
        written_by=by,
        created_at=now,
    )
    _place_faults(definition, entry)
    _say(entry, values, now=now)
    entry.save(force_insert=True)
    _keep_files(entry, received, at_end=False, by=by, now=now)
    changed = [key for key, value in entry.everything.items() if value is not None]
    _record(entry, Move.ENTER, by=by, now=now, changed=changed)
    if entry.state == State.ASKED:
        letters.asked(entry, now=now)
    elif entry.parent is not None and entry.parent.organisation_id != entry.organisation_id:
        letters.entered_by_other(entry, now=now)
    return entry


@transaction.atomic
def change(
    entry: RegisterEntry,
    *,
    values: Mapping[str, Any],
    seen: int | None = None,
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """Say an entry anew; personal columns that are left out stay. ``seen``: the version that was
    looked at. What was approved waits for approval again. Raises ``Refused``, ``Conflict``."""
    entry = _locked(Move.CHANGE, entry, by=by)
    if seen is not None and seen != entry.version:
        raise Conflict(_("该条目刚被他人修改，请刷新后重新填写。"))
    Organisation.objects.select_for_update(of=("self",)).get(pk=entry.organisation_id)
    before = entry.everything
    kept = {
        key: entry.private[key]
        for key in entry.definition.personal
        if entry.private and not values.get(key) and key in entry.private
    }
    _held_parent(Place(entry.organisation, parent=entry.parent))
    _say(entry, {**values, **kept}, now=now)
    _hold_stock(entry)
    after = entry.everything
    changed = [key for key in after if after[key] != before.get(key)]
    if not changed and not received:
        raise Refused(_("内容没有变化。"))
    if entry.definition.options.approval:
        entry.state, entry.review_due_on = State.ASKED, None
    entry.written_by = by
    entry.version += 1
    entry.save()
    _keep_files(entry, received, at_end=False, by=by, now=now)
    _record(entry, Move.CHANGE, by=by, now=now, changed=changed)
    if entry.state == State.ASKED:
        letters.asked(entry, now=now)
    return entry


def _held_parent(place: Place) -> RegisterEntry | None:
    """The parent, held: what is taken from it, and when it is free, is looked up in peace."""
    if place.parent is None:
        return None
    return held(RegisterEntry.objects.all(), place.parent.pk, "register", "organisation")


def _place_faults(definition: Definition, entry: RegisterEntry) -> None:
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


def _say(entry: RegisterEntry, raw: Mapping[str, Any], *, now: datetime) -> None:
    """Let an entry hold some values, checked, and what follows from them. Raises ``Faulty``."""
    definition, today = entry.definition, _day(now)
    values = cleaned(definition.form, raw)
    faults = outgoing_faults(definition, values)
    if faults:
        raise Faulty(faults)
    asked = definition.options
    entry.day = definitions.day_of(values[asked.day]) if values.get(asked.day) else today
    values |= definition.work_out(values, on=entry.day)
    entry.private = {key: values.pop(key) for key in definition.personal if key in values} or None
    entry.values = values
    name = entry.everything.get(definition.name_column)
    personal = definition.name_column in definition.personal
    entry.title = str("" if personal else name or "")[:120] or definition.title
    texts = [str(value) for value in values.values() if isinstance(value, str)]
    entry.words = " ".join([entry.title, *texts])
    entry.series = "" if values.get(asked.pinned) else str(values.get(asked.series) or "")[:120]
    entry.starts_at, entry.ends_at = definition.span_of(values)
    entry.identity = _identity(entry, values, asked.once)
    if entry.state == State.STANDING:
        entry.review_due_on = definition.review_day(values, since=today)
    entry.updated_at = now
    _cross_faults(entry)


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


def _identity(entry: RegisterEntry, values: Mapping[str, Any], once: Sequence[str]) -> str:
    if not once:
        return ""
    place = f"{entry.grid_id or 0}/{entry.parent_id or 0}/{entry.member_id or 0}"
    return "|".join([place, *(str(values.get(key) or "") for key in once)])[:200]


def _cross_faults(entry: RegisterEntry) -> None:
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
            words = {"start": _moment(other.starts_at), "end": _moment(other.ends_at)}
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


def _hold_stock(entry: RegisterEntry) -> None:
    """Raises ``Faulty`` where a stock would hold less than was taken from it."""
    drawing = Register.objects.filter(entries__parent=entry, entries__state__in=LIVING)
    for one in drawing.distinct():
        asked = one.definition.options
        if asked.draws and left_of(entry, one.definition) < 0:
            raise Faulty([Fault(asked.draws_from, _("少于已经领用的数量"), _("请核对数量。"))])


# --- Moves ----------------------------------------------------------------------------------------


@transaction.atomic
def review(
    entry: RegisterEntry, *, note: str = "", by: User | None, now: datetime
) -> RegisterEntry:
    """Say that an entry was looked at again and is still true. Raises ``Refused``."""
    entry = _locked(Move.REVIEW, entry, by=by)
    today = _day(now)
    day = entry.definition.review_day(entry.everything, since=today)
    if day is not None and day <= today:
        raise Refused(_("有效期或者办理期限已过，请先修改或者办结。"))
    entry.review_due_on, entry.reviewed_at, entry.updated_at = day, now, now
    entry.save(update_fields=["review_due_on", "reviewed_at", "updated_at"])
    _record(entry, Move.REVIEW, by=by, now=now, text=note)
    return entry


@transaction.atomic
def approve(
    entry: RegisterEntry, *, note: str = "", by: User | None, now: datetime
) -> RegisterEntry:
    """Agree to what somebody else entered, before it begins. Raises ``Refused``."""
    entry = _locked(Move.APPROVE, entry, by=by)
    if entry.starts_at is not None and entry.starts_at <= now:
        raise Refused(_("开始时间已过，不能补批，请修改时间后重新报批。"))
    entry.state, entry.updated_at = State.STANDING, now
    entry.review_due_on = entry.definition.review_day(entry.everything, since=_day(now))
    entry.save(update_fields=["state", "review_due_on", "updated_at"])
    _record(entry, Move.APPROVE, by=by, now=now, text=note)
    letters.decided(entry, note, now=now)
    return entry


@transaction.atomic
def refuse(entry: RegisterEntry, *, note: str, by: User | None, now: datetime) -> RegisterEntry:
    """Do not agree, with the reason. Raises ``Refused``."""
    entry = _locked(Move.REFUSE, entry, by=by)
    _reason(note)
    entry.state, entry.updated_at = State.REFUSED, now
    entry.save(update_fields=["state", "updated_at"])
    _record(entry, Move.REFUSE, by=by, now=now, text=note)
    letters.decided(entry, note, now=now)
    return entry


@transaction.atomic
def close(
    entry: RegisterEntry,
    *,
    values: Mapping[str, Any],
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """End an entry with what came of it, and its photo where one is asked. Raises ``Refused``."""
    entry = _locked(Move.CLOSE, entry, by=by)
    form = entry.definition.closing
    assert form is not None
    if entry.starts_at is not None and entry.starts_at > now:
        raise Refused(_("尚未开始，不能办结。"))
    entry.ending = cleaned(form, values)
    if entry.definition.closing_photo and not any(one.kind.code in PHOTOS for one in received):
        raise Faulty([Fault("files", _("请上传现场照片"))])
    entry.state, entry.review_due_on, entry.updated_at = State.CLOSED, None, now
    entry.save(update_fields=["ending", "state", "review_due_on", "updated_at"])
    _keep_files(entry, received, at_end=True, by=by, now=now)
    _record(entry, Move.CLOSE, by=by, now=now, changed=list(entry.ending))
    return entry


PHOTOS = ("jpeg", "png")


@transaction.atomic
def strike(entry: RegisterEntry, *, note: str, by: User | None, now: datetime) -> RegisterEntry:
    """Take an entry out of the register, with the reason; it stays to be read. Raises
    ``Refused``."""
    entry = _locked(Move.STRIKE, entry, by=by)
    _reason(note)
    if entry.children.filter(state__in=(State.ASKED, State.STANDING)).exists():
        raise Refused(_("还有在册的下级条目，请先办结或者注销。"))
    entry.state, entry.review_due_on, entry.updated_at = State.STRUCK, None, now
    entry.save(update_fields=["state", "review_due_on", "updated_at"])
    _record(entry, Move.STRIKE, by=by, now=now, text=note)
    return entry


@transaction.atomic
def attach(
    entry: RegisterEntry, *, received: Sequence[Received], by: User | None, now: datetime
) -> RegisterEntry:
    """Add photos or documents. Raises ``Refused``."""
    entry = _locked(Move.ATTACH, entry, by=by)
    if not received:
        raise Refused(_("请选择文件。"))
    _keep_files(entry, received, at_end=False, by=by, now=now)
    _record(entry, Move.ATTACH, by=by, now=now, text="、".join(one.name for one in received))
    return entry


def receive(uploads: Sequence[Any]) -> list[Received]:
    """Check files before anything is written. Raises ``Rejected``."""
    return [files.receive(one, purpose=PURPOSE) for one in uploads]


@transaction.atomic
def reveal(entry: RegisterEntry, *, purpose: str, by: User, now: datetime) -> dict[str, Any]:
    """What is personal in an entry, in full, for a stated purpose, on the record. Raises
    ``Refused``."""
    if refusal(entry.definition, entry.organisation, by=by):
        raise Refused(_("联系信息只供登记单位查看。"))
    masking.purpose_given(purpose)
    audit.record(
        "personal.reveal",
        entry,
        by=by,
        now=now,
        organisation=entry.organisation,
        reason=purpose.strip(),
        field="private",
    )
    return dict(entry.private or {})


@transaction.atomic
def tell_of_stale(*, now: datetime) -> None:
    """Write to the units about entries whose day has passed, once for each such day."""
    waiting = (
        RegisterEntry.objects.stale(on=_day(now))
        .filter(Q(alerted_for__isnull=True) | ~Q(alerted_for=F("review_due_on")))
        .select_related("register", "organisation", "member__user")
        .order_by("code", "organisation", "pk")
    )
    if not waiting.exists():
        return
    rows = list(waiting.select_for_update(of=("self",)))
    for (_code, _unit), found in groupby(rows, key=lambda one: (one.code, one.organisation_id)):
        entries = list(found)
        letters.stale(entries[0].register, entries[0].organisation, entries, now=now)
    keys = [one.pk for one in rows]
    RegisterEntry.objects.filter(pk__in=keys).update(alerted_for=F("review_due_on"))


# --- Common ---------------------------------------------------------------------------------------


def _locked(move: Move, entry: RegisterEntry, *, by: User | None) -> RegisterEntry:
    entry = held(RegisterEntry.objects.all(), entry.pk, *RELATED)
    if why_not := refusal_of(move, entry, by=by):
        raise Refused(why_not)
    return entry


def _keep_files(
    entry: RegisterEntry,
    received: Sequence[Received],
    *,
    at_end: bool,
    by: User | None,
    now: datetime,
) -> None:
    for one in received:
        stored = files.enter(one, by=by, now=now, organisation=entry.organisation)
        RegisterFile.objects.create(entry=entry, file=stored, at_end=at_end, added_at=now)


def _record(
    entry: RegisterEntry,
    move: Move,
    *,
    by: User | None,
    now: datetime,
    text: str = "",
    changed: Sequence[str] = (),
) -> None:
    last = entry.changes.aggregate(n=Max("sequence"))["n"] or 0
    RegisterChange.objects.create(
        entry=entry,
        sequence=last + 1,
        move=move,
        at=now,
        by=by,
        text=masking.mask_text(text.strip())[:LONGEST],
        values={**entry.values, **entry.ending},
        changed=list(changed),
    )
    audit.record(
        f"register.{move.value}",
        entry,
        by=by,
        now=now,
        organisation=entry.organisation,
        number=entry.number,
        changed=list(changed),
    )


def _reason(text: str) -> None:
    if not text.strip():
        raise Refused(_("请写明原因。"))


def _day(now: datetime) -> date:
    return now.astimezone(clock.ZONE).date()


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}" if at else "—"
