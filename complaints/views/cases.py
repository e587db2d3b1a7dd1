"""The list of cases and the page of one case."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission
from complaints import beside, exports, linkage, presenting, privacy, queries, refusals, repairs
from complaints.filters import LIVELIHOOD, CaseFilters, described, livelihood, with_livelihood
from complaints.forms import ActForm, MergeForm, NoteForm, RevealForm
from complaints.models import Case
from complaints.procedures import definition_of
from complaints.refusals import Actor
from complaints.services.linking import may_link
from complaints.services.notes import note_refusal
from complaints.views import file_part
from complaints.workflow import Act, Source
from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset

VIEW = Permission.CASE_VIEW
ROWS = 50
MOST_EXPORTED = 5000
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RELATED = ("owner", "holder", "answerable", "organisation", "region", "responsible", "procedure")


@policy.needs(VIEW)
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases in sight: tabs, filters, search."""
    now = clock.now()
    view, filters, found = _found(request)
    page = keyset(found, request.GET, order=order_of(filters), size=ROWS)
    tagged = set(livelihood())
    labels = queries.Labels()
    rows = [
        {
            "case": case,
            "lamp": presenting.case_lamp(case, now=now),
            "nature": labels.of("nature", case.nature, at=case.received_at),
            "category": labels.of("category", case.category, at=case.received_at),
            "source": Source(case.source).label,
            "livelihood": case.category in tagged,
        }
        for case in page
    ]
    query = request.GET.copy()
    for name in ("after", "after_way"):
        query.pop(name, None)
    context = {
        "tabs": [Tab(label, f"?view={key}", key == view) for key, label in queries.VIEWS.items()],
        "view": view,
        "caption": queries.VIEWS[view],
        "filters": filters,
        "told": described(filters, labels, on=now),
        # Counting a long list costs: only where a figure says how many there are.
        "total": found.count() if filters.counted else None,
        "choices": {**queries.choices(), "livelihood": LIVELIHOOD.items()},
        "rows": rows,
        "page": page,
        "saved_page": "list",
        "saved_query": query.urlencode(),
        "export_url": f"{reverse('complaints:export')}?{query.urlencode()}",
        "may_register": request.user.can(Permission.CASE_REGISTER),
        "full_url": f"{reverse('complaints:export_in_full')}?{query.urlencode()}"
        if request.user.can(Permission.CASE_REVEAL)
        else "",
    }
    return pages.render(request, "complaints/list.html", context=context)


def order_of(filters: CaseFilters) -> tuple[str, ...]:
    """The newest first; by choice those with the tag 民生 before the others (S1-1.1.1)."""
    first = ("-livelihood",) if filters.livelihood == "first" else ()
    return (*first, "-received_at", "-pk")


def _found(request: HttpRequest) -> tuple[str, CaseFilters, Any]:
    asked = request.GET.get("view", "")
    view = asked if asked in queries.VIEWS else "open"
    filters, now = CaseFilters.of(request.GET), clock.now()
    seen = Case.objects.visible_to(request.user).select_related("organisation", "holder", "region")
    found = queries.in_view(seen, view, user=request.user, now=now)
    if filters.livelihood == "first":
        found = with_livelihood(found)
    return view, filters, filters.narrow(found, user=request.user, now=now)


def found_cases(request: HttpRequest) -> Any:
    """The cases that the list of this address shows."""
    return _found(request)[2]


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, personal data masked."""
    now = clock.now()
    _view, filters, found = _found(request)
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    rows = found.select_related("owner").order_by(*order_of(filters))
    content = exports.workbook(rows, request.user, now=now)
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="cases-{now:%Y%m%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def find(request: HttpRequest, pk: int) -> Case:
    """The case, if it is in sight; else 404."""
    seen = Case.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, clocks, timeline, and every act of the procedure with its form or its reason."""
    return page(request, find(request, pk))


def page(request: HttpRequest, found: Case, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a case; ``more`` are bound forms and revealed particulars."""
    now, user = clock.now(), request.user
    labels = queries.Labels()
    bound = more.pop("bound", None)
    terms = ("nature", "channel", "industry", "category", "target", "urgency", "area_type")
    named = {
        kind: labels.of(kind, code, at=found.received_at) if (code := getattr(found, kind)) else ""
        for kind in (*terms, "outcome", "satisfaction")
    }
    last = found.events.aggregate(last=Max("sequence"))["last"]
    rows, told = acts(request, found, bound, last), queries.timeline(found, user)
    again, again_days = linkage.again(found, user)
    context: dict[str, Any] = {
        "case": found,
        "named": named,
        "number_given": queries.numbers_given([found], user).get(found.pk, ""),
        "source": Source(found.source).label,
        "lamp": presenting.case_lamp(found, now=now),
        **_person(found, user),
        **_kin(found, user),
        "reveal_refusal": privacy.reveal_refusal(found, user),
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "clocks": presenting.with_pauses(presenting.clock_rows(found, now=now)),
        "events": presenting.events(told),
        "repair": repairs.record_of(found, user, told, labels),
        "links": [
            (link, other, *presenting.case_lamp(other, now=now))
            for link, other in queries.links(found, user)
        ],
        "memberships": linkage.incidents_of(found),
        "again": again,
        "again_days": again_days,
        "standing": ("proposed", "confirmed"),
        "supervisions": [
            (one, privacy.spoken(one.text, found))
            for one in found.supervisions.select_related("organisation")
        ],
        "acts": [row for row in rows if not row["refusal"]],
        "refused": [row for row in rows if row["refusal"]],
        "note_form": NoteForm(
            auto_id="note_%s",
            initial={"audiences": ["regulator", "company"], "seen_event": last},
        ),
        "note_refusal": note_refusal(found, user),
        "merge_form": MergeForm(auto_id="merge_%s"),
        "may_merge": found.is_open and may_link(found, user),
        "now": now,
        "beside": beside.blocks(found, user, now=now),
        **file_part.part(found, user),
        **more,
    }
    return pages.render(request, "complaints/case.html", context=context, status=status)


def _person(found: Case, user: User) -> dict[str, Any]:
    """What is shown of the complainant, and whether anything is known of them."""
    personal = privacy.masked(found, user)
    known = any(personal.values()) or bool(found.content_full)
    return {"personal": personal, "has_person": known}


def _kin(found: Case, user: User) -> dict[str, Any]:
    """The case that this one was merged into or appeals from, where that is in sight."""
    keys = {"into": found.merged_into_id, "origin": found.appeal_of_id}
    wanted = [pk for pk in keys.values() if pk]
    seen = Case.objects.visible_to(user).in_bulk(wanted) if wanted else {}
    return {name: seen.get(pk) for name, pk in keys.items()}


def acts(
    request: HttpRequest, found: Case, bound: Form | None, last: int | None
) -> list[dict[str, Any]]:
    """The acts of the procedure that fit the state, each with its form or why it is refused.

    ``last`` is the last line of the timeline.
    """
    rules = definition_of(found.procedure)
    actor, clocks = Actor(request.user), refusals.ticking(found)
    rows = []
    for name, move in rules.moves.items():
        act = Act(name)
        if found.state not in move.sources:
            continue
        why_not = refusals.refusal(found, act, actor)
        form = bound if bound is not None and getattr(bound, "act", None) == act else None
        if form is None and not why_not:
            seen = {"seen_event": last}
            form = ActForm(case=found, act=act, clocks=clocks, now=clock.now(), initial=seen)
        rows.append({"act": act, "label": act.label, "refusal": why_not, "form": form})
    return rows
