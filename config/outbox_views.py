"""Letters as the system administrator reviews them: found, looked at, released or given up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission
from accounts.services.links import without_tokens
from config import letter_words, scope
from core import audit, clock, pages, parked, policy
from core.components import Tab
from core.fields import is_unread
from core.models import Letter
from core.paging import keyset

State = Letter.State
# Tab, its label, and the states that it shows.
TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("attention", _("待处理"), (State.PARKED, State.UNKNOWN)),
    ("waiting", _("待发"), (State.QUEUED, State.IN_FLIGHT)),
    ("sent", _("已发"), (State.SENT,)),
    ("dropped", _("不再发送"), (State.DROPPED,)),
    ("all", _("全部"), tuple(State.values)),
)
LAMPS = {
    State.QUEUED: "ok",
    State.IN_FLIGHT: "ok",
    State.SENT: "done",
    State.PARKED: "late",
    State.UNKNOWN: "near",
    State.DROPPED: "pause",
}


class Search(forms.Form):
    """What to look for. Anything that is no valid choice is left out."""

    channel = forms.ChoiceField(
        label=_("渠道"), required=False, choices=[("", _("全部")), *Letter.Channel.choices]
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[("", _("全部")), *letter_words.GROUPS.items()],
    )
    words = forms.CharField(label=_("标题或收件地址"), required=False, max_length=60)
    since = forms.DateField(
        label=_("生成日期自"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class Reason(forms.Form):
    """Why a person reads, settles or gives up a letter."""

    reason = forms.CharField(label=_("理由"), max_length=500)


def visible_letters(user: User) -> QuerySet[Letter]:
    """All letters at the national regulator; elsewhere those of organisations in sight."""
    if scope.sees_all(user, Permission.OUTBOX_MANAGE):
        return Letter.objects.all()
    return Letter.objects.filter(organisation__in=scope.codes(user, Permission.OUTBOX_MANAGE))


def _found(letters: QuerySet[Letter], wanted: dict[str, Any]) -> QuerySet[Letter]:
    if channel := wanted.get("channel"):
        letters = letters.filter(channel=channel)
    if kind := wanted.get("kind"):
        letters = letters.filter(Q(kind=kind) | Q(kind__startswith=f"{kind}."))
    if words := wanted.get("words"):
        # An address is looked for as a whole: parts of it would let one guess at people.
        by_address = Letter.objects.addressed_to(words) if "@" in words else Letter.objects.none()
        letters = letters.filter(Q(subject__icontains=words) | Q(pk__in=by_address.values("pk")))
    if since := wanted.get("since"):
        letters = letters.filter(created_at__gte=clock.at(since))
    if until := wanted.get("until"):
        letters = letters.filter(created_at__lte=clock.at(until, 23, 59, 59))
    return letters


@policy.needs(Permission.OUTBOX_MANAGE)
def letters(request: HttpRequest) -> HttpResponse:
    """The list; what needs a person comes first."""
    form = Search(request.GET)
    form.is_valid()
    found = _found(visible_letters(request.user), form.cleaned_data)
    counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    sums = {key: sum(counts.get(state, 0) for state in states) for key, _l, states in TABS}
    chosen = request.GET.get("state", "")
    if chosen not in sums:
        chosen = "attention" if sums["attention"] else "all"
    states = next(states for key, _label, states in TABS if key == chosen)
    page = keyset(found.filter(state__in=states), request.GET, order=("-created_at", "-pk"))
    query = request.GET.copy()
    for name in ("state", "after", "after_way"):
        query.pop(name, None)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(letter) for letter in page],
        "total": sums[chosen],
        "chosen": chosen,
        "tabs": [
            Tab(label, f"?state={key}&{query.urlencode()}".rstrip("&"), key == chosen, sums[key])
            for key, label, _states in TABS
        ],
    }
    return pages.render(request, "config/outbox_list.html", context=context, status=200)


def _row(letter: Letter) -> dict[str, Any]:
    about = letter_words.word(letter.kind)
    lamp = LAMPS[State(letter.state)]
    return {"letter": letter, "lamp": lamp, "to": masked(letter), "about": about}


def masked(letter: Letter) -> str:
    """Addresses without the part that names a person."""
    if is_unread(letter.to):
        return letter.to[0]
    parts = (address.rpartition("@") for address in letter.to)
    return "、".join(f"{name[:1]}***@{host}" for name, _at, host in parts)


@policy.needs(Permission.OUTBOX_MANAGE)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter without its text."""
    found = get_object_or_404(visible_letters(request.user), pk=pk)
    return pages.render(request, "config/outbox_letter.html", context=_context(found))


def _context(letter: Letter, **more: Any) -> dict[str, Any]:
    organisation = scope.names({letter.organisation}).get(letter.organisation, "")
    waits = letter.state in (State.PARKED, State.UNKNOWN)
    body = without_tokens(letter.body)
    shown = {**_row(letter), "organisation": organisation, "parked": waits, "body": body}
    return {**shown, **more}


@policy.needs(Permission.OUTBOX_MANAGE)
@require_POST
def read_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The text and the addresses, for a stated reason: they may name people."""
    found = get_object_or_404(visible_letters(request.user), pk=pk)
    form = Reason(request.POST)
    opened = form.is_valid()
    if opened:
        audit.record(
            "letter.read",
            found,
            by=request.user,
            now=clock.now(),
            organisation=found.organisation,
            reason=form.cleaned_data["reason"],
        )
    response = pages.render(
        request, "config/outbox_letter.html", context=_context(found, form=form, opened=opened)
    )
    response["Cache-Control"] = "no-store"
    return response


@policy.needs(Permission.OUTBOX_MANAGE)
@require_POST
def decide(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Release a parked letter, note that it arrived, or give it up."""
    found = get_object_or_404(visible_letters(request.user), pk=pk)
    moves = {"release": parked.release, "settle": parked.settle, "drop": parked.drop}
    reason = request.POST.get("reason", "").strip()[:500]
    moves[move](letter=found, by=request.user, now=clock.now(), reason=reason)
    return pages.go(request, "outbox_letter", pk=pk)
