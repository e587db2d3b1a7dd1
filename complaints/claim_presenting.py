"""Claims in words: rows of lists, the two sides' clocks, what somebody may do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import claim_queries as queries
from complaints import presenting
from complaints.claim_forms import ASIDE, FORMS, STEPS, ClaimForm
from complaints.claim_refusals import not_responsible
from complaints.claim_words import state_of, word_of
from complaints.models import Claim
from complaints.procedure_definition import COMPANY
from complaints.procedures import definition_of
from complaints.refusals import Actor, refusal
from complaints.services import claim_acts as acts
from complaints.workflow import DONE, Act, State
from core import arithmetic, masking
from core.components import Stat, Tab

if TYPE_CHECKING:
    from accounts.models import User

L = gettext_lazy
SECTIONS = {
    "list": (L("涉电诉求"), "complaints:claims"),
    "board": (L("三率"), "complaints:claims_board"),
    "agenda": (L("联席会议"), "complaints:claims_agenda"),
}
PERSONAL = {
    "complainant_name": (L("诉求人"), "name"),
    "complainant_phone": (L("联系电话"), "phone"),
    "account_no": (L("户号"), "account_no"),
    "address": (L("地址"), "address"),
}


def sections(current: str) -> list[Tab]:
    return [Tab(label, reverse(name), key == current) for key, (label, name) in SECTIONS.items()]


def views(filters: queries.Filters, counts: dict[str, int]) -> list[Tab]:
    """Mine, all, open, done, not located: each with its length."""
    labels = {
        "mine": _("我的在办"),
        "": _("全部"),
        "open": _("在办"),
        "done": _("办结"),
        "unlocated": _("待定位"),
    }
    current, mine = "mine" if filters.mine else filters.view, {"mine": "1", "view": "open"}
    return [
        Tab(
            label,
            filters.url(**(mine if view == "mine" else {"view": view, "mine": ""})),
            current == view,
            counts[view],
        )
        for view, label in labels.items()
    ]


def row(claim: Claim, *, now: datetime) -> dict[str, Any]:
    """A claim as lists show it."""
    lamp, _word = presenting.case_lamp(claim.case, now=now)
    return {
        "claim": claim,
        "lamp": "done" if claim.case.state in DONE else lamp,
        "word": state_of(claim.case.state),
        "address": masking.mask("address", claim.case.address),
    }


def described(filters: queries.Filters) -> list[str]:
    """What a list was narrowed by beside its filter bar, in words."""
    words = []
    if filters.unit:
        words.append(_("承办单位：%(code)s") % {"code": filters.unit})
    if filters.grid:
        words.append(_("电力网格：%(code)s") % {"code": filters.grid})
    if filters.figure in queries.LABELS:
        words.append(str(queries.LABELS[filters.figure]))
    return words


def sides(claim: Claim, *, now: datetime) -> list[dict[str, Any]]:
    """The clocks of the company and those of the government, side by side."""
    rules = definition_of(claim.case.procedure).clocks
    rows = presenting.clock_rows(claim.case, now=now)
    # Of a clock that ran again and again only what happened last.
    last: dict[str, dict[str, Any]] = {}
    for one in rows:
        known = last.get(one["clock"].code)
        if known is None or known["clock"].round < one["clock"].round:
            last[one["clock"].code] = one
    groups: list[dict[str, Any]] = [
        {"title": _("供电企业时限"), "rows": []},
        {"title": _("政府网格时限"), "rows": []},
    ]
    for code, rule in rules.items():
        if code in last:
            groups[0 if rule.keeper == COMPANY else 1]["rows"].append(last[code])
    return groups


def person(claim: Claim, shown: dict[str, str] | None = None) -> list[tuple[Any, str]]:
    """The claimant, masked unless revealed."""
    return [
        (label, shown[name] if shown else masking.mask(kind, getattr(claim.case, name)))
        for name, (label, kind) in PERSONAL.items()
    ]


def events(claim: Claim) -> list[Any]:
    """The timeline in the words of grids; what a phone told later says so."""
    found = claim.case.events.select_related("by", "organisation", "case").order_by("-sequence")
    rows = list(found)
    made = presenting.events(rows)
    return [
        replace(one, title=_("吹哨") if event.kind == "received" else str(word(event.kind)))
        for event, one in zip(rows, made, strict=True)
    ]


def word(kind: str) -> Any:
    return word_of(kind) if kind in Act.values else presenting.kind_label(kind)


# --- What a person may do now ---------------------------------------------------------------------


def offered(
    claim: Claim, user: User, bound: ClaimForm | None = None, what: str = ""
) -> list[dict[str, Any]]:
    """The forms of a claim for a person: the next step first, on a phone one tap away.

    The steps that come after the next one are there too, closed: without a network somebody can
    report in, arrive and answer one after the other.
    """
    found = []
    for name in [*STEPS, *ASIDE]:
        if name != what and not _may(claim, user, name):
            continue
        form = bound if name == what and bound is not None else FORMS[name](claim=claim, user=user)
        url = reverse(f"complaints:claim_{name}", args=[claim.pk])
        found.append(
            {
                "name": name,
                "label": ASIDE.get(name) or word_of(name),
                "url": url,
                "form": form,
                "open": name == what,
                "offline": name in (Act.TAKE, Act.ARRIVE, Act.CONTACT, Act.REPLY),
            }
        )
    for one, following in zip(found, found[1:], strict=False):
        one["next"] = f"do-{following['name']}" if following["offline"] else ""
    return found


# Steps that may be written down before the one before them has reached the portal.
AHEAD = {
    State.DISPATCHED: (Act.ARRIVE, Act.REPLY),
    State.HANDLING: (),
}


def _may(claim: Claim, user: User, name: str) -> bool:
    if name in ASIDE:
        return _aside(claim, user, name)
    act, case = Act(name), claim.case
    if not refusal(case, act, Actor(user)):
        return True
    ahead = act in AHEAD.get(State(case.state), ())
    return (
        ahead
        and claim.grid_id is not None
        and not (claim.joint or claim.kind in (Claim.Kind.DISPUTE, Claim.Kind.UTILITY))
        and works_for(user, Permission.CLAIM_HANDLE, case.holder)
        and not not_responsible(claim, user)
    )


def _aside(claim: Claim, user: User, name: str) -> bool:
    case = claim.case
    if case.state in DONE:
        return False
    side = acts.side_of(claim, user)
    ours = side == "company" and not not_responsible(claim, user)
    working = case.state in (State.HANDLING, State.ARRIVED)
    signed = any(one.side == side for one in claim.signatures.all())
    rules = {
        "locate": side == "company" and claim.grid_id is None,
        "offer": ours and working and not _offer_of(claim),
        "tell_once": ours and working and not hasattr(claim, "notice"),
        "join": bool(side) and not claim.joint and claim.department_id is not None,
        "sign": bool(side) and claim.joint and not signed and (side != "company" or ours),
        "mediate": bool(side) and claim.kind == Claim.Kind.DISPUTE and not claim.mediation,
        "agenda": bool(side),
    }
    return rules[name]


def _offer_of(claim: Claim) -> Any:
    return next((one for one in claim.offers.all() if one.answered_at is None), None)


def waiting_offer(claim: Claim) -> Any:
    """The hand-over that nobody has answered yet."""
    return _offer_of(claim)


# --- Figures --------------------------------------------------------------------------------------


def percent(rate: Any) -> str:
    return arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%"


def stats(line: queries.Line) -> list[Stat]:
    """The rates in a row of numbers, each of which opens its list."""
    url = line.filters.url
    return [
        Stat(_("吹哨件数"), line.counts["all"], url(figure="all")),
        *(
            Stat(label, percent(line.rate(name)), url(figure=part))
            for name, (label, part, _whole) in queries.RATES.items()
        ),
        *(
            Stat(
                label, line.counts[name], url(figure=name), "", "late" if line.counts[name] else ""
            )
            for name, label in queries.COUNTS.items()
        ),
    ]


def cells(line: queries.Line) -> dict[str, Any]:
    """One line as the tables show it, and the list that each number opens."""
    url = line.filters.url
    rates = [
        {
            "label": label,
            "value": percent(line.rate(name)),
            "part": line.counts.get(part, 0),
            "whole": line.counts.get(whole, 0),
            "part_url": url(figure=part),
            "whole_url": url(figure=whole),
        }
        for name, (label, part, whole) in queries.RATES.items()
    ]
    counts = [
        {"label": label, "value": line.counts.get(name, 0), "url": url(figure=name)}
        for name, label in queries.COUNTS.items()
    ]
    return {
        "label": line.label,
        "n": line.counts.get("all", 0),
        "url": url(figure="all"),
        "rates": rates,
        "counts": counts,
    }
