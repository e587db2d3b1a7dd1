"""A bulletin of an office and period, counted from the database in the style that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation
from core.errors import Refused
from core.periods import Period
from reporting.bulletins import counting, query, styles
from reporting.bulletins.model import Bulletin
from reporting.bulletins.styles import Style


@dataclass(frozen=True)
class Made:
    """A bulletin with the style that it was made in."""

    bulletin: Bulletin
    style: Style
    office: str


def style_for(code: str, *, office: str, period: Period, balance: str | None = None) -> Style:
    """The style with the office's manners and the balancing that is asked for. ``Refused``."""
    try:
        style = styles.style(code, office=office, on=period.first)
    except styles.UnknownStyle:
        raise Refused(_("没有“%(code)s”样式。") % {"code": code}) from None
    return style.with_(balance=balance) if balance else style


def make(
    organisation: Organisation,
    period: Period,
    *,
    style: str,
    balance: str | None = None,
    now: datetime,
) -> Made:
    """Count and build. Bulletins are Chinese whatever the reader's language. Raises ``Refused``."""
    if not organisation.is_regulator:
        raise Refused(_("通报由监管机构编制，%(name)s不是监管机构。") % {"name": organisation})
    chosen = style_for(style, office=organisation.code, period=period, balance=balance)
    with translation.override("zh-hans"):
        bulletin = counting.build(
            query.tally(organisation, period, now=now),
            style=chosen,
            period=period,
            issuer=short_issuer(organisation, period),
            office=organisation.code,
        )
    return Made(bulletin, chosen, organisation.code)


def short_issuer(organisation: Organisation, period: Period) -> str:
    """华中监管局 rather than 国家能源局华中监管局: as titles of tables name the office."""
    name = organisation.name_on(period.last)
    for above in ("国家电力监管委员会", "国家能源局"):
        if name != above:
            name = name.removeprefix(above)
    return name
