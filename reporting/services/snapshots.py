"""Freezing the figures of a phase: counted once, kept with their rows, sealed with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation

from accounts.models import OrganisationName
from campaign.models import Campaign, Phase
from core import audit, clock
from core.officialdoc import written_date
from reporting import figures
from reporting.models import FigureSnapshot, ReportTemplate, StageReport
from reporting.workflow.report import State

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
    content = template.content
    whole = content.get("span") == "campaign"
    scope = figures.Scope(campaign, phase, organisation, now, frozenset(provinces), whole)
    with translation.override("zh-hans"):
        told, pool = _counted(scope, content["figures"])
        stages = _stages(scope, content)
        for stage in stages:
            more, rows = _counted(stage, compared(content), at=stage.phase)
            told, pool = told | more, pool | rows
        named = _stage_names(scope, stages) if stages else []
        # Through JSON and back, so that what is sealed is what will be read.
        return json.loads(
            canonical(
                {
                    "facts": _facts(scope, content) | ({"stages": named} if stages else {}),
                    "figures": told,
                    "rows": pool,
                    "gaps": [
                        *figures.gaps(scope, public=bool(content.get("public"))),
                        *figures.undelivered(scope, content, told),
                        *_told_otherwise(scope, told),
                    ],
                }
            )
        )


def compared(content: Mapping[str, Any]) -> list[str]:
    """The figures that tables of the template set beside those of other stages."""
    tables = content["tables"].values()
    return list(dict.fromkeys(key for table in tables for key in table.get("stages", ())))


def _stages(scope: figures.Scope, content: Mapping[str, Any]) -> list[figures.Scope]:
    """The stages that figures are compared with: the one before, or all of a whole campaign."""
    if not compared(content):
        return []
    if not scope.whole:
        return [scope.before] if scope.before else []
    found = [scope.of_phase(number) for number in range(1, scope.phase.number + 1)]
    return [one for one in found if one]


def _stage_names(scope: figures.Scope, stages: list[figures.Scope]) -> list[list[Any]]:
    last = [0, "合计"] if scope.whole else [scope.phase.number, scope.phase.name]
    return [*([one.phase.number, one.phase.name] for one in stages), last]


def _counted(
    scope: figures.Scope, keys: Iterable[str], *, at: Phase | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures and the rows that they count; those of another phase carry its number."""
    taken = figures.take(scope, keys)
    mark = f"@{at.number}" if at else ""
    told = {
        f"{key}{mark}": _told(key, taken, mark, f"（{at.name}）" if at else "")
        for key in dict.fromkeys([*keys, *taken])
    }
    # Sums of a phase are other rows than those of the next, though of the same company.
    pool = {f"{row.id}{mark}": row.stored() for rows in taken.values() for row in rows}
    return told, pool


def _told(
    key: str, taken: dict[str, list[figures.Row]], mark: str = "", note: str = ""
) -> dict[str, Any]:
    entry = figures.CATALOGUE[key]
    if isinstance(entry, figures.Rate):
        part, whole = (_value(one, taken) for one in (entry.part, entry.whole))
        return {
            "label": f"{entry.label}{note}",
            "unit": "%",
            "value": percentage(part, whole),
            "part": f"{entry.part}{mark}",
            "whole": f"{entry.whole}{mark}",
        }
    told = {
        "label": f"{entry.label}{note}",
        "unit": str(entry.unit),
        "columns": [str(column) for column in entry.columns],
        "value": _value(key, taken),
        "rows": [f"{row.id}{mark}" for row in taken[key]],
    }
    return told | ({} if entry.total is None else {"total": entry.total})


def _value(key: str, taken: dict[str, list[figures.Row]]) -> Any:
    entry = figures.CATALOGUE[key]
    assert isinstance(entry, figures.Figure)
    return figures.added(taken[key], entry.total)


def percentage(part: Any, whole: Any) -> str | None:
    """Two decimals, half up; None where there is nothing to divide by."""
    if not Decimal(str(whole)):
        return None
    share = Decimal(str(part)) * 100 / Decimal(str(whole))
    return str(share.quantize(CENT, ROUND_HALF_UP))


def _told_otherwise(scope: figures.Scope, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Figures of the stage before that its issued report states otherwise: life went on."""
    if scope.whole or scope.before is None:
        return []
    number = scope.before.phase.number
    issued = StageReport.objects.filter(
        campaign=scope.campaign,
        phase=scope.before.phase,
        organisation=scope.organisation,
        state=State.ISSUED,
        template__code=f"stage-{number}",
    ).select_related("snapshot")
    report = issued.order_by("-issued_at", "-pk").first()
    if report is None or report.snapshot is None:
        return []
    found = []
    for key, figure in told.items():
        plain, _at, of = key.partition("@")
        then = report.snapshot.figures.get(plain)
        if of == str(number) and then is not None and then["value"] != figure["value"]:
            why = "{number}报告为{then}，现按同一口径为{now}".format(
                number=report.document_number, then=then["value"], now=figure["value"]
            )
            found.append(figures.gap(scope.organisation, figure["label"], why))
    return found


def _facts(scope: figures.Scope, content: Mapping[str, Any]) -> dict[str, Any]:
    day = scope.now.astimezone(clock.ZONE)
    organisations = {d.organisation.code: d.organisation for d in scope.company_duties}
    units = scope.units if content.get("companies") == "territory" else []
    organisations |= {one.code: one for one in units}
    codes = sorted({figures.province_of(one) for one in organisations.values()})
    dues = [duty.definition.due_on for duty in scope.company_duties]
    return {
        "text": {
            "campaign": scope.campaign.name,
            "phase": scope.phase.name,
            "phase_from": written_date(
                scope.period.first if scope.whole else scope.phase.starts_on
            ),
            "phase_to": written_date(scope.phase.ends_on),
            "issuer": scope.organisation.name_on(day.date()),
            "issuer_short": short_name_on(scope.organisation, day),
            "as_of": f"{written_date(day.date())}{day.hour}时{day.minute:02d}分",
            "due": written_date(max(dues)) if dues else "",
        },
        "organisations": [[code, str(organisations[code])] for code in sorted(organisations)],
        "provinces": [[code, scope.province_names.get(code, code)] for code in codes],
    } | ({"units": [[one.code, str(one)] for one in units]} if units else {})


def short_name_on(organisation: Organisation, instant: datetime) -> str:
    """The short name that the organisation bore then."""
    day = clock.day_of(instant)
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
