"""Exchanges: records come in by file or through the API; each is logged. Out: ``providing``.

Source: grid standard 4.3.1, 5.5.1 (S2-4.3.1a, S2-4.3.1c, S2-5.5.1a).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, crypto, masking
from core.errors import Conflict, Refused
from core.locking import held
from core.sheets import Problem
from core.sheets.definition import Column, Form
from core.sheets.reader import Read, file_problem
from grids.models import Exchange, ExchangeJob, SharedRecord, SharingAgreement
from grids.services import matching
from grids.services.areas import account_index
from grids.services.sharing import AS_OF, NUMBER, RELATED, exchange_refusal
from grids.sharing import fields as catalogue
from grids.sharing.moves import Match

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

MOST_ROWS = 5000
In, Out_ = ExchangeJob.Direction.IN, ExchangeJob.Direction.OUT


@dataclass(frozen=True)
class Item:
    """One record of the other side."""

    number: str
    as_of: date
    values: dict[str, str]

    @property
    def digest(self) -> str:
        # What is empty says nothing: a file has a cell for it, the API leaves it out.
        said = {name: value for name, value in self.values.items() if value}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return crypto.blind_index(hashlib.sha256(text.encode()).hexdigest(), context="shared")


@dataclass
class Tally:
    """What became of records."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    records: list[SharedRecord] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of a file."""

    exchange: Exchange | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


# --- Records --------------------------------------------------------------------------------------


def _received(agreement: SharingAgreement, item: Item, tally: Tally, *, now: datetime) -> None:
    """Write one record down. Newer content takes the place of older; other content of the same
    day, or of an earlier one, is a contradiction. Raises ``Conflict``, ``Refused``."""
    if item.as_of > clock.day_of(now):
        raise Refused(_("数据日期晚于今天。"))
    known = SharedRecord.objects.filter(agreement=agreement, number=item.number)
    record = known.first()
    if record is not None and record.digest == item.digest:
        if item.as_of > record.as_of:
            # It still holds on a later day: what is older than that is out of date.
            record.as_of = item.as_of
            record.save(update_fields=["as_of"])
        tally.unchanged += 1
        tally.records.append(record)
        return
    if record is not None and item.as_of <= record.as_of:
        text = _("编号%(number)s已有%(day)s的数据，内容不同；内容有变化的须带更晚的数据日期。")
        raise Conflict(text % {"number": item.number, "day": record.as_of})
    if record is None:
        record = SharedRecord(agreement=agreement, number=item.number, received_at=now)
        tally.created += 1
    else:
        tally.changed += 1
    record.as_of, record.values, record.digest = item.as_of, item.values, item.digest
    record.account_index = account_index(item.values.get("account_no", ""))
    # What a person said held for the content of that day.
    record.kept, record.settled_by, record.settled_at, record.note = [], None, None, ""
    record.state, record.differences, record.updated_at = Match.UNMATCHED, [], now
    record.save()
    tally.records.append(record)


@transaction.atomic
def receive(
    agreement: SharingAgreement, item: Item, *, client: ApiClient, now: datetime
) -> tuple[SharedRecord, str]:
    """One record through the API: it, and whether it is ``created``, ``changed`` or ``unchanged``.

    Raises ``Refused``, ``Conflict``.
    """
    agreement = held(SharingAgreement.objects, agreement.pk, *RELATED)
    today = clock.day_of(now)
    if client.organisation_id != agreement.government_id:
        raise Refused(_("档案由%(unit)s报送。") % {"unit": agreement.government})
    if why_not := exchange_refusal(agreement, In, item.values, on=today):
        raise Refused(why_not)
    tally = Tally()
    _received(agreement, item, tally, now=now)
    matching.match(tally.records, agreement, now=now)
    log(
        agreement,
        direction=In,
        way=Exchange.Way.API,
        client=client.key_id,
        rows=1,
        fields=list(item.values),
        digest=hashlib.sha256(item.digest.encode()).hexdigest(),
        tally=tally,
        now=now,
    )
    result = next(name for name in ("created", "changed", "unchanged") if getattr(tally, name))
    return tally.records[0], result


def log(
    agreement: SharingAgreement,
    *,
    tally: Tally | None = None,
    job: ExchangeJob | None = None,
    by: User | None = None,
    now: datetime,
    **facts: Any,
) -> Exchange:
    """Write an exchange down, and into the audit trail."""
    counts = {name: getattr(tally, name, 0) for name in ("created", "changed", "unchanged")}
    made = Exchange.objects.create(agreement=agreement, job=job, by=by, at=now, **facts, **counts)
    audit.record(
        "sharing.receive" if made.direction == In else "sharing.provide",
        made,
        by=by,
        now=now,
        organisation=agreement.company,
        reason=agreement.purpose,
        agreement=agreement.number,
        way=made.way,
        rows=made.rows,
        fields=made.fields,
        what=catalogue.titles(one for one in made.fields if one not in (NUMBER, AS_OF)),
        digest=made.digest,
    )
    if job is not None:
        ExchangeJob.objects.filter(pk=job.pk).update(last_run_at=now)
    return made


# --- Files in -------------------------------------------------------------------------------------


def form_of(job: ExchangeJob) -> Form:
    """The file of a job: the other side's columns, our fields."""
    known = catalogue.known()
    columns = []
    for pair in job.pairs:
        ours, theirs = pair["ours"], pair["theirs"]
        if ours == NUMBER:
            columns.append(Column(key=ours, label=theirs, required=True, max_length=40))
        elif ours == AS_OF:
            columns.append(Column(key=ours, label=theirs, type="date", required=True))
        else:
            one = known[ours]
            columns.append(
                Column(
                    key=ours,
                    label=theirs,
                    max_length=one.max_length,
                    personal=one.personal,
                    help=_("对应“%(field)s”") % {"field": one.label},
                )
            )
    return Form(
        code=f"exchange-{job.pk}",
        title=job.title,
        version=1,
        columns=tuple(columns),
        sheet=_("数据"),
        max_rows=MOST_ROWS,
        key=(NUMBER,),
    )


def job_refusal(job: ExchangeJob, *, by: User, on: date) -> str:
    """Why a person may not run a job on a day; empty when they may."""
    agreement = job.agreement
    if not works_for(by, Permission.SHARING_MANAGE, agreement.company):
        return _("数据由%(company)s交换。") % {"company": agreement.company}
    fields = [pair["ours"] for pair in job.pairs]
    return exchange_refusal(agreement, job.direction, fields, on=on)


def take_file(
    job: ExchangeJob, upload: IO[bytes], *, name: str, by: User, now: datetime
) -> Outcome:
    """Take a file in: all of it or nothing, errors by cell. Raises ``Refused``."""
    today = clock.day_of(now)
    if job.direction != In:
        raise Refused(_("该作业是提供数据的，不接收文件。"))
    if why_not := job_refusal(job, by=by, on=today):
        raise Refused(why_not)
    form = form_of(job)
    digest = _digest(upload)
    read = form.read(upload, name=name)
    outcome = Outcome(problems=[_hidden(form, one) for one in read.problems])
    outcome.problems = [one for one in outcome.problems if one.severity == "hard"]
    if not read.rows and not outcome.problems:
        told = file_problem("min_rows", _("文件里没有数据"), _("请从表头下一行起填写。"))
        outcome.problems.append(told)
    if outcome.problems:
        return outcome
    try:
        with transaction.atomic():
            agreement = held(SharingAgreement.objects, job.agreement_id, *RELATED)
            # It may have ended while the file was read.
            if why_not := exchange_refusal(agreement, In, form.by_key, on=today):
                raise Refused(why_not)
            tally = Tally()
            for index, row in enumerate(read.rows):
                _take_row(outcome, form, read, index, row, agreement, tally, now=now)
            if outcome.problems:
                raise _Undone
            matching.match(tally.records, agreement, now=now)
            outcome.exchange = log(
                agreement,
                direction=In,
                way=Exchange.Way.FILE,
                job=job,
                by=by,
                rows=len(read.rows),
                fields=[pair["ours"] for pair in job.pairs],
                name=masking.mask_text(name)[:150],
                digest=digest,
                tally=tally,
                now=now,
            )
    except _Undone:
        outcome.exchange = None
    return outcome


def _digest(upload: IO[bytes]) -> str:
    found = hashlib.sha256()
    upload.seek(0)
    while piece := upload.read(64 * 1024):
        found.update(piece)
    upload.seek(0)
    return found.hexdigest()


def _hidden(form: Form, problem: Problem) -> Problem:
    """Nobody's name or number stands in a list of errors."""
    column = form.by_key.get(problem.key)
    if column is None or not column.personal or not problem.value:
        return problem
    return replace(problem, value=masking.mask(column.personal, problem.value))


def _take_row(
    outcome: Outcome,
    form: Form,
    read: Read,
    index: int,
    row: Mapping[str, Any],
    agreement: SharingAgreement,
    tally: Tally,
    *,
    now: datetime,
) -> None:
    said = {key: value or "" for key, value in row.items()}
    day = said.pop(AS_OF, "")
    item = Item(
        number=said.pop(NUMBER),
        as_of=date.fromisoformat(day) if day else clock.day_of(now),
        values=said,
    )
    try:
        _received(agreement, item, tally, now=now)
    except Refused as reason:
        key = NUMBER if isinstance(reason, Conflict) or AS_OF not in form.by_key else AS_OF
        letter, line = read.letters.get(key, ""), read.lines[index]
        outcome.problems.append(
            Problem(
                sheet=read.sheet,
                row=line,
                column=form.by_key[key].label,
                cell=f"{letter}{line}" if letter else "",
                rule="record",
                message=str(reason).rstrip("。"),
                remedy=_("请改正后重新接收。"),
                key=key,
            )
        )
