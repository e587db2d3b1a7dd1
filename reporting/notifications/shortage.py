"""Letters about shortage: large gaps, activations, emergency plans. No personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from reporting.notifications.filing import Letters, letters

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from reporting.models import GapForecast


def gap_reported(forecast: GapForecast, *, to: Organisation, people: Iterable[User]) -> Letters:
    """A company reports a gap above the share that the rule names."""
    words = {
        "organisation": forecast.organisation.name,
        "day": forecast.day.isoformat(),
        "band": forecast.band,
        "gap": f"{forecast.gap_mw.normalize():f}",
        "share": f"{forecast.share:.2f}",
        "words": forecast.report_words,
    }
    return letters(
        key=f"gap-reported-{forecast.pk}-{to.pk}",
        kind="forecast.report",
        to=to,
        people=people,
        subject=_("缺口报告：%(organisation)s %(day)s %(band)s") % words,
        body=_(
            "%(organisation)s预测%(day)s %(band)s电力缺口%(gap)s兆瓦，"
            "占最大用电需求的%(share)s%%。\n%(words)s"
        )
        % words,
        url=reverse("reporting:forecast", args=[forecast.pk]),
    )
