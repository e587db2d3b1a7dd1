"""Taking in cases: checked against the lists of the day, scanned, and never entered twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, OrganisationName, Region, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import text
from complaints.models import Case, CaseEvent, Term
from complaints.procedure_definition import RECEIVED, Definition
from complaints.procedures import Book, definition_of
from complaints.services import clocks
from complaints.workflow import DONE, Source
from core import audit, clock, crypto, masking
from core.errors import Conflict, Refused

PHONE, ACCOUNT = "case phone", "case account"


class Faulty(Refused):
    """A record with mistakes: what is wrong, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("".join(errors.values()))


@dataclass(frozen=True)
class Record:
    """A case as it is handed in. Lists by code; organisations and regions by code or name."""

    number: str
    received_at: datetime
    channel: str
    nature: str
    industry: str = "power"
    category: str = ""
    organisation: str = ""
    target: str = ""
    region: str = ""
    complainant_name: str = ""
    complainant_phone: str = ""
    anonymous: bool = False
    confidential: bool = False
    address: str = ""
    account_no: str = ""
    feeder: str = ""
    transformer_area: str = ""
    area_type: str = ""
    urgency: str = ""
    content: str = ""
    linked_number: str = ""
    # Where the case was handled elsewhere before it came here.
    accepted: bool | None = None
    state: str = ""
    closed_at: datetime | None = None
    outcome: str = ""
    satisfaction: str = ""

    def digest(self, source: str) -> str:
        """Tells a repeated message from a changed one; says nothing to whoever reads it."""
        values = {
            name: value.astimezone(clock.ZONE).isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }
        plain = json.dumps({"source": source, **values}, ensure_ascii=False, sort_keys=True)
        content = hashlib.sha256(plain.encode()).hexdigest()
        return crypto.blind_index(content, context="case digest")


LIMITS = {"number": 40, "feeder": 60, "transformer_area": 60, "linked_number": 40, "content": 20000}
LISTS = {
    "channel": True,
    "nature": True,
    "industry": True,
    "category": False,
    "target": False,
    "area_type": False,
    "urgency": False,
    "outcome": False,
    "satisfaction": False,
}


class Desk:
    """What taking in many cases reads only once: terms, procedures, places by name."""

    def __init__(self) -> None:
        self.book = Book()
        self._terms: dict[str, list[Term]] = {}
        for term in Term.objects.filter(kind__in=LISTS):
            self._terms.setdefault(term.kind, []).append(term)
        self._organisations: dict[tuple[str, date], Organisation | None] = {}
        self._regions: dict[str, Region | None] = {}

    def knows(self, kind: str, code: str, *, source: str, on: date) -> bool:
        """Whether a code stands in a list on a day, for a source."""
        return any(
            term.code == code
            and term.valid_from <= on
            and (term.valid_until is None or term.valid_until >= on)
            and (not term.sources or source in term.sources)
            for term in self._terms.get(kind, ())
        )

    def organisation(self, words: str, *, on: date) -> Organisation | None:
        """The organisation with this code, or with this name on the day."""
        key = (words, on)
        if key not in self._organisations:
            self._organisations[key] = find_organisation(words, on=on)
        return self._organisations[key]

    def region(self, words: str) -> Region | None:
        """The region with this code or name."""
        if words not in self._regions:
            self._regions[words] = find_region(words)
        return self._regions[words]


def find_organisation(words: str, *, on: date) -> Organisation | None:
    """By code, else by full or short name, also one that it bore on the day."""
    words = words.strip()
    if found := Organisation.objects.filter(code=words).first():
        return found
    for name in ("name", "short_name"):
        named = list(Organisation.objects.in_force().filter(**{name: words})[:2])
        if len(named) == 1:
            return named[0]
    borne = OrganisationName.objects.filter(name=words, valid_from__lte=on).order_by("-valid_from")
    former = borne.select_related("organisation").first()
    return former.organisation if former else None


def find_region(words: str) -> Region | None:
    """By code, else by name; of several with one name none."""
    words = words.strip()
    if found := Region.objects.filter(pk=words).first():
        return found
    for name in ("name", "short_name"):
        named = list(Region.objects.filter(**{name: words})[:2])
        if len(named) == 1:
            return named[0]
    return None


def problems(record: Record, *, source: str, desk: Desk, now: datetime) -> dict[str, str]:
    """Everything that is wrong with a record, by field."""
    on = record.received_at.astimezone(clock.ZONE).date()
    if source not in Source.values:
        return {"source": _("来源不正确。")}
    return {
        **dict(_wrong_lists(record, source, desk, on)),
        **dict(_wrong_places(record, desk, on)),
        **dict(_wrong_values(record, now)),
    }


def _wrong_lists(record: Record, source: str, desk: Desk, on: date) -> Iterator[tuple[str, str]]:
    for kind, required in LISTS.items():
        code = getattr(record, kind)
        if required and not code:
            yield kind, _("请填写%(label)s。") % {"label": Term.Kind(kind).label}
        elif code and not desk.knows(kind, code, source=source, on=on):
            yield (
                kind,
                _("%(label)s“%(code)s”不在当时的目录中。")
                % {
                    "label": Term.Kind(kind).label,
                    "code": code,
                },
            )


def _wrong_places(record: Record, desk: Desk, on: date) -> Iterator[tuple[str, str]]:
    if record.organisation and desk.organisation(record.organisation, on=on) is None:
        yield "organisation", _("找不到被反映单位“%(name)s”。") % {"name": record.organisation}
    if record.region and desk.region(record.region) is None:
        yield "region", _("找不到地区“%(name)s”。") % {"name": record.region}


def _wrong_values(record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    if not record.number.strip():
        yield "number", _("请填写编号。")
    if record.received_at > now:
        yield "received_at", _("受理时间晚于现在。")
    for name, limit in LIMITS.items():
        if len(getattr(record, name)) > limit:
            yield name, _("内容过长（最多%(limit)d个字）。") % {"limit": limit}
    if record.closed_at is not None and not record.received_at <= record.closed_at <= now:
        yield "closed_at", _("办结时间须在受理时间之后，且不晚于现在。")
    if record.state == "closed" and record.closed_at is None:
        yield "closed_at", _("办结的诉求须有办结时间。")
    if record.closed_at is not None and record.state not in DONE:
        yield "closed_at", _("未办结的诉求不能填写办结时间。")


def receive(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
    desk: Desk | None = None,
) -> tuple[Case, bool]:
    """Enter a case; the same again changes nothing. Returns the case and whether it is new.

    ``by=None`` is a machine of the owner, whose right its door has checked. Raises ``Faulty`` with
    all mistakes, ``Conflict`` when the number came with other content before, ``Refused``.
    """
    if by is not None and not works_for(by, Permission.CASE_REGISTER, owner):
        raise Refused(_("您没有在%(owner)s登记诉求的权限。") % {"owner": owner.name})
    digest = record.digest(source)
    if standing := _standing(owner, record, digest):
        return standing, False
    desk = desk or Desk()
    if errors := problems(record, source=source, desk=desk, now=now):
        raise Faulty(errors)
    try:
        with transaction.atomic():
            case = _entered(record, source, owner, digest, desk, by=by, now=now)
    except IntegrityError:
        # Somebody entered the number in between.
        if standing := _standing(owner, record, digest):
            return standing, False
        raise
    return case, True


def _standing(owner: Organisation, record: Record, digest: str) -> Case | None:
    standing = Case.objects.filter(owner=owner, number=record.number.strip()).first()
    if standing is not None and standing.digest != digest:
        raise Conflict(_("编号%(number)s已用于内容不同的诉求。") % {"number": record.number})
    return standing


def _entered(
    record: Record,
    source: str,
    owner: Organisation,
    digest: str,
    desk: Desk,
    *,
    by: User | None,
    now: datetime,
) -> Case:
    case = prepared(record, source=source, owner=owner, digest=digest, desk=desk, by=by, now=now)
    case.save(force_insert=True)
    rules = definition_of(case.procedure)
    if case.state not in DONE:
        clocks.receive(case, rules)
        case.save(update_fields=["due_at"])
    CaseEvent.objects.create(
        case=case, sequence=1, kind=RECEIVED, at=case.received_at, by=by, organisation=owner
    )
    audit.record(
        "case.receive", case, by=by, now=now, organisation=owner, source=source, nature=case.nature
    )
    return case


def prepared(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    digest: str,
    desk: Desk,
    by: User | None,
    now: datetime,
) -> Case:
    """The row of a case, ready to be written. Raises ``Refused`` without a procedure."""
    on = record.received_at.astimezone(clock.ZONE).date()
    organisation = desk.organisation(record.organisation, on=on) if record.organisation else None
    region = desk.region(record.region) if record.region else None
    procedure = desk.book.choose(
        source, record.nature, owner if owner.is_company else organisation, on=on
    )
    rules = definition_of(procedure)
    _check_state(record, rules)
    shown = scanned(record)
    return Case(
        number=record.number.strip(),
        source=source,
        procedure=procedure,
        state=record.state or rules.start,
        owner=owner,
        holder=owner,
        answerable=owner,
        organisation=organisation,
        region_id=region.pk if region else getattr(organisation, "region_id", None),
        accepted=True if rules.accepted and record.accepted is None else record.accepted,
        content=shown,
        content_full=record.content if shown != record.content else "",
        phone_index=crypto.blind_index(record.complainant_phone, context=PHONE),
        account_index=crypto.blind_index(record.account_no, context=ACCOUNT),
        grams=text.grams(record.number, shown, getattr(organisation, "name", "")),
        digest=digest,
        created_at=now,
        created_by=by,
        updated_at=now,
        **{name: getattr(record, name) for name in COPIED},
    )


COPIED = {one.name for one in fields(Record)} - {
    *("number", "state", "organisation", "region", "content", "accepted")
}


def _check_state(record: Record, rules: Definition) -> None:
    if record.state and (record.state not in rules.states or record.state == "merged"):
        raise Faulty({"state": _("状态“%(state)s”不在办理程序中。") % {"state": record.state}})


def scanned(record: Record) -> str:
    """The text without what tells who said it: patterns, and the complainant's own particulars."""
    shown = masking.mask_text(record.content)
    own = {
        "name": record.complainant_name,
        "phone": record.complainant_phone,
        "account_no": record.account_no,
        "address": record.address,
    }
    for kind, value in own.items():
        if len(value.strip()) > 1:
            shown = shown.replace(value.strip(), masking.mask(kind, value))
    return shown


def next_number(owner: Organisation, source: str, *, now: datetime) -> str:
    """A free number for a case that is entered by hand: source, day, and a running number."""
    prefix = f"{source}-{now.astimezone(clock.ZONE):%Y%m%d}-".upper()
    taken = Case.objects.filter(owner=owner, number__startswith=prefix)
    last = taken.order_by("-number").values_list("number", flat=True).first()
    running = int(last.rpartition("-")[2]) + 1 if last and last[-4:].isdigit() else 1
    return f"{prefix}{running:04d}"
