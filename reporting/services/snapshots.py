"""Freezing the figures of a phase: counted once, kept with their rows, sealed with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation

from accounts.models import OrganisationName
from campaign.models import Campaign, Phase
from core import audit, clock
from core.officialdoc import written_date
from reporting import figures
from reporting.models import FigureSnapshot, ReportTemplate

if TYPE_CHECKING:
    from accounts.models import Organisation, User

CENT = Decimal("0.01")


def counted(
    *,
    campaign: Campaign,
    phase: Phase,
    organisation: Organisation,
    template: ReportTemplate,
    provinces: Iterable[str] = (),
    by: User | None,
    now: datetime,
) -> FigureSnapshot:
    """Every figure of the template for one office, counted and sealed but not kept yet.

    ``provinces`` (codes) narrows it down; empty means everything that the office answers for.
    """
    content = count(
        campaign=campaign,
        phase=phase,
        organisation=organisation,
        template=template,
        provinces=provinces,
        now=now,
    )
    return FigureSnapshot(
        campaign=campaign,
        phase=phase,
        organisation=organisation,
        template=template,
        taken_at=now,
        taken_by=by,
        digest=digest_of(content),
        **content,
    )


def keep(snapshot: FigureSnapshot) -> FigureSnapshot:
    """Write a snapshot down for good, in the caller's transaction."""
    snapshot.save(force_insert=True)
    audit.record(
        "snapshot.take",
        snapshot,
        by=snapshot.taken_by,
        now=snapshot.taken_at,
        digest=snapshot.digest,
    )
    return snapshot


def count(
    *,
    campaign: Campaign,
    phase: Phase,
    organisation: Organisation,
    template: ReportTemplate,
    provinces: Iterable[str] = (),
    now: datetime,
) -> dict[str, Any]:
    """Facts, figures, rows and gaps as plain JSON; writes nothing.

    Documents are Chinese whatever language the person who asks has set.
    """
    scope = figures.Scope(campaign, phase, organisation, now, frozenset(provinces))
    keys = template.content["figures"]
    with translation.override("zh-hans"):
        taken = figures.take(scope, keys)
        told = {key: _told(key, taken) for key in dict.fromkeys([*keys, *taken])}
        pool = {row.id: row.stored() for rows in taken.values() for row in rows}
        # Through JSON and back, so that what is sealed is what will be read.
        return json.loads(
            canonical(
                {
                    "facts": _facts(scope),
                    "figures": told,
                    "rows": pool,
                    "gaps": figures.gaps(scope),
                }
            )
        )


def _told(key: str, taken: dict[str, list[figures.Row]]) -> dict[str, Any]:
    entry = figures.CATALOGUE[key]
    if isinstance(entry, figures.Rate):
        value = percentage(len(taken[entry.part]), len(taken[entry.whole]))
        return {
            "label": str(entry.label),
            "unit": "%",
            "value": value,
            "part": entry.part,
            "whole": entry.whole,
        }
    rows = taken[key]
    return {
        "label": str(entry.label),
        "unit": str(entry.unit),
        "columns": [str(column) for column in entry.columns],
        "value": len(rows),
        "rows": [row.id for row in rows],
    }


def percentage(part: int, whole: int) -> str | None:
    """Two decimals, half up; None where there is nothing to divide by."""
    if not whole:
        return None
    return str((Decimal(part) * 100 / whole).quantize(CENT, ROUND_HALF_UP))


def _facts(scope: figures.Scope) -> dict[str, Any]:
    day = scope.now.astimezone(clock.ZONE)
    organisations = {d.organisation.code: d.organisation for d in scope.company_duties}
    codes = sorted({figures.province_of(one) for one in organisations.values()})
    dues = [duty.definition.due_on for duty in scope.company_duties]
    return {
        "text": {
            "campaign": scope.campaign.name,
            "phase": scope.phase.name,
            "phase_from": written_date(scope.phase.starts_on),
            "phase_to": written_date(scope.phase.ends_on),
            "issuer": scope.organisation.name_on(day.date()),
            "issuer_short": short_name_on(scope.organisation, day),
            "as_of": f"{written_date(day.date())}{day.hour}时{day.minute:02d}分",
            "due": written_date(max(dues)) if dues else "",
        },
        "organisations": [[code, str(organisations[code])] for code in sorted(organisations)],
        "provinces": [[code, scope.province_names.get(code, code)] for code in codes],
    }


def short_name_on(organisation: Organisation, instant: datetime) -> str:
    """The short name that the organisation bore then."""
    day = instant.astimezone(clock.ZONE).date()
    names = OrganisationName.objects.filter(organisation=organisation, valid_from__lte=day)
    found = names.order_by("-valid_from").first()
    return found.short_name if found else str(organisation)


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no blanks: the same bytes for the same content."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical form, as hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def is_intact(snapshot: FigureSnapshot) -> bool:
    """Whether the snapshot still says what its digest was made from."""
    names = ("facts", "figures", "rows", "gaps")
    return digest_of({name: getattr(snapshot, name) for name in names}) == snapshot.digest
