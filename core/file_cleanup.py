"""Stored files that nothing refers to any more go, some days after they came.

An upload may be taken off again, a draft given up, a workbook never taken over: then the file holds
personal data for no purpose. How long it may wait is data (``cleanup`` in
``core/catalogue/files.yaml``). What any row or any letter refers to is never touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from core import audit, files
from core.file_checks import PATIENCE
from core.models import Letter, StoredFile
from core.models.file import path_of


def grace(name: str) -> timedelta:
    """A waiting time of the catalogue."""
    return timedelta(days=files.catalogue()["cleanup"][name])


def unused(*, before: datetime) -> QuerySet[StoredFile]:
    """Files from before an instant that no row of any table refers to. Letters are not asked."""
    found = StoredFile.objects.filter(created_at__lt=before)
    for model, name in _references():
        found = found.filter(~Exists(model._base_manager.filter(**{name: OuterRef("pk")})))
    return found


def remove_unused(*, now: datetime) -> int:
    """Remove what was unused for its time of grace; says how many files that were."""
    put_back(now=now)
    before = now - grace("unused_days")
    candidates = list(unused(before=before).order_by("pk").values_list("pk", "uuid"))
    if not candidates:
        return 0
    mailed = _mailed()
    return sum(
        _remove(pk, before=before, now=now)
        for pk, uuid in candidates
        if not mailed & {str(uuid), str(pk)}
    )


def remove_released(keys: Iterable[int], *, now: datetime) -> int:
    """Remove files whose last reference went just now; what others still refer to stays.

    Says how many went. Within a transaction the contents go when it is committed.
    """
    candidates = dict(StoredFile.objects.filter(pk__in=list(keys)).values_list("pk", "uuid"))
    if not candidates:
        return 0
    mailed = _mailed()
    return sum(
        _remove(pk, before=now, now=now)
        for pk, uuid in sorted(candidates.items())
        if not mailed & {str(uuid), str(pk)}
    )


def _references() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that refers to a stored file, those without a name on this side as well."""
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.name  # type: ignore[misc]


def _mailed() -> set[str]:
    """Names of all files that letters carry or carried."""
    lists = Letter.objects.exclude(attachments=[]).values_list("attachments", flat=True)
    return {str(name) for names in lists.iterator(chunk_size=2000) for name in names}


def _remove(pk: int, *, before: datetime, now: datetime) -> bool:
    """Remove one file, unless something has come to refer to it meanwhile."""
    with transaction.atomic():
        # Whoever enters a reference at this moment waits for the lock and is refused: the foreign
        # key finds no file. A reference to nothing is never committed.
        stored = StoredFile.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if stored is None or not unused(before=before).filter(pk=pk).exists():
            return False
        if _in_a_new_letter(stored.uuid, now=now):
            return False
        audit.record(
            "file.remove",
            stored,
            by=None,
            now=now,
            organisation=stored.organisation,
            sha256=stored.sha256,
            purpose=stored.purpose,
            since=stored.created_at,
        )
        path, sha256 = stored.path, stored.sha256
        stored.delete()
        transaction.on_commit(lambda: discard(path, sha256, now=now), robust=True)
    return True


def _in_a_new_letter(uuid: UUID, *, now: datetime) -> bool:
    """Whether a letter of the last hour carries it: posted after the letters were read."""
    recent = Letter.objects.filter(created_at__gte=now - PATIENCE).exclude(attachments=[])
    return any(str(uuid) in names for names in recent.values_list("attachments", flat=True))


def put_back(*, now: datetime) -> None:
    """Return what a process laid aside that died before it could decide (see ``discard``)."""
    before = (now - PATIENCE).astimezone(UTC).timestamp()
    for aside in sorted((Path(settings.MEDIA_ROOT) / "tmp").glob("*/*")):
        with suppress(FileNotFoundError):
            if aside.parent.stat().st_mtime >= before:
                continue  # still at work
            if StoredFile.objects.filter(sha256=aside.name).exists():
                with suppress(FileExistsError):
                    os.link(aside, path_of(aside.name))
            aside.unlink()
            aside.parent.rmdir()


def discard(path: Path, sha256: str, *, now: datetime) -> bool:
    """Remove a content that no row speaks of any more.

    The same content may be uploaded at this moment, so it is laid aside first and put back if it
    was touched or has a row; an upload that comes later finds nothing and lays down its own.
    """
    folder = Path(settings.MEDIA_ROOT) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder)) / path.name
    try:
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        fresh = aside.stat().st_mtime > (now - PATIENCE).astimezone(UTC).timestamp()
        if fresh or StoredFile.objects.filter(sha256=sha256).exists():
            with suppress(FileExistsError):
                os.link(aside, path)
            return False
        return True
    finally:
        aside.unlink(missing_ok=True)
        aside.parent.rmdir()
