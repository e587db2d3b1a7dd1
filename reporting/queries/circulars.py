"""What became of issued circulars: which were corrected or withdrawn since, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reporting.models import Circular, CircularRedress
from reporting.workflow.circular import OUT

if TYPE_CHECKING:
    from accounts.models import User

Act = CircularRedress.Act


@dataclass(frozen=True)
class Mark:
    """The issued paper that puts a circular right."""

    act: str
    by: Circular

    @property
    def is_withdrawal(self) -> bool:
        return self.act == Act.WITHDRAW

    @property
    def words(self) -> str:
        """已由南电监〔2018〕2号撤销."""
        told = _("已由%(number)s撤销") if self.is_withdrawal else _("已由%(number)s更正")
        return told % {"number": self.by.document_number}


def marks(circulars: Iterable[Circular]) -> dict[int, Mark]:
    """What lists say of circulars, by their keys; of a withdrawal nothing."""
    listed = [one for one in circulars if one.act != Act.WITHDRAW]
    out = CircularRedress.objects.filter(
        root__in={one.root_pk for one in listed}, circular__state__in=OUT
    ).select_related("circular")
    rows = list(out) if listed else []
    withdrawn = {row.root_id: row for row in rows if row.act == Act.WITHDRAW}
    corrected = {row.first_id: row for row in rows if row.act == Act.CORRECT}
    found = {one.pk: withdrawn.get(one.root_pk) or corrected.get(one.pk) for one in listed}
    return {pk: Mark(row.act, row.circular) for pk, row in found.items() if row}


def titles(circulars: Iterable[Circular]) -> dict[int, str]:
    """The titles of those that were corrected or withdrawn since, with by which paper."""
    listed = {one.pk: one.title for one in circulars}
    return {pk: f"{listed[pk]}（{mark.words}）" for pk, mark in marks(circulars).items()}


def running(circular: Circular, user: User) -> Circular | None:
    """The correction or withdrawal that was begun and is not issued yet, if the user sees it."""
    begun = Circular.objects.visible_to(user).exclude(state__in=OUT)
    return begun.select_related("redress").filter(redress__first=circular.pk).first()


def mark_of(circular: Circular) -> Mark | None:
    """What the page of one says."""
    return marks([circular]).get(circular.pk)
