"""What nobody took over is forgotten after its time: uploaded workbooks hold names in full."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import file_cleanup
from reporting.models import PartUpload
from reporting.services.moves import record


def discard_unconfirmed(*, now: datetime) -> int:
    """Forget workbooks whose rows nobody took over in time; says how many. Their files follow."""
    before = now - file_cleanup.grace("unconfirmed_days")
    waiting = PartUpload.objects.filter(confirmed_at__isnull=True, uploaded_at__lt=before)
    return sum(_discard(pk, now=now) for pk in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _discard(pk: int, *, now: datetime) -> bool:
    mine = PartUpload.objects.select_for_update(of=("self",)).filter(pk=pk)
    upload = mine.filter(confirmed_at__isnull=True).select_related("version__filing").first()
    if upload is None:
        return False
    version = upload.version
    record(version.filing, version, "discard_upload", by=None, now=now, part=upload.part)
    upload.delete()
    return True
