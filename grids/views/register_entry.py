"""One entry of a register, and the moves on its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock, pages, policy
from core.errors import Refused
from grids import register_forms as shapes
from grids import register_presenting as presenting
from grids.models import RegisterEntry
from grids.registers.moves import Move
from grids.services import registers as services
from grids.views.registers import VIEW, find

SERVICES: dict[str, Any] = {
    Move.REVIEW: services.review,
    Move.APPROVE: services.approve,
    Move.REFUSE: services.refuse,
    Move.CLOSE: services.close,
    Move.ATTACH: services.attach,
    Move.STRIKE: services.strike,
}
REVEAL = "reveal"


@policy.needs(VIEW)
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """What an entry says, what belongs to it, what happened to it, what can be done."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest,
    one: RegisterEntry,
    *,
    move: str = "",
    bound: Any = None,
    full: dict[str, Any] | None = None,
) -> HttpResponse:
    today, user = clock.today(), request.user
    colour, word = presenting.lamp(one, on=today)
    factors = presenting.factors(one)
    context: dict[str, Any] = {
        "entry": one,
        "definition": one.definition,
        "lamp": colour,
        "word": word,
        "facts": presenting.facts(one, user=user, full=full),
        "factors": factors,
        "ending": presenting.ending(one, user=user),
        "files": one.files.select_related("file").order_by("at_end", "pk"),
        "branches": presenting.branches(one, user),
        "events": presenting.history(one),
        "changes": presenting.last_change(one, user=user),
        "moves": [
            {
                "move": each,
                "form": bound if move == each else _blank(each, one),
                "open": move == each,
                "takes_files": each in (Move.CLOSE, Move.ATTACH),
                "url": reverse("grids:register_act", args=[one.pk, each.value]),
            }
            for each in map(Move, SERVICES)
            if not services.refusal_of(each, one, by=user)
        ],
        "may_change": not services.refusal_of(Move.CHANGE, one, by=user),
        "may_reveal": bool(one.private)
        and not services.refusal(one.definition, one.organisation, by=user),
        "purpose": bound if move == REVEAL else shapes.PurposeForm(auto_id="reveal_%s"),
        "revealed": full is not None,
        "now": clock.now(),
        "form": bound,
    }
    response = pages.render(request, "grids/registers/entry.html", context=context)
    if full is not None:
        response["Cache-Control"] = "private, no-store"
    return response


def _form(move: str, one: RegisterEntry, *given: Any) -> Any:
    if move == Move.CLOSE:
        return shapes.CloseForm(*given, definition=one.definition)
    if move == Move.ATTACH:
        return shapes.FilesForm(*given)
    label = _("原因") if move in (Move.REFUSE, Move.STRIKE) else ""
    return shapes.NoteForm(*given, label=label, auto_id=f"{move}_%s")


def _blank(move: str, one: RegisterEntry) -> Any:
    return _form(move, one)


@policy.needs(VIEW)
@require_POST
def act(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One move of an entry; what the service refuses stands at its form."""
    one = find(request, pk)
    if move == REVEAL:
        return _reveal(request, one)
    if move not in SERVICES or (move == Move.CLOSE and one.definition.closing is None):
        raise Http404
    form = _form(move, one, request.POST, request.FILES)
    if form.is_valid():
        try:
            said = _said(move, form)
            SERVICES[move](one, **said, by=request.user, now=clock.now())
        except services.Faulty as faulty:
            form.blame(faulty)
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            label = Move(move).label
            messages.success(request, _("已办理“%(move)s”。") % {"move": label})
            return pages.go(request, "grids:register_entry", one.pk)
    return shown(request, one, move=move, bound=form)


def _said(move: str, form: Any) -> dict[str, Any]:
    """What a form gives its service. Raises ``Rejected`` for a file that is not taken."""
    if move in (Move.CLOSE, Move.ATTACH):
        received = services.receive(form.cleaned_data["files"])
        return {"received": received, **({"values": form.values()} if move == Move.CLOSE else {})}
    return {"note": form.cleaned_data["note"]}


def _reveal(request: HttpRequest, one: RegisterEntry) -> HttpResponse:
    form = shapes.PurposeForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        purpose = form.cleaned_data["purpose"]
        full = pages.attempt(
            form, services.reveal, entry=one, purpose=purpose, by=request.user, now=clock.now()
        )
        if full is not None:
            return shown(request, one, full=full)
    return shown(request, one, move=REVEAL, bound=form)
