"""Complaints sent in without an account: who gets them, and the code by which they are followed.

The code is made from the mark of the form (the ticket) with a key, so that the same form sent twice
gives the same case and the same code, and nothing but a keyed hash of the code is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from accounts.territory import national_regulator, rule_for
from complaints.models import Case, CaseAttachment, Submission
from complaints.services import attaching
from complaints.services.records import Record, find_organisation
from complaints.services.registering import register
from complaints.workflow import Audience, Source
from core import catalogue_files, clock, crypto, files
from core.files import Rejected

FILE_PURPOSE = "case-public"
# No letters and digits that look alike in print or over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH, GROUP = 12, 4
_signer = signing.TimestampSigner(salt="complaints.public")


@cache
def settings() -> dict[str, Any]:
    """Limits of the public pages, from ``complaints/catalogue/public.yaml``."""
    path = Path(__file__).resolve().parent.parent / "catalogue" / "public.yaml"
    found: dict[str, Any] = catalogue_files.read(path)
    return found


# --- The mark of a form, and the code made of it -------------------------------------------------


def new_ticket() -> str:
    """A fresh mark for a form."""
    return _signer.sign(secrets.token_urlsafe(16))


def is_valid(ticket: str) -> bool:
    """Whether we made the mark, not too long ago."""
    try:
        _signer.unsign(ticket, max_age=timedelta(hours=settings()["ticket_hours"]))
    except signing.BadSignature:
        return False
    return True


def code_of(ticket: str) -> str:
    """The code that belongs to a form: ABCD-EFGH-JKMN."""
    number = int.from_bytes(salted_hmac("complaints.tracking", ticket, algorithm="sha256").digest())
    signs = []
    for _place in range(CODE_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    code = "".join(signs)
    return "-".join(code[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def hash_of(code: str) -> str:
    """What is kept of a code. Case, width, blanks and hyphens make no difference."""
    return crypto.blind_index(code, context="case tracking")


def _mark(ticket: str) -> str:
    return crypto.blind_index(ticket, context="case ticket")


# --- Sending in ---------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What somebody wrote into the public form."""

    nature: str
    content: str
    region: str
    category: str = ""
    respondent: str = ""
    happened_on: date | None = None
    address: str = ""
    account_no: str = ""
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    confidential: bool = False


@dataclass(frozen=True)
class Taken:
    """A case that was sent in. ``code`` is empty once the time for showing it again is over."""

    case: Case
    code: str


def standing(ticket: str, *, now: datetime) -> Taken | None:
    """What came of this very form, if it was sent before."""
    found = Submission.objects.filter(ticket=_mark(ticket)).select_related("case__owner").first()
    if found is None:
        return None
    fresh = now - found.at < timedelta(minutes=settings()["reshow_minutes"])
    return Taken(found.case, code_of(ticket) if fresh else "")


def submit(said: Said, *, ticket: str, uploads: Sequence[IO[bytes]], now: datetime) -> Taken:
    """Enter the case with the office of the place; the same form again changes nothing.

    Raises ``Faulty`` by field, ``Rejected`` for a file, ``Refused``.
    """
    if before := standing(ticket, now=now):
        return before
    owner = office_for(said.region, on=clock.day_of(now))
    kept = received_files(uploads)
    try:
        with transaction.atomic():
            record = _record(said, now)
            case = register(record, source=Source.WEB, owner=owner, by=None, now=now)
            code = code_of(ticket)
            case.tracking_hash = hash_of(code)
            case.save(update_fields=["tracking_hash"])
            consent = settings()["consent"]
            Submission.objects.create(case=case, ticket=_mark(ticket), consent=consent, at=now)
            attach(case, kept, now=now)
    except IntegrityError:
        # The button was pressed twice: the other press won.
        if other := standing(ticket, now=now):
            return other
        raise
    return Taken(case, code)


def office_for(region_code: str, *, on: date) -> Organisation:
    """Whose territory a place lies in on a day; the national regulator where no rule covers it."""
    rule = rule_for(region_code[:2] + "0000", on=on) if region_code else None
    return rule.regulator if rule is not None else national_regulator()


def _record(said: Said, now: datetime) -> Record:
    """What was written, as cases are taken in: nobody's name where none is to be known."""
    on = clock.day_of(now)
    respondent = find_organisation(said.respondent, on=on) if said.respondent.strip() else None
    if respondent is not None and not respondent.is_company:
        respondent = None
    with translation.override("zh-hans"):
        lines = _facts(said, named=respondent is not None)
    known = not said.anonymous
    return Record(
        number="",
        received_at=now,
        channel=settings()["channel"],
        nature=said.nature,
        industry=settings()["industry"],
        category=said.category,
        organisation=respondent.code if respondent is not None else "",
        region=said.region,
        complainant_name=said.name if known else "",
        complainant_phone=said.phone if known else "",
        anonymous=said.anonymous,
        confidential=said.confidential,
        address=said.address,
        account_no=said.account_no,
        content="\n".join([*lines, said.content]),
    )


def _facts(said: Said, *, named: bool) -> list[str]:
    """Whom and when it was about, where no field of the case holds it."""
    lines = []
    if said.respondent.strip() and not named:
        lines.append(_("反映对象：%(name)s") % {"name": said.respondent.strip()})
    if said.happened_on is not None:
        lines.append(_("发生时间：%(day)s") % {"day": said.happened_on.isoformat()})
    return lines


def provinces() -> list[tuple[str, list[tuple[str, str]]]]:
    """Places to choose from: provinces with their prefectures (few rows)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for region in Region.objects.filter(code__endswith="00").order_by("code"):
        own = region.code == region.province_code
        names.setdefault(region.province_code, region.name)
        label = _("%(name)s（不清楚具体地市）") % {"name": region.name} if own else region.name
        groups.setdefault(region.province_code, []).append((region.code, label))
    return [(names[code], rows) for code, rows in groups.items()]


# --- Files ---------------------------------------------------------------------------------------


def received_files(uploads: Sequence[IO[bytes]]) -> list[files.Received]:
    """Check and lay down what was sent along, before any lock is held. Raises ``Rejected``."""
    most = settings()["most_files"]
    if len(uploads) > most:
        raise Rejected(_("最多可以上传%(most)d个附件。") % {"most": most})
    return [files.receive(upload, purpose=FILE_PURPOSE) for upload in uploads]


def attach(case: Case, kept: Sequence[files.Received], *, now: datetime) -> None:
    """Tie files to a case. What shows the complainant stays with whoever received it."""
    if kept:
        attaching.attach(
            case,
            kept,
            kind=CaseAttachment.Kind.OTHER,
            audiences=[Audience.REGULATOR],
            by=None,
            now=now,
            label=_("诉求人提交的材料"),
        )
