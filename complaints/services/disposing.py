"""What of a case goes when its time is over: everything that tells who somebody is.

The case itself stays with its codes and dates, so that what was counted is counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from complaints.models import Case, CaseAttachment, CaseLink, DisposalItem
from core.file_cleanup import remove_released

# Columns of a case itself.
OWN = (
    *("complainant_name", "complainant_phone", "address", "account_no", "content_full"),
    *("phone_index", "account_index", "content", "grams", "tracking_hash", "digest"),
)
# A shorter text holds a code or a number; a longer one may hold words about a person.
FREE_WORDS = 200
# Long texts that say by which rule something was done.
KEPT = frozenset({"basis"})
# Rows that are nothing but a trace of a person: files, and marks by which equal persons are found.
ROWS = ("caseattachment", "casemark")


def words(model: type[models.Model]) -> list[str]:
    """The columns of a table that may hold words about a person."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in KEPT
        and not field.choices
        and (
            isinstance(field, models.TextField)
            or (type(field) is models.CharField and (field.max_length or 0) >= FREE_WORDS)
        )
    ]


@cache
def hanging() -> tuple[tuple[type[models.Model], str], ...]:
    """Every table whose rows are parts of a case, and the way from them to it."""
    found = []
    for model in apps.get_models():
        for name in _parts(model, Case):
            found.append((model, name))
            for below in apps.get_models():
                found += [(below, f"{under}__{name}") for under in _parts(below, model)]
    return tuple(found)


def _parts(model: type[models.Model], of: type[models.Model]) -> list[str]:
    """Foreign keys by which rows go together with a row of the other table."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.model is of
        and field.remote_field.on_delete is models.CASCADE
        and model not in (DisposalItem, of)
    ]


def dispose(cases: Sequence[int], *, now: datetime) -> dict[str, int]:
    """Take the personal data of some cases away for good (they are held); how much that was."""
    gone: Counter[str] = Counter(cases=len(cases))
    attached = CaseAttachment.objects.filter(case__in=cases)
    files = sorted(set(attached.values_list("file_id", flat=True)))
    for model, way in hanging():
        rows = model._base_manager.filter(**{f"{way}__in": cases})
        if model._meta.model_name in ROWS:
            gone[model._meta.model_name] += rows.delete()[0]
        elif names := words(model):
            cleared = rows.filter(_filled(names, rows))
            gone[model._meta.model_name] += cleared.update(**dict.fromkeys(names, ""))
    CaseLink.objects.filter(Q(a__in=cases) | Q(b__in=cases)).update(reasons=[])
    Case.objects.filter(pk__in=cases).update(**dict.fromkeys(OWN, ""), disposed_at=now)
    gone["files"] = remove_released(files, now=now)
    return {name: count for name, count in sorted(gone.items()) if count}


def left_over() -> Iterator[tuple[str, str]]:
    """Number of a disposed case, and the table in which something of it is left."""
    disposed = Case.objects.filter(disposed_at__isnull=False)
    for number in _with_words(disposed, list(OWN)).values_list("number", flat=True):
        yield number, Case._meta.verbose_name or ""
    for model, way in hanging():
        rows = model._base_manager.filter(**{f"{way}__disposed_at__isnull": False})
        if model._meta.model_name not in ROWS:
            names = words(model)
            rows = _with_words(rows, names) if names else rows.none()
        for number in rows.values_list(f"{way}__number", flat=True).distinct():
            yield number, str(model._meta.verbose_name)


def _with_words(
    rows: models.QuerySet[models.Model], names: list[str]
) -> models.QuerySet[models.Model]:
    """Rows of which some column is not empty. Encrypted columns are compared by length only."""
    lengths = {f"length_{name}": Length(name) for name in names}
    condition = Q(pk__in=())
    for name in lengths:
        condition |= Q(**{f"{name}__gt": 0})
    return rows.annotate(**lengths).filter(condition)


def _filled(names: list[str], rows: models.QuerySet[models.Model]) -> Q:
    return Q(pk__in=_with_words(rows, names).order_by().values("pk"))
