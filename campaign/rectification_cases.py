"""A case that was found true as a source of the rectification ledger.

Nobody's particulars reach the ledger. Of a case that its unit must not know of (a report, an appeal
in secrecy) it learns nothing: no number, no words, no place, not even that somebody complained.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign import rectification_sources as sources
from campaign.models import RectificationItem
from campaign.rectification_sources import Origin
from complaints import naming, privacy, queries
from complaints.beside import Block
from complaints.models import Case
from complaints.workflow import DONE, REPORT, keeps_secret

NAME = RULE = "case"
TITLE = gettext_lazy("整改台账")
PROVEN = ("substantiated", "partly")
COMPLAINT = "complaint"
LONGEST = 1500
RELATED = ("organisation", "procedure")
Source = RectificationItem.Source


def proven(keys: Sequence[int]) -> list[Case]:
    """Of these cases those found true and done with."""
    found = Case.objects.filter(pk__in=keys, outcome__in=PROVEN, state__in=DONE)
    return list(found.filter(merged_into__isnull=True).select_related(*RELATED).order_by("pk"))


def find(key: str, user: User | None) -> Origin | None:
    """The case behind a key, in sight of the user."""
    pk = sources.number(key)
    seen = Case.objects.all() if user is None else Case.objects.visible_to(user)
    found = seen.select_related(*RELATED).filter(pk=pk).first() if pk else None
    return origin_of(found) if found else None


def origin_of(case: Case) -> Origin | None:
    """What the ledger is told of a case; None where it is against no company."""
    unit = sources.supervised_unit(case.organisation)
    if unit is None:
        return None
    told: dict[str, Any] = {"kind": Source.INSPECTION, "ref": ""}
    why_not = _why_not(case)
    if not hidden(case):
        told = {"kind": Source.CASE, "ref": case.number, "rule": RULE}
        told["problem"] = "" if why_not else words(case)
    if not keeps_secret(case):
        # A line or an area of few households says where somebody lives who asked for secrecy.
        told |= {"feeder": case.feeder, "transformer_area": case.transformer_area}
    return Origin(
        name=NAME,
        key=str(case.pk),
        unit=unit,
        label=_("诉求%(number)s") % {"number": case.number},
        url=reverse("complaints:case", args=[case.pk]),
        cases=(case,),
        why_not=why_not,
        **told,
    )


def _why_not(case: Case) -> str:
    merged = case.merged_into_id is not None
    if merged or case.state not in DONE or case.outcome not in PROVEN:
        return _("诉求办结并认定属实后，才能列入整改台账。")
    return ""


def hidden(case: Case) -> bool:
    """Whether the unit must not learn that there is the case."""
    return case.nature == REPORT or (case.nature != COMPLAINT and keeps_secret(case))


def words(case: Case) -> str:
    """What it is about, with the complainant made into 某某."""
    # Kept as a record: in the language of the office, whoever enters it.
    with translation.override(settings.LANGUAGE_CODE):
        label = queries.Labels().of("category", case.category, at=case.received_at)
    text = naming.without(privacy.spoken(case.content, case), case)
    return "：".join(filter(None, (label if case.category else "", text)))[:LONGEST]


def beside(case: Case, user: User, now: datetime) -> Block | None:
    """The ledger's block on the page of a case."""
    entry = sources.entry(origin_of(case), user, now=now)
    return Block(TITLE, "campaign/rectification/_source.html", entry) if entry else None
