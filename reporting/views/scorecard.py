"""The seven-dimension scorecard of a unit: radar, ranking among its like, and what it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import charts, pages, policy
from core.periods import Period
from reporting import indicator_catalogue
from reporting.models import Dimension
from reporting.queries import indicators as queries
from reporting.queries import scorecards
from reporting.queries.scorecards import Card
from reporting.views.indicators import VIEW, Asked, section

# The trend of totals shows so many periods.
STEPS = 6


@policy.needs(VIEW)
@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """One unit and one period; a dimension opens its indicators, a value its numbers."""
    asked = Asked(request)
    alike = [one for one in asked.units if one.kind == asked.unit.kind]
    ranking = scorecards.cards(request.user, asked.period, alike)
    card = next(one for one in ranking if one.unit == asked.unit)
    spans = _spans(asked.period)
    before = [scorecards.cards(request.user, one, [asked.unit])[0] for one in spans[:-1]]
    totals = [*before, card]
    weights = scorecards.weights()
    chosen = request.GET.get("dimension", "")
    context = {
        **asked.context(),
        "sections": section("scorecard"),
        "card": card,
        "rows": [
            {
                "key": key,
                "label": label,
                "weight": weights.get(key, 0),
                "mean": card.dimensions[key],
                "before": before[-1].dimensions[key].shown,
            }
            for key, label in Dimension.choices
        ],
        "total_before": before[-1].total.shown,
        "ranked_from": indicator_catalogue.ranked_from(),
        "labels": Dimension.choices,
        "ranking": [
            (one, [(label, one.dimensions[key].shown) for key, label in Dimension.choices])
            for one in ranking
        ],
        "dimension": _dimension(card, chosen),
        "svg": radar({str(asked.unit): card}),
        "totals": [(span.text, one.total.shown) for span, one in zip(spans, totals, strict=True)],
        "trend_svg": _trend(spans, totals),
    }
    return pages.render(request, "reporting/indicators/scorecard.html", context=context)


@policy.needs(VIEW)
@require_safe
def grid_score(request: HttpRequest) -> HttpResponse:
    """The service in grids, unit by unit: answer, solution, satisfaction, time, hazards, data."""
    asked = Asked(request)
    alike = [one for one in asked.units if one.kind == asked.unit.kind]
    rules = indicator_catalogue.grid_score()
    named = {one.code: one for one in queries.in_force(asked.period)}
    context = {
        **asked.context(),
        "sections": section("grid_score"),
        "cards": scorecards.grid_cards(request.user, asked.period, alike),
        "columns": [
            (named[code], rule["weight"], rule["zero"], rule["full"])
            for code, rule in rules.items()
            if code in named
        ],
        "ranked_from": indicator_catalogue.ranked_from(),
    }
    return pages.render(request, "reporting/indicators/grid_score.html", context=context)


def _spans(period: Period) -> list[Period]:
    found = [period]
    while len(found) < STEPS:
        found.insert(0, found[0].previous())
    return found


def _dimension(card: Card, key: str) -> dict[str, Any] | None:
    if key not in Dimension.values:
        return None
    held = [one for one in card.lines if one.indicator.dimension == key]
    return {"label": Dimension(key).label, "lines": held}


def radar(cards: dict[str, Card]) -> SafeString:
    """The seven sides of some units; a side without score is drawn at nothing and said so below."""
    scored = {name: one for name, one in cards.items() if one.total.score is not None}
    if not scored:
        return mark_safe("")  # noqa: S308 (nothing)
    return drawn_radar(
        {
            name: {key: mean.shown for key, mean in one.dimensions.items()}
            for name, one in scored.items()
        }
    )


def drawn_radar(scores: dict[str, dict[str, Decimal | None]]) -> SafeString:
    """The seven sides from scores as they are printed."""
    axes = {str(label): 100.0 for _key, label in Dimension.choices}
    series = {
        name: [float(given.get(key) or 0) for key in Dimension.values]
        for name, given in scores.items()
    }
    title = _("七维评价：%(units)s") % {"units": "、".join(series)}
    # Drawn by us, and every text in it is escaped by the drawing library.
    return mark_safe(charts.svg(charts.radar(axes, series), 720, 420, title=title))  # noqa: S308


def _trend(spans: Sequence[Period], cards: Sequence[Card]) -> SafeString:
    numbers = [float(one.total.shown) if one.total.shown is not None else None for one in cards]
    if sum(one is not None for one in numbers) < 2:
        return mark_safe("")  # noqa: S308 (nothing)
    option = charts.line(
        [queries.written(one) for one in spans], {str(_("总分")): numbers}, unit=str(_("分"))
    )
    return mark_safe(charts.svg(option, 960, 260, title=_("总分趋势")))  # noqa: S308
