"""What the pages of the linkage read: proposals by score, two cases side by side, repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import presenting, privacy, queries
from complaints.models import Case, CaseLink, IncidentMember
from complaints.services.comparing import facts, rules_on
from complaints.services.linking import may_link
from complaints.services.repeating import Callers
from complaints.workflow import Source

Kind, State = CaseLink.Kind, CaseLink.State
VIEWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "proposed": (_("待确认"), {"state": State.PROPOSED}),
    "certain": (_("确定的建议"), {"state": State.PROPOSED, "certain": True}),
    "confirmed": (_("已确认"), {"state": State.CONFIRMED}),
    "rejected": (_("已否定"), {"state": State.REJECTED}),
}
KINDS = (Kind.JOINT, Kind.REPEAT, Kind.DUPLICATE)
RELATED = [
    f"{side}__{name}"
    for side in ("a", "b")
    for name in ("owner", "holder", "organisation", "region", "responsible", "procedure")
]


@dataclass(frozen=True)
class Filters:
    """What the desk was asked for; anything that is not in the lists asks nothing."""

    kind: str = ""
    number: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{name: params.get(name, "").strip()[:40] for name in cls.__annotations__})

    def on(self, links: QuerySet[CaseLink]) -> QuerySet[CaseLink]:
        if self.kind in KINDS:
            links = links.filter(kind=self.kind)
        if self.number:
            links = links.filter(Q(a__number=self.number) | Q(b__number=self.number))
        return links


def proposals(user: User) -> QuerySet[CaseLink]:
    """Everything that was ever proposed by rule, in sight of the person."""
    return CaseLink.objects.visible_to(user).filter(score__isnull=False, kind__in=KINDS)


def in_view(links: QuerySet[CaseLink], view: str) -> QuerySet[CaseLink]:
    """Those of a tab."""
    return links.filter(**VIEWS[view][1])


def following(user: User, link: CaseLink) -> CaseLink | None:
    """The next one that waits after this one, by score; the first of all at the end."""
    waiting = in_view(proposals(user), "proposed").exclude(pk=link.pk).order_by("-score", "-pk")
    lower = Q(score__lt=link.score) | Q(score=link.score, pk__lt=link.pk)
    return waiting.filter(lower).first() or waiting.first()


def side(case: Case, user: User, labels: queries.Labels, *, now: datetime) -> dict[str, Any]:
    """One of two cases as it stands beside the other."""
    terms = ("nature", "channel", "category", "area_type", "outcome")
    return {
        "case": case,
        "source": Source(case.source).label,
        "lamp": presenting.case_lamp(case, now=now),
        "named": {
            kind: labels.of(kind, code, at=case.received_at)
            if (code := getattr(case, kind))
            else ""
            for kind in terms
        },
        "personal": privacy.masked(case, user),
        "clocks": presenting.clock_rows(case, now=now),
        "events": presenting.events(queries.timeline(case, user)),
        "may_answer": may_link(case, user),
    }


def rows(
    left: dict[str, Any], right: dict[str, Any], link: CaseLink
) -> list[tuple[Any, Any, Any, bool]]:
    """Particulars of two sides: label, left, right, and whether they are equal.

    Of what is masked the comparison told, which saw both in full.
    """
    told = {code for code, _points in link.reasons}
    found = []
    for label, value, *kinds in PARTICULARS:
        one, other = str(value(left) or ""), str(value(right) or "")
        same = any(f"{kind}.same" in told for kind in kinds) if kinds else one == other
        if one or other:
            found.append((label, one, other, same))
    return found


PARTICULARS: tuple[tuple[Any, ...], ...] = (
    (_("诉求性质"), lambda side: side["named"]["nature"]),
    (_("反映渠道"), lambda side: side["named"]["channel"]),
    (_("业务类别"), lambda side: side["named"]["category"]),
    (_("被反映单位"), lambda side: side["case"].organisation),
    (_("首接单位"), lambda side: side["case"].owner),
    (_("承办单位"), lambda side: side["case"].holder),
    (_("承办人"), lambda side: side["case"].responsible),
    (_("地区"), lambda side: side["case"].region),
    (_("线路"), lambda side: side["case"].feeder),
    (_("台区"), lambda side: side["case"].transformer_area),
    (_("诉求人"), lambda side: side["personal"]["complainant_name"], "name"),
    (_("联系电话"), lambda side: side["personal"]["complainant_phone"], "phone"),
    (_("户号"), lambda side: side["personal"]["account_no"], "account"),
    (_("用电地址"), lambda side: side["personal"]["address"], "address"),
    (_("诉求内容"), lambda side: side["case"].content),
    (_("办理结论"), lambda side: side["named"]["outcome"]),
)


def again(case: Case, user: User) -> tuple[list[Case], int]:
    """All times that the person came with the matter, over both hotlines, as far as they are in
    sight; and within how many days.

    Nothing where even a trace of the complainant is secret to the reader.
    """
    if privacy.is_secret(case, user) or not (case.phone_index or case.account_index):
        return [], 0
    rules = rules_on(case.received_at)
    one = facts(case, rules)
    seen = Case.objects.visible_to(user)
    times = [other.pk for other in Callers({case.pk: one}, rules, seen).series(one)]
    found = seen.select_related("owner", "holder").in_bulk(times)
    told = [found[pk] for pk in times if not privacy.is_secret(found[pk], user)]
    return (told if len(told) > 1 else []), rules.repeat["window_days"]


def incidents_of(case: Case) -> list[IncidentMember]:
    """The event that a case tells of, or may tell of."""
    standing = case.memberships.filter(state__in=IncidentMember.STANDING)
    return list(standing.select_related("incident", "incident__leading"))
