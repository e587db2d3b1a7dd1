"""Which archive of ours a record of the government is about, and in which fields they differ.

Source: grid standard 4.3.1 (S2-4.3.1c).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from core import crypto
from grids.models import ArchiveRecord, SharedRecord, SharingAgreement
from grids.services.areas import account_index
from grids.sharing.moves import Match

PHONE = "archive phone"
RELATED = ("area", "grid", "government_grid")
AT_ONCE = 500
# Fields that are a row of ours, known by code or name.
PLACES = {"transformer_area": "area", "power_grid": "grid", "government_grid": "government_grid"}


def phone_index(text: str) -> str:
    """What equal numbers have in common, however they are written."""
    return crypto.blind_index(re.sub(r"\D", "", text), context=PHONE)


def plain(text: str) -> str:
    """A text without blanks, in one width."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def differences(values: dict[str, str], archive: ArchiveRecord) -> list[str]:
    """Fields that the other side gives and that are not the same with us."""
    return [name for name, said in values.items() if said and not _same(name, said, archive)]


def _same(name: str, said: str, archive: ArchiveRecord) -> bool:
    if name in PLACES:
        place = getattr(archive, PLACES[name])
        return place is not None and plain(said) in (plain(place.code), plain(place.name))
    ours = str(getattr(archive, name))
    if name == "phone":
        return re.sub(r"\D", "", said) == re.sub(r"\D", "", ours)
    if name == "account_no":
        return account_index(said) == account_index(ours)
    return plain(said) == plain(ours)


def match(records: Iterable[SharedRecord], agreement: SharingAgreement, *, now: datetime) -> None:
    """Find the archives of records under one agreement, and write down what differs."""
    whole = list(records)
    for start in range(0, len(whole), AT_ONCE):
        part = whole[start : start + AT_ONCE]
        by_account, by_phone = _candidates(part, agreement)
        for one in part:
            _settle(one, _found(one, by_account, by_phone))
            one.updated_at = now
        SharedRecord.objects.bulk_update(
            part, ["state", "archive", "differences", "updated_at"], batch_size=200
        )


Candidates = dict[str, list[ArchiveRecord]]


def _candidates(
    part: Sequence[SharedRecord], agreement: SharingAgreement
) -> tuple[Candidates, Candidates]:
    ours = ArchiveRecord.objects.filter(enterprise__path__startswith=agreement.company.path)
    ours = ours.select_related(*RELATED).order_by("pk")
    accounts = {one.account_index for one in part if one.account_index}
    phones = {phone_index(one.values.get("phone", "")) for one in part} - {""}
    return (
        _by(ours.filter(account_index__in=accounts), "account_index"),
        _by(ours.filter(phone_index__in=phones), "phone_index"),
    )


def _by(rows: Iterable[ArchiveRecord], name: str) -> Candidates:
    found: Candidates = {}
    for one in rows:
        found.setdefault(getattr(one, name), []).append(one)
    return found


def _found(
    record: SharedRecord, by_account: Candidates, by_phone: Candidates
) -> list[ArchiveRecord]:
    """By the account; where none is given, by the same phone and name."""
    if record.account_index:
        return by_account.get(record.account_index, [])
    name, phone = record.values.get("name", ""), record.values.get("phone", "")
    if not name or not phone:
        return []
    near = by_phone.get(phone_index(phone), [])
    return [one for one in near if plain(one.name) == plain(name)]


def _settle(record: SharedRecord, found: list[ArchiveRecord]) -> None:
    if not found:
        record.state, record.archive, record.differences = Match.UNMATCHED, None, []
        return
    if len(found) > 1:
        # Two archives of one account: which one is meant, nobody can say.
        record.state, record.archive, record.differences = Match.CONFLICT, None, ["account_no"]
        return
    record.archive = found[0]
    differ = [one for one in differences(record.values, found[0]) if one not in record.kept]
    record.state = Match.CONFLICT if differ else Match.MATCHED
    record.differences = differ


def again(archives: Iterable[ArchiveRecord], accounts: Iterable[str], *, now: datetime) -> None:
    """Match anew what was matched with archives, or bears their account numbers: they changed."""
    keys = [one.pk for one in archives]
    rows = SharedRecord.objects.filter(archive__in=keys).values_list("pk", flat=True)
    named = {one for one in accounts if one}
    more = SharedRecord.objects.filter(account_index__in=named).values_list("pk", flat=True)
    found: dict[int, list[SharedRecord]] = {}
    wanted = SharedRecord.objects.filter(pk__in={*rows, *more}).order_by("pk")
    for one in wanted.select_related("agreement__company").select_for_update(of=("self",)):
        found.setdefault(one.agreement_id, []).append(one)
    for some in found.values():
        match(some, some[0].agreement, now=now)
