"""How a circular is printed and kept: its files, what stands around its words, its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import translation

from accounts.models import Organisation
from core import clock
from reporting import circulars
from reporting.circular_kinds import Said
from reporting.circulars import Cited, Heads
from reporting.models import Circular, CircularRedress, CircularVersion
from reporting.services.papers import Printed, lay_down
from reporting.services.snapshots import digest_of

if TYPE_CHECKING:
    from accounts.models import User


def print_out(content: Said, heads: Heads) -> Printed:
    with translation.override("zh-hans"):
        made = circulars.render(content.document(heads))
    return Printed((content, heads), lay_down(made, title=heads.title))


def heads_for(
    organisation: Organisation,
    title: str,
    companies: Sequence[Organisation],
    now: datetime,
    *,
    number: str = "",
    about: tuple[Cited, ...] = (),
) -> Heads:
    day = clock.day_of(now)
    addressee = circulars.addressed(companies, day)
    return Heads(organisation.name_on(day), title, day, addressee, number, about)


def heads_now(circular: Circular, now: datetime, *, number: str = "") -> Heads:
    """What stands around the words of a circular, of this day."""
    companies = list(circular.addressees.order_by("path"))
    about = about_of(circular)
    return heads_for(
        circular.organisation, circular.title, companies, now, number=number, about=about
    )


def heads_of(circular: Circular) -> Heads:
    """What stands around the current version: as it was printed."""
    instant = circular.issued_at or circular.current_version.edited_at
    return heads_now(circular, instant, number=circular.document_number)


def cited(circular: Circular) -> Cited:
    return Cited(circular.title, circular.document_number)


def about_of(circular: Circular) -> tuple[Cited, ...]:
    """The circular that it puts right; of a withdrawal also all that are withdrawn with it."""
    if not circular.act:
        return ()
    first = circular.redress.first
    withdraws = circular.act == CircularRedress.Act.WITHDRAW
    return about(first) if withdraws else (cited(first),)


def about(first: Circular) -> tuple[Cited, ...]:
    """A circular with all those that it had corrected, from the last to the first."""
    return tuple(map(cited, _back_from(first)))


def _back_from(circular: Circular) -> Iterator[Circular]:
    yield circular
    if circular.act:
        yield from _back_from(circular.redress.first)


def keep(
    circular: Circular, printed: Printed, *, number: int, by: User, now: datetime
) -> CircularVersion:
    """Write the version down and make it the current one."""
    content = printed.source[0].kept()
    version = CircularVersion.objects.create(
        circular=circular,
        number=number,
        content=content,
        digest=digest_of(content),
        edited_by=by,
        edited_at=now,
        **printed.enter(circular, by=by, now=now),
    )
    circular.current_version = version
    circular.save(update_fields=["current_version"])
    return version
