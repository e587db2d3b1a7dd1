"""What stands beside a node of the duty tree: cases here, filings and figures told by apps above.

The campaign knows its guarantees and implementations; what filings, outages and indicators say of
them is known to those who keep these. They register a teller here, as news travels up only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import safeguards
from campaign.models import Campaign, LegalArticle, Objective, Safeguard
from complaints.filters import CaseFilters
from complaints.models import Case, Term
from core import catalogue_files, clock

CATALOGUE = Path(__file__).parent / "catalogue" / "evidence"
CASES, RULES = CATALOGUE / "cases.yaml", CATALOGUE / "rules.yaml"


@dataclass(frozen=True)
class Asked:
    """Of which node, for whom to see, of which enterprise (None: all in sight), at what time."""

    objective: Objective
    user: User
    unit: Organisation | None
    now: datetime

    @property
    def campaign(self) -> Campaign:
        return self.objective.campaign

    @property
    def since(self) -> date:
        return self.campaign.starts_on

    @property
    def until(self) -> date:
        """The last day that is counted: today, or the campaign's end once it is over."""
        return min(clock.day_of(self.now), self.campaign.ends_on)

    @property
    def codes(self) -> list[str]:
        """The node and those above it, for which what counts below them counts, too."""
        found, node = [], self.objective
        while node is not None:
            found.append(node.code)
            node = node.parent
        return found

    @property
    def within(self) -> dict[str, str]:
        """Period and enterprise as filters of lists name them."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {**days, "unit": self.unit.code} if self.unit else days


@dataclass(frozen=True)
class Evidence:
    """A figure that opens the list that it counts."""

    label: Any
    count: Any
    url: str
    note: Any = ""
    tone: str = ""


Teller = Callable[[Asked], Iterable[Evidence]]
_tellers: dict[str, tuple[Any, Teller]] = {}


def register(name: str, title: Any, teller: Teller) -> None:
    """Let the page of a node ask ``teller(asked)``; it tells only what the user may see."""
    _tellers[name] = (title, teller)


def gathered(asked: Asked) -> list[tuple[Any, list[Evidence]]]:
    """What all tellers know, each under its title; those without a word are left out."""
    told = [(title, list(teller(asked))) for title, teller in _tellers.values()]
    return [(title, found) for title, found in told if found]


@cache
def mapping(path: Path) -> dict[str, Any]:
    """A catalogue of evidence: template → node → what counts as evidence of it."""
    found: dict[str, Any] = catalogue_files.read(path)
    return found


def of_node(path: Path, asked: Asked) -> Any:
    """What a catalogue says of a node, or of the nearest one above it; None where nothing."""
    known = mapping(path).get(asked.campaign.template.code, {})
    return next((known[code] for code in asked.codes if code in known), None)


# -- what the campaign and the cases below it tell -------------------------------------------------


def documents(asked: Asked) -> Iterable[Evidence]:
    """Systems and measures that stand for the node."""
    if asked.objective.kind not in safeguards.REQUIRED or asked.objective.parent_id:
        return
    seen = Safeguard.objects.visible_to(asked.user).filter(objective=asked.objective)
    if asked.unit:
        seen = seen.filter(organisation=asked.unit)
    url = f"{reverse('campaign:safeguards', args=[asked.campaign.pk])}?node={asked.objective.pk}"
    yield Evidence(_("有效的制度和措施"), seen.standing().count(), url)


def rules(asked: Asked) -> Iterable[Evidence]:
    """Articles of law in force that bind whoever is to keep the node."""
    codes = of_node(RULES, asked)
    if not codes:
        return
    found = LegalArticle.objects.visible_to(asked.user).in_force(on=asked.until)
    query = urlencode({"on": asked.until.isoformat(), "codes": ",".join(codes)})
    url = f"{reverse('campaign:articles')}?{query}"
    yield Evidence(_("现行法律条款"), found.filter(code__in=codes).count(), url)


def cases(asked: Asked) -> Iterable[Evidence]:
    """Cases of the categories that concern the node, since the campaign began."""
    wanted = of_node(CASES, asked)
    if not wanted or not asked.user.can(Permission.CASE_VIEW):
        return
    labels = Term.objects.labels("category", on=asked.until)
    seen = Case.objects.visible_to(asked.user)
    for one in wanted:
        filters = CaseFilters.of({**one["filters"], **asked.within}).with_(counted="1")
        found = filters.narrow(seen, user=asked.user, now=asked.now).count()
        label = one.get("label") or labels.get(one["filters"]["category"], "")
        yield Evidence(label, found, filters.list_url())


register("rules", gettext_lazy("规则"), rules)
register("documents", gettext_lazy("制度和措施"), documents)
register("cases", gettext_lazy("诉求"), cases)
