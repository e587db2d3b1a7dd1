"""Archives go out to the other side of an agreement, by file or through the API; each is logged.

Source: grid standard 4.3.1 (S2-4.3.1a, S2-4.3.1c).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import Refused
from core.locking import held
from core.sheets.writer import Out, write_csv
from grids import access
from grids.models import ArchiveRecord, Exchange, ExchangeJob, SharingAgreement
from grids.services import matching
from grids.services.exchanging import job_refusal, log
from grids.services.sharing import AS_OF, RELATED, exchange_refusal

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

MOST_OUT = 50_000
Out_ = ExchangeJob.Direction.OUT


def value_of(record: ArchiveRecord, name: str) -> str:
    """A field of an archive as the other side gets it."""
    if name in matching.PLACES:
        place = getattr(record, matching.PLACES[name])
        return place.code if place else ""
    return str(getattr(record, name))


def archives_of(agreement: SharingAgreement) -> Any:
    """Archives of the company; to a department of a part of its territory those of that part."""
    company, government = agreement.company, agreement.government
    rows = ArchiveRecord.objects.filter(enterprise__path__startswith=company.path)
    if not access.in_region(company.region_id, government.region_id):
        part = access.stem(government.region_id or "-")
        rows = rows.filter(
            Q(enterprise__region__code__startswith=part)
            | Q(grid__region__code__startswith=part)
            | Q(government_grid__region__code__startswith=part)
        )
    return rows.select_related("area", "grid", "government_grid")


def give_file(job: ExchangeJob, *, by: User, now: datetime) -> tuple[IO[bytes], Exchange]:
    """The file of a job, written to disk and logged with its hash before anybody gets it.

    Raises ``Refused``.
    """
    today = clock.day_of(now)
    if job.direction != Out_:
        raise Refused(_("该作业是接收数据的，不提供文件。"))
    if why_not := job_refusal(job, by=by, on=today):
        raise Refused(why_not)
    rows = archives_of(job.agreement)
    if (count := rows.count()) > MOST_OUT:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_OUT})
    fields = [pair["ours"] for pair in job.pairs]
    target, found = TemporaryFile(), hashlib.sha256()  # noqa: SIM115 (handed on to be sent)
    for piece in write_csv([Out(p["ours"], p["theirs"]) for p in job.pairs], _lines(rows, fields)):
        found.update(piece)
        target.write(piece)
    target.seek(0)
    with transaction.atomic():
        agreement = held(SharingAgreement.objects, job.agreement_id, *RELATED)
        # It may have ended while the file was written.
        if why_not := exchange_refusal(agreement, Out_, fields, on=today):
            raise Refused(why_not)
        made = log(
            agreement,
            direction=Out_,
            way=Exchange.Way.FILE,
            job=job,
            by=by,
            rows=count,
            fields=fields,
            name=f"{job.title}-{today:%Y%m%d}.csv"[:150],
            digest=found.hexdigest(),
            now=now,
        )
    return target, made


def _lines(rows: Any, fields: list[str]) -> Iterator[dict[str, str]]:
    for one in rows.order_by("pk").iterator(chunk_size=1000):
        yield {
            name: str(clock.day_of(one.updated_at)) if name == AS_OF else value_of(one, name)
            for name in fields
        }


@transaction.atomic
def log_reading(
    agreement: SharingAgreement,
    *,
    body: bytes,
    rows: int,
    fields: list[str],
    client: ApiClient,
    now: datetime,
) -> Exchange:
    """Write down that a machine of the other side read archives."""
    return log(
        agreement,
        direction=Out_,
        way=Exchange.Way.API,
        client=client.key_id,
        rows=rows,
        fields=fields,
        digest=hashlib.sha256(body).hexdigest(),
        now=now,
    )
