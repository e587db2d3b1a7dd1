"""Samples of archives: drawn by a seed that everybody can draw by again, judged by a person.

Source: grid standard 5.5.1 (S2-5.5.1c).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit
from core.errors import Refused
from core.locking import held
from grids.models import AccuracySample, ArchiveRecord, SampleItem
from grids.sharing import fields as catalogue

if TYPE_CHECKING:
    from accounts.models import User

MOST = 500


def order(seed: str, numbers: Sequence[str]) -> list[str]:
    """Numbers in the order in which a seed draws them."""
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())


def digest_of(numbers: Sequence[str]) -> str:
    """Of all numbers that could have been drawn."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()


@transaction.atomic
def draw(
    organisation: Organisation,
    *,
    size: int,
    fields: Sequence[str],
    seed: str = "",
    by: User,
    now: datetime,
) -> AccuracySample:
    """Draw archives of a unit and those below it; without a seed one is drawn too. Raises
    ``Refused``."""
    if not works_for(by, Permission.SHARING_MANAGE, organisation):
        raise Refused(_("抽查由%(unit)s办理。") % {"unit": organisation})
    seed = seed.strip() or secrets.token_hex(8)
    known = catalogue.known()
    if not fields or not set(fields) <= set(known):
        raise Refused(_("请选择核实字段。"))
    if AccuracySample.objects.filter(organisation=organisation, seed=seed).exists():
        raise Refused(_("该种子已经用过，请换一个种子。"))
    rows = ArchiveRecord.objects.filter(organisation__path__startswith=organisation.path)
    rows = rows.select_related("enterprise").order_by("pk")
    found = {one.number: one for one in rows.defer("name", "phone", "address", "account_no")}
    if not 0 < size <= min(MOST, len(found)):
        text = _("样本数须为1至%(most)d（现有档案%(count)d条）。")
        raise Refused(text % {"most": min(MOST, len(found)), "count": len(found)})
    if len({one.enterprise_id for one in found.values()}) > 1:
        raise Refused(_("请选择一个供电企业或者供电所抽查。"))
    drawn = order(seed, list(found))[:size]
    sample = AccuracySample.objects.create(
        enterprise=found[drawn[0]].enterprise,
        organisation=organisation,
        seed=seed,
        size=size,
        population=len(found),
        digest=digest_of(list(found)),
        fields=[one for one in known if one in fields],
        drawn_by=by,
        drawn_at=now,
    )
    SampleItem.objects.bulk_create(
        SampleItem(sample=sample, position=place, record=found[number])
        for place, number in enumerate(drawn, start=1)
    )
    audit.record(
        "archive.sample",
        sample,
        by=by,
        now=now,
        organisation=organisation,
        size=size,
        population=len(found),
        digest=sample.digest,
    )
    return sample


@transaction.atomic
def judge(item: SampleItem, *, answers: Mapping[str, bool], by: User, now: datetime) -> SampleItem:
    """Say of each field of a drawn archive whether it is right. Raises ``Refused``."""
    sample = held(AccuracySample.objects, item.sample_id, "organisation")
    item = held(SampleItem.objects, item.pk, "record")
    if not works_for(by, Permission.ARCHIVE_FIX, sample.organisation):
        raise Refused(_("核实由%(unit)s办理。") % {"unit": sample.organisation})
    if item.judged_at is not None:
        raise Refused(_("该档案已经核实，不再更改。"))
    if set(answers) != set(sample.fields):
        raise Refused(_("请逐个字段填写对或者错。"))
    item.answers, item.judged_by, item.judged_at = dict(answers), by, now
    item.save(update_fields=["answers", "judged_by", "judged_at"])
    if not sample.items.filter(judged_at__isnull=True).exists():
        sample.finished_at = now
        sample.save(update_fields=["finished_at"])
    audit.record(
        "archive.judge",
        sample,
        by=by,
        now=now,
        organisation=sample.organisation,
        position=item.position,
        wrong=[name for name, right in answers.items() if not right],
    )
    return item
