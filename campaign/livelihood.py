"""Livelihood first: which problems carry the tag 民生, and lists that put them first (S1-1.1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import LivelihoodTag, RectificationItem
from core import catalogue_files

CATALOGUE = Path(__file__).parent / "catalogue"
RULES = CATALOGUE / "livelihood" / "rules.yaml"
CHOICES: dict[str, Any] = {
    "first": gettext_lazy("民生事项在前"),
    "only": gettext_lazy("只看民生事项"),
}


@dataclass(frozen=True)
class Rule:
    """One edition: sources that always count, articles that do, words that do."""

    valid_from: date
    sources: frozenset[str]
    nodes: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def articles(self) -> set[str]:
        """Codes of the articles on which these nodes rest, in any template."""
        kept = catalogue_files.read(CATALOGUE / "evidence" / "rules.yaml")
        return {
            code for nodes in kept.values() for node in self.nodes for code in nodes.get(node, ())
        }

    def why(self, *, source: str, text: str, articles: Iterable[str] = ()) -> str:
        """Why a problem carries the tag; empty where it does not."""
        if source in self.sources:
            return _("来源为%(source)s") % {"source": RectificationItem.Source(source).label}
        if cited := sorted(set(articles) & self.articles):
            return _("依据条款%(codes)s") % {"codes": "、".join(cited)}
        if word := next((one for one in self.words if one in text), ""):
            return _("内容涉及“%(word)s”") % {"word": word}
        return ""


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(one["valid_from"], frozenset(one["sources"]), tuple(one["nodes"]), tuple(one["words"]))
        for one in catalogue_files.read(RULES)
    )


def rule_on(day: date) -> Rule:
    """The rule in force on a day, else the first."""
    return catalogue_files.in_force(_rules(), on=day) or _rules()[0]


def with_tag(items: QuerySet[RectificationItem]) -> QuerySet[RectificationItem]:
    """Annotate ``livelihood``, by which lists put these first."""
    tags = LivelihoodTag.objects.filter(item=OuterRef("pk"), tagged=True)
    return items.annotate(livelihood=Exists(tags))
