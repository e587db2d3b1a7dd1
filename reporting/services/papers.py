"""What every numbered paper of an office shares, be it report, bulletin or circular.

A paper has versions with printed files; moves lock it, ask, write where the old state still stands
and leave a trace. Its number comes from the office's one series, together with its final files.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign import numbers
from campaign.models import Campaign, DocumentIssue
from core import audit, clock, files
from core.errors import Conflict, Refused
from core.locking import held
from core.officialdoc import document_number
from reporting.models import DocumentCounter
from reporting.workflow.report import Move

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import StoredFile

# How often the files are printed again because another document took the number meanwhile.
TRIES = 5
P = TypeVar("P", bound=models.Model)


@dataclass(frozen=True)
class Printed:
    """Files of a paper as they were printed and laid down; their rows follow.

    ``source`` is all that was printed, so that one sees whether it still is what is to be said.
    """

    source: Any
    received: Mapping[str, files.Received]

    def enter(self, paper: Any, *, by: User | None, now: datetime) -> dict[str, StoredFile]:
        """The rows of the files, in the caller's transaction."""
        organisation = paper.organisation
        return {
            kind: files.enter(received, by=by, now=now, organisation=organisation)
            for kind, received in self.received.items()
        }


def lay_down(made: Mapping[str, bytes], *, title: str) -> dict[str, files.Received]:
    """Printed files, checked and laid down under their hash; their rows follow."""
    return {
        kind: files.receive(
            io.BytesIO(content),
            purpose="report",
            kinds=(kind,),
            name=f"{title}附表.xlsx" if kind == "xlsx" else f"{title}.{kind}",
        )
        for kind, content in made.items()
    }


@dataclass(frozen=True)
class Desk(Generic[P]):
    """The moves of one kind of paper.

    ``kind`` begins the names in the audit trail, ``busy`` tells who came second.
    """

    model: type[P]
    kind: str
    related: tuple[str, ...]
    refusal: Callable[..., str]
    busy: Any

    def current(self, paper: P) -> P:
        """The paper as it stands, without a lock."""
        return self.model._default_manager.select_related(*self.related).get(pk=paper.pk)

    def lock(self, paper: P) -> P:
        """The paper as it stands, held until the end of the transaction."""
        return held(self.model._default_manager.all(), paper.pk, *self.related)

    def check(self, paper: P, move: Move, *, by: User) -> None:
        """Raise ``Refused`` with the reason where the person may not make the move now."""
        if why_not := self.refusal(move, paper, by=by):
            raise Refused(why_not)

    def lock_for(self, paper: P, move: Move, *, by: User) -> P:
        """Lock the paper and ask whether the person may make the move. Raises ``Refused``."""
        paper = self.lock(paper)
        self.check(paper, move, by=by)
        return paper

    @transaction.atomic
    def move(
        self, paper: P, move: Move, *, by: User, now: datetime, reason: str = "", **changes: Any
    ) -> P:
        """Lock, ask, write the new state where the old one still stands, leave a trace."""
        standing: Any = self.lock_for(paper, move, by=by)
        changes["state"] = move.target
        mine = self.model._default_manager.filter(pk=standing.pk, state=standing.state)
        if not mine.update(**changes):
            raise Conflict(self.busy)
        for field, value in changes.items():
            setattr(standing, field, value)
        version = standing.current_version
        audit.record(
            f"{self.kind}.{move.name}",
            standing,
            by=by,
            now=now,
            reason=reason,
            version=version.number if version else None,
            number=standing.document_number,
        )
        return standing

    @transaction.atomic
    def approve(
        self, paper: P, move: Move, *, by: User, now: datetime, seen: int | None = None
    ) -> P:
        """Answer for the current version. ``seen`` is the one that the person read: it may have
        been taken back and reworded since. Raises ``Refused``, ``Conflict``."""
        approved: Any = self.move(paper, move, by=by, now=now)
        version = approved.current_version
        if seen is not None and version.number != seen:
            raise Conflict(_("您核对之后又有新的版本，请刷新页面，核对后再审批。"))
        version.approved_by, version.approved_at = by, now
        version.save(update_fields=["approved_by", "approved_at"])
        return approved

    def issue(
        self,
        paper: P,
        move: Move,
        *,
        printing: Callable[[P, str], Printed],
        by: User,
        now: datetime,
        given: Callable[[int, int], dict[str, Any]] = lambda year, serial: {},
        then: Callable[[P, datetime], None] = lambda paper, now: None,
    ) -> P:
        """Give the next document number and the final files; both together or neither.

        Printed before anything is locked, and again where another document took the number or
        somebody changed what is printed: numbers have no gaps. ``given`` are more fields of the
        paper that hold the number; ``then`` follows in the same transaction. Raises ``Refused``,
        ``Conflict``.
        """
        for _try in range(TRIES):
            standing: Any = self.current(paper)
            self.check(standing, move, by=by)
            place = next_number(standing.organisation, now=now)
            number = document_number(standing.organisation.document_prefix, *place)
            version, printed = standing.current_version, printing(standing, number)
            with transaction.atomic():
                standing = self.lock_for(paper, move, by=by)
                free = next_number(standing.organisation, now=now) == place
                if free and standing.current_version == version:
                    taken = {"document_number": number, **given(*place)}
                    standing = self._close(standing, move, printed, place, taken, by=by, now=now)
                    then(standing, now)
                    return standing
        raise Conflict(_("编号期间本机关又有其他公文编号，请稍后再试。"))

    def _close(
        self,
        paper: Any,
        move: Move,
        printed: Printed,
        place: tuple[int, int],
        taken: Mapping[str, Any],
        *,
        by: User,
        now: datetime,
    ) -> P:
        """Take the number and put the final files in place, in the caller's transaction."""
        if take_number(paper.organisation, now=now) != place:
            raise Conflict(_("编号期间本机关又有其他公文编号，请稍后再试。"))
        version = paper.current_version
        stored = printed.enter(paper, by=by, now=now)
        for kind, file in stored.items():
            setattr(version, kind, file)
        version.save(update_fields=list(stored))
        return self.move(paper, move, by=by, now=now, issued_by=by, issued_at=now, **taken)


# -- numbers ---------------------------------------------------------------------------------------


def next_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The year and the next free serial; numbers that plans were issued under are passed over."""
    prefix = organisation.document_prefix
    if not prefix:
        raise Refused(
            _("%(organisation)s没有机关代字，不能编号。") % {"organisation": organisation}
        )
    year = now.astimezone(clock.ZONE).year
    counter = DocumentCounter.objects.filter(organisation=organisation, year=year).first()
    issued = DocumentIssue.objects.filter(issuer=organisation)
    plans = Campaign.objects.filter(issuing_organisation=organisation)
    used = {
        *issued.values_list("document_number", flat=True),
        *plans.values_list("document_number", flat=True),
    }
    serial = (counter.last if counter else 0) + 1
    while (number := document_number(prefix, year, serial)) in used or numbers.is_taken(
        organisation, number
    ):
        serial += 1
    return year, serial


def take_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The next number, taken: whoever asks after this transaction gets the one behind it."""
    year = now.astimezone(clock.ZONE).year
    # Documents of the campaign take their numbers from the same series, under the same lock.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    DocumentCounter.objects.get_or_create(organisation=organisation, year=year)
    counters = DocumentCounter.objects.select_for_update(of=("self",))
    counter = counters.get(organisation=organisation, year=year)
    year, counter.last = next_number(organisation, now=now)
    counter.save(update_fields=["last"])
    return year, counter.last


def take_document_number(organisation: Organisation, *, now: datetime) -> str:
    """The same as it is written. Raises ``Refused``."""
    return document_number(organisation.document_prefix, *take_number(organisation, now=now))
