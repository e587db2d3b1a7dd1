"""The ledger of special groups: households with their consent, changed, reviewed, opened, left.

Source: grid standard 5.8 (S2-5.8a); personal information law, articles 28 to 31, 15, 47. What is
done for the households stands in ``special_care``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit, clock, crypto, files, masking
from core.errors import Conflict, Refused
from core.files import Received
from core.locking import held
from grids import special_access as access
from grids import special_terms as terms
from grids.models import (
    GovernmentGrid,
    GridPairing,
    PowerGrid,
    SpecialConsent,
    SpecialEvent,
    SpecialHousehold,
)
from grids.models.special import PERSONAL
from grids.special_workflow import Move

PURPOSE = "consent"
LONGEST = 300
IDENTITY = "grids.special"
RELATED = ("organisation", "grid__station", "grid__enterprise", "government_grid", "written_by")
# How what is personal is masked where it turns up in other words.
KINDS = {
    "name": "name",
    "phone": "phone",
    "address": "address",
    "account_no": "account_no",
    "guardian": "name",
    "guardian_phone": "phone",
    "needs": "needs",
}
SHORTEST_NAME = 2


class Faulty(Refused):
    """What is wrong, by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("".join(self.errors.values()))


@dataclass(frozen=True)
class Particulars:
    """Who lives there."""

    name: str
    address: str
    phone: str = ""
    account_no: str = ""
    guardian: str = ""
    guardian_phone: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Agreed:
    """Who agreed, when, how, to what; with the signed form where there is one."""

    given_by: str
    given_on: date
    form: str
    shared: bool = False
    scan: Received | None = None


@transaction.atomic
def register(
    *,
    kind: str,
    grid: PowerGrid,
    government_grid: GovernmentGrid | None = None,
    person: Particulars,
    agreed: Agreed,
    by: User | None,
    now: datetime,
) -> SpecialHousehold:
    """Enter a household that agreed to it. Raises ``Faulty`` by field."""
    day = clock.day_of(now)
    grid = held(PowerGrid.objects.all(), grid.pk, "station", "enterprise")
    _one_by_one(grid.organisation)
    source, government_grid = _source(grid, government_grid, by=by, on=day)
    errors = errors_of(kind, grid, person, agreed, on=day)
    if source == SpecialHousehold.Source.GOVERNMENT and not agreed.shared:
        errors["shared"] = _("由政府网格登记的，须同意向政府网格共享。")
    if agreed.shared and government_grid is None:
        errors["shared"] = _("没有对接的政府网格，不能共享。")
    identity = _identity(person)
    standing = SpecialHousehold.objects.standing().filter(organisation=grid.organisation)
    if same := standing.filter(identity=identity).first():
        errors["name"] = _("该户已在台账中（%(number)s）。") % {"number": same.number}
        if source == SpecialHousehold.Source.GOVERNMENT:
            # Who did not agree to be shared is not given away by the refusal.
            errors["name"] = _("该户不能由政府网格登记，请联系供电单位。")
    if errors:
        raise Faulty(errors)
    made = SpecialHousehold.objects.create(
        kind=kind,
        organisation=grid.organisation,
        grid=grid,
        government_grid=government_grid,
        source=source,
        **_stripped(person),
        identity=identity,
        shared=agreed.shared,
        review_due_on=day + access.limit("special_review", grid.organisation, on=day),
        written_by=by,
        created_at=now,
        updated_at=now,
    )
    keep_consent(made, agreed, by=by, now=now)
    note(made, Move.REGISTER, by=by, now=now, text=terms.title("kinds", kind))
    return made


def _source(
    grid: PowerGrid, government_grid: GovernmentGrid | None, *, by: User | None, on: date
) -> tuple[str, GovernmentGrid | None]:
    """Who enters the household, and its government grid: the given one, or the only one that is
    paired. Raises ``Refused``, ``Faulty``."""
    paired = GridPairing.objects.on(on).filter(power_grid=grid)
    keys = list(paired.order_by().values_list("government_grid", flat=True))
    if government_grid is None and len(keys) == 1:
        government_grid = GovernmentGrid.objects.get(pk=keys[0])
    if government_grid is not None and government_grid.pk not in keys:
        raise Faulty({"government_grid": _("该政府网格没有与所选电力网格对接。")})
    if by is None or access.keeps(by, grid):
        return SpecialHousehold.Source.COMPANY, government_grid
    if government_grid is not None and access.officer_of(by).filter(pk=government_grid.pk).exists():
        return SpecialHousehold.Source.GOVERNMENT, government_grid
    raise Refused(_("特殊群体台账由所在网格的供电单位或者政府网格登记。"))


def errors_of(
    kind: str, grid: PowerGrid, person: Particulars, agreed: Agreed, *, on: date
) -> dict[str, str]:
    """Everything that is wrong, by field."""
    errors = {}
    known = terms.term("kinds", kind, on=on)
    giver = terms.term("givers", agreed.given_by, on=on)
    if known is None:
        errors["kind"] = _("没有这种类别，或者尚未启用。")
    if not grid.stands_on(on):
        errors["grid"] = _("该网格已经停用。")
    if giver is None:
        errors["given_by"] = _("请选择同意人。")
    elif known is not None and known.guardian and not giver.guardian:
        errors["given_by"] = _("%(kind)s须由监护人同意。") % {"kind": known.title}
    if terms.term("forms", agreed.form, on=on) is None:
        errors["form"] = _("请选择同意方式。")
    if agreed.given_on > on:
        errors["given_on"] = _("同意日期不能晚于今天。")
    needs_guardian = giver is not None and giver.guardian
    return {**errors, **_particulars_errors(person, guardian=needs_guardian)}


def _particulars_errors(person: Particulars, *, guardian: bool) -> dict[str, str]:
    asked = ("name", "address", *(("guardian", "guardian_phone") if guardian else ()))
    return {name: _("必填。") for name in asked if not getattr(person, name).strip()}


def _stripped(person: Particulars) -> dict[str, str | None]:
    return {name: text.strip() or None for name, text in asdict(person).items()}


def _identity(person: Particulars) -> str:
    return crypto.blind_index(f"{person.name}|{person.address}", context=IDENTITY)


def keep_consent(
    household: SpecialHousehold, agreed: Agreed, *, by: User | None, now: datetime
) -> SpecialConsent:
    scan = None
    if agreed.scan is not None:
        scan = files.enter(agreed.scan, by=by, now=now, organisation=household.organisation)
    return SpecialConsent.objects.create(
        household=household,
        given_by=agreed.given_by,
        given_on=agreed.given_on,
        form=agreed.form,
        shared=agreed.shared,
        scan=scan,
        taken_by=by,
        taken_at=now,
    )


def receive(upload: Any) -> Received | None:
    """Check a signed form before anything is written; its own name, which may be that of the
    person, is not kept. Raises ``Rejected``."""
    if not upload:
        return None
    ending = (getattr(upload, "name", "") or "").rpartition(".")[2]
    return files.receive(upload, purpose=PURPOSE, name=f"consent.{ending}")


# --- Changing and reviewing -----------------------------------------------------------------------


@transaction.atomic
def change(
    household: SpecialHousehold,
    *,
    kind: str,
    person: Particulars,
    seen: int | None,
    by: User | None,
    now: datetime,
) -> SpecialHousehold:
    """Say anew who lives there; what is empty in ``person`` stays as it is. Raises ``Faulty``,
    ``Conflict`` where somebody else changed it meanwhile."""
    _one_by_one(household.organisation)
    one = locked(Move.CHANGE, household, by=by)
    if seen is not None and seen != one.version:
        raise Conflict(_("该户的信息刚被他人修改，请重新打开后再改。"))
    _ask_guardian(one, kind, on=clock.day_of(now))
    changed = ["kind"] if kind != one.kind else []
    for name, text in _stripped(person).items():
        if text is not None and text != getattr(one, name):
            setattr(one, name, text)
            changed.append(name)
    one.kind = kind
    one.identity = _identity(Particulars(one.name or "", one.address or ""))
    others = SpecialHousehold.objects.standing().filter(organisation=one.organisation)
    if same := others.filter(identity=one.identity).exclude(pk=one.pk).first():
        raise Faulty({"name": _("该户已在台账中（%(number)s）。") % {"number": same.number}})
    if not changed:
        return one
    one.version += 1
    one.updated_at = now
    one.save()
    labels = "、".join(str(one._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
    note(one, Move.CHANGE, by=by, now=now, text=labels, changed=changed)
    return one


def _ask_guardian(one: SpecialHousehold, kind: str, *, on: date) -> None:
    """Of a kind of minors the consent in force has to be a guardian's. Raises ``Faulty``."""
    known = terms.term("kinds", kind, on=on)
    if known is None:
        raise Faulty({"kind": _("没有这种类别，或者尚未启用。")})
    if kind == one.kind or not known.guardian:
        return
    consent = one.consents.filter(ended_at__isnull=True).first()
    giver = terms.term("givers", consent.given_by, on=on) if consent else None
    if giver is None or not giver.guardian:
        text = _("%(kind)s须由监护人同意，现有同意不是监护人作出的，请退出台账后重新登记。")
        raise Faulty({"kind": text % {"kind": known.title}})


@transaction.atomic
def review(
    household: SpecialHousehold, *, text: str = "", by: User | None, now: datetime
) -> SpecialHousehold:
    """Somebody looked and it is still so; the next time is by the rule. Raises ``Refused``."""
    one = locked(Move.REVIEW, household, by=by)
    day = clock.day_of(now)
    one.reviewed_at = one.updated_at = now
    one.review_due_on = day + access.limit("special_review", one.organisation, on=day)
    one.save(update_fields=["reviewed_at", "updated_at", "review_due_on"])
    note(one, Move.REVIEW, by=by, now=now, text=text)
    return one


# --- Opening --------------------------------------------------------------------------------------


@transaction.atomic
def reveal(
    household: SpecialHousehold, *, purpose: str, words: str, by: User, now: datetime
) -> dict[str, str]:
    """The particulars in full, for a stated purpose that is on the record before anything is
    shown. Raises ``Refused``."""
    one = _opened("particulars", household, purpose=purpose, words=words, by=by, now=now)
    return {name: getattr(one, name) or "" for name in PERSONAL}


@transaction.atomic
def open_scan(
    consent: SpecialConsent, *, purpose: str, words: str, by: User, now: datetime
) -> IO[bytes]:
    """The signed form, on the same terms. Raises ``Refused``."""
    if consent.scan is None:
        raise Refused(_("没有上传同意书。"))
    _opened("consent", consent.household, purpose=purpose, words=words, by=by, now=now)
    return files.open(consent.scan)


def _opened(
    field: str, household: SpecialHousehold, *, purpose: str, words: str, by: User, now: datetime
) -> SpecialHousehold:
    one = held(SpecialHousehold.objects.all(), household.pk, *RELATED)
    if why_not := access.reveal_refusal(one, by=by):
        raise Refused(why_not)
    audit.record(
        "personal.reveal",
        one,
        by=by,
        now=now,
        organisation=one.organisation,
        reason=stated(purpose, words, one, now=now),
        field=field,
        number=one.number,
    )
    return one


def stated(purpose: str, words: str, household: SpecialHousehold | None, *, now: datetime) -> str:
    """A purpose of the catalogue with what was said of it, naming nobody. Raises ``Refused``."""
    known = terms.term("purposes", purpose, on=clock.day_of(now))
    if known is None:
        raise Refused(_("请选择用途。"))
    masking.purpose_given(words)
    return f"{known.title}：{plain(words, household)}"


@transaction.atomic
def note_export(*, count: int, purpose: str, words: str, by: User, now: datetime) -> None:
    """Somebody takes a masked list away, and what for. Raises ``Refused``."""
    reason = stated(purpose, words, None, now=now)
    audit.record("special.export", None, by=by, now=now, reason=reason, count=count)


# --- Common ---------------------------------------------------------------------------------------


def locked(move: Move, household: SpecialHousehold, *, by: User | None) -> SpecialHousehold:
    """The household, held. Raises ``Refused`` where the move may not be made."""
    one = held(SpecialHousehold.objects.all(), household.pk, *RELATED)
    if why_not := access.refusal(move, one, by=by):
        raise Refused(why_not)
    return one


def note(
    one: SpecialHousehold,
    move: Move,
    *,
    by: User | None,
    now: datetime,
    text: str = "",
    **details: Any,
) -> None:
    """What was done, beside the household and in the trail; neither says who lives there."""
    SpecialEvent.objects.create(household=one, move=move, at=now, by=by, text=plain(text, one))
    audit.record(
        f"special.{move.value}",
        one,
        by=by,
        now=now,
        organisation=one.organisation,
        number=one.number,
        **details,
    )


def plain(text: str, household: SpecialHousehold | None) -> str:
    """Words without what tells who somebody is: what looks like it, and the household's own."""
    shown = text.strip()
    for name, kind in KINDS.items() if household is not None else ():
        value = (getattr(household, name) or "").strip()
        if len(value) >= SHORTEST_NAME and value in shown:
            shown = shown.replace(value, masking.mask(kind, value))
    return masking.mask_text(shown)[:LONGEST]


def _one_by_one(unit: Organisation) -> None:
    """Of two who enter the same household in a unit the second one is told."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
