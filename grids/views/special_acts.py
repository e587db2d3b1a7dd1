"""One household of the special-group ledger: its page, what is opened with a purpose, the moves.

Source: grid standard 5.8 (S2-5.8a to S2-5.8d).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, pages, policy
from core.download import SANDBOX
from core.errors import Refused
from grids import special_access as access
from grids import special_forms as shapes
from grids import special_presenting as presenting
from grids.models import SpecialConsent, SpecialHousehold
from grids.services import special as services
from grids.services import special_care as care
from grids.services import special_consent as consents
from grids.special_workflow import Move
from grids.views.special import KEEP, REVEAL, VIEW

RELATED = ("organisation", "grid__enterprise", "grid__station", "government_grid", "written_by")
# Moves of a household itself; those of a pair or a planned visit take these instead.
SERVICES: dict[Move, Any] = {
    Move.HELP: care.help,
    Move.CHECK: care.check,
    Move.PLAN_CHECK: care.plan_check,
    Move.REVIEW: services.review,
    Move.SHARE: consents.agree_anew,
    Move.UNSHARE: consents.agree_anew,
    Move.END: consents.end,
    Move.WITHDRAW: consents.withdraw,
}
PARTS: dict[Move, Any] = {
    Move.HAND_OVER: care.hand_over,
    Move.END_HELP: care.end_help,
    Move.VISIT: care.visit,
}


def find(request: HttpRequest, pk: int) -> SpecialHousehold:
    """The household, if it is in sight; otherwise there is none (404)."""
    seen = SpecialHousehold.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_safe
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """One household, masked: consent, helpers, checks, visits, what can be done."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest,
    one: SpecialHousehold,
    *,
    move: str = "",
    bound: Any = None,
    full: dict[str, str] | None = None,
) -> HttpResponse:
    """The page; ``full``: what was opened, for this one answer."""
    today, user = clock.today(), request.user
    colour, word = presenting.lamp(one, on=today)
    may_reveal = not access.reveal_refusal(one, by=user)
    moves = [
        {
            "move": each,
            "form": bound
            if each.value == move
            else shapes.FORMS[each](household=one, auto_id=f"{each.value}_%s"),
            "open": each.value == move,
        }
        for each in presenting.movable(one, user)
    ]
    purpose = bound if move == "reveal" else shapes.PurposeForm(auto_id="reveal_%s")
    context: dict[str, Any] = {
        "household": one,
        "lamp": colour,
        "word": word,
        "name": presenting.name(one),
        "facts": presenting.facts(one, full),
        "revealed": full is not None,
        "may_reveal": may_reveal,
        "purpose": purpose,
        "consents": presenting.consent_of(one),
        "pairs": one.pairs.select_related("helper__user").order_by("-valid_from", "-pk"),
        "checks": presenting.checks_of(one, on=today),
        "visits": presenting.visits_of(one),
        "moves": moves,
        "may_change": not access.refusal(Move.CHANGE, one, by=user),
        "events": presenting.history(one),
        "now": clock.now(),
        "form": bound,
    }
    response = pages.render(request, "grids/special/detail.html", context=context)
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(REVEAL)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The particulars in full, for a stated purpose; they stand in this one answer only."""
    one = find(request, pk)
    form = shapes.PurposeForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        full = pages.attempt(
            form,
            services.reveal,
            household=one,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if full is not None:
            return shown(request, one, full=full)
    return shown(request, one, move="reveal", bound=form)


@policy.needs(REVEAL)
@require_POST
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signed form of a consent, on the same terms."""
    seen = SpecialConsent.objects.visible_to(request.user).select_related("scan", "household")
    consent = get_object_or_404(seen, pk=pk)
    one = find(request, consent.household_id)
    form = shapes.PurposeForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        content = pages.attempt(
            form,
            services.open_scan,
            consent=consent,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if content is not None and consent.scan is not None:
            # Its own name may say whose it is.
            ending = consent.scan.name.rpartition(".")[2]
            response = FileResponse(
                content,
                as_attachment=True,
                filename=f"{one.number}.{ending}",
                content_type=consent.scan.content_type,
            )
            response["X-Content-Type-Options"] = "nosniff"
            response["Content-Security-Policy"] = SANDBOX
            response["Cache-Control"] = "private, no-store"
            return response
    return shown(request, one, move="reveal", bound=form)


@policy.needs(KEEP)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say anew who lives there; nothing of what is known is shown."""
    one = find(request, pk)
    if why_not := access.refusal(Move.CHANGE, one, by=request.user):
        raise Refused(why_not)
    form = shapes.ChangeForm(request.POST if request.method == "POST" else None, household=one)
    if form.is_bound and form.is_valid():
        try:
            services.change(
                one,
                kind=form.cleaned_data["kind"],
                person=form.person(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=clock.now(),
            )
        except services.Faulty as faulty:
            form.blame(faulty)
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            messages.success(request, _("已修改。"))
            return pages.go(request, "grids:special_household", one.pk)
    context = {"form": form, "household": one}
    return pages.render(request, "grids/special/edit.html", context=context)


@policy.needs(KEEP)
@require_POST
def act(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One move of a household; what the service refuses stands at its form."""
    one = find(request, pk)
    chosen = next((each for each in shapes.FORMS if each.value == move), None)
    if chosen is None:
        raise Http404
    if why_not := access.refusal(chosen, one, by=request.user):
        raise Refused(why_not)
    form = shapes.FORMS[chosen](request.POST, request.FILES, household=one, auto_id=f"{move}_%s")
    if form.is_valid():
        try:
            _perform(chosen, one, form.said(), by=request.user)
        except services.Faulty as faulty:
            form.blame(faulty)
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            messages.success(request, _("已办理“%(move)s”。") % {"move": chosen.label})
            return pages.go(request, "grids:special_household", one.pk)
    return shown(request, one, move=move, bound=form)


def _perform(move: Move, one: SpecialHousehold, said: dict[str, Any], *, by: Any) -> None:
    if move in PARTS:
        part = said.pop("pair" if "pair" in said else "planned")
        PARTS[move](part, **said, by=by, now=clock.now())
    else:
        SERVICES[move](one, **said, by=by, now=clock.now())
