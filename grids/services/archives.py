"""Archives of customers: entering, changing, making sure; each act on the record.

Source: grid standard 5.5.1, 5.5.2 (S2-5.5.1c, S2-5.5.2a).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Refused
from core.locking import held
from grids.models import ArchiveRecord, GovernmentGrid, PowerGrid, TransformerArea
from grids.services import matching
from grids.services.areas import account_index
from grids.services.matching import phone_index

if TYPE_CHECKING:
    from accounts.models import User

PERSONAL = ("account_no", "name", "phone", "address")
TEXTS = (*PERSONAL, "usage")
PLACES = ("transformer_area", "power_grid", "government_grid")
RELATED = ("enterprise", "organisation", "area", "grid__station", "government_grid")


class AtField(Refused):
    """A value that cannot be taken: the field, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def refusal(organisation: Organisation, *, by: User | None) -> str:
    """Why a person may not change archives of a unit; empty: they may."""
    if by is None or works_for(by, Permission.ARCHIVE_FIX, organisation):
        return ""
    return _("客户档案由%(organisation)s或者其上级供电单位维护。") % {"organisation": organisation}


def put(record: ArchiveRecord, values: Mapping[str, str], *, on: date, now: datetime) -> list[str]:
    """Set fields of an archive, unsaved; says which changed. Raises ``AtField``."""
    changed = []
    for name in TEXTS:
        if name in values and (said := values[name].strip()) != getattr(record, name):
            setattr(record, name, said)
            changed.append(name)
    for name in PLACES:
        if name in values:
            place = _place(name, values[name].strip(), record.enterprise, on=on)
            column = matching.PLACES[name]
            if getattr(place, "pk", None) != getattr(record, f"{column}_id"):
                setattr(record, column, place)
                changed.append(name)
    record.account_index = account_index(record.account_no)
    record.phone_index = phone_index(record.phone)
    record.organisation = record.grid.organisation if record.grid else record.enterprise
    record.updated_at = now
    return changed


def _place(name: str, code: str, enterprise: Organisation, *, on: date) -> Any:
    """The row of ours that a code or a name says. Raises ``AtField``."""
    if not code:
        return None
    rows: Any
    if name == "transformer_area":
        rows, word = TransformerArea.objects.filter(enterprise=enterprise), _("没有登记该台区")
    elif name == "power_grid":
        rows = PowerGrid.objects.on(on).filter(enterprise=enterprise).select_related("station")
        word = _("没有登记该电力网格")
    else:
        rows = GovernmentGrid.objects.on(on).filter(keeper=enterprise)
        word = _("没有登记该政府网格")
    found = rows.filter(code=code).first()
    if found is None:
        named = list(rows.filter(name=code)[:2])
        found = named[0] if len(named) == 1 else None
    if found is None:
        raise AtField(name, word)
    return found


@transaction.atomic
def enter(
    enterprise: Organisation,
    number: str,
    values: Mapping[str, str],
    *,
    checked_on: date | None = None,
    by: User | None,
    now: datetime,
) -> ArchiveRecord:
    """Enter an archive, or say the one with this number anew. Raises ``Refused``."""
    if why_not := refusal(enterprise, by=by):
        raise Refused(why_not)
    today = clock.day_of(now)
    # Of two who enter one number at once the second one changes what the first one entered.
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    known = ArchiveRecord.objects.filter(enterprise=enterprise, number=number)
    record = known.select_for_update(of=("self",)).select_related(*RELATED).first()
    new = record is None
    if record is None:
        record = ArchiveRecord(enterprise=enterprise, number=number, created_at=now)
        record.checked_on = checked_on or today
    before = record.account_index
    changed = put(record, values, on=today, now=now)
    record.checked_on = max(record.checked_on, checked_on or record.checked_on)
    record.save()
    _record("archive.enter" if new else "archive.change", record, changed, by=by, now=now)
    matching.again([record], [before, record.account_index], now=now)
    return record


@transaction.atomic
def change(
    record: ArchiveRecord, values: Mapping[str, str], *, by: User, now: datetime
) -> ArchiveRecord:
    """Correct an archive after asking; it counts as made sure today. Raises ``Refused``."""
    record = held(ArchiveRecord.objects, record.pk, *RELATED)
    if why_not := refusal(record.organisation, by=by):
        raise Refused(why_not)
    before = record.account_index
    today = clock.day_of(now)
    changed = put(record, values, on=today, now=now)
    record.checked_on = today
    record.save()
    _record("archive.change", record, changed, by=by, now=now)
    matching.again([record], [before, record.account_index], now=now)
    return record


@transaction.atomic
def confirm(record: ArchiveRecord, *, by: User, now: datetime) -> ArchiveRecord:
    """Say that everything in an archive was looked at and is right. Raises ``Refused``."""
    record = held(ArchiveRecord.objects, record.pk, *RELATED)
    if why_not := refusal(record.organisation, by=by):
        raise Refused(why_not)
    record.checked_on, record.updated_at = clock.day_of(now), now
    record.save(update_fields=["checked_on", "updated_at"])
    _record("archive.confirm", record, [], by=by, now=now)
    return record


def reveal(record: ArchiveRecord, *, purpose: str, by: User, now: datetime) -> dict[str, str]:
    """What is personal in an archive, in full, for a stated purpose. Raises ``Refused``."""
    if why_not := refusal(record.organisation, by=by):
        raise Refused(why_not)
    masking.purpose_given(purpose)
    audit.record(
        "personal.reveal",
        record,
        by=by,
        now=now,
        organisation=record.organisation,
        reason=masking.mask_text(purpose.strip()),
        field="archive",
    )
    return {name: getattr(record, name) for name in PERSONAL}


def _record(
    kind: str, record: ArchiveRecord, changed: list[str], *, by: User | None, now: datetime
) -> None:
    audit.record(
        kind,
        record,
        by=by,
        now=now,
        organisation=record.organisation,
        fields=changed,
    )
