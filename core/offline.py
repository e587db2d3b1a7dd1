"""What was written on a phone without a network and comes later, perhaps more than once.

``static/js/offline.js`` keeps a form under an id of its own until the server has answered. A view
whose form may wait does its work in ``once``: the same id of the same person changes nothing the
second time. A form sent by that script has the header ``X-Offline`` and is answered in JSON.
``OnceForm`` gives a form such an id where there is no script: pressed twice it is one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from core.errors import Refused
from core.models import SeenMessage

T = TypeVar("T")
ID = re.compile(r"[0-9a-f-]{8,64}")
# What a phone has kept for longer is not taken for the time at which it happened.
LONGEST = timedelta(days=7)
SCOPE = "form:"
# Ids are remembered much longer than any phone waits.
KEPT = timedelta(days=90)


def _new_id() -> str:
    return str(uuid4())


class OnceForm(forms.Form):
    """A form under an id of its own, made when its page is opened; the view asks ``client_id``.

    Who leaves the id out is taken at their word each time, as machines and old pages do.
    """

    client_id = forms.CharField(widget=forms.HiddenInput, required=False, initial=_new_id)

    def clean(self) -> dict[str, Any]:
        """What a service gets does not hold the mark of the form."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        said.pop("client_id", None)
        return said


def sent_later(request: HttpRequest) -> bool:
    """Whether the script of waiting forms sent this."""
    return request.headers.get("X-Offline") == "1"


def base(request: HttpRequest) -> str:
    """The frame of a form that a phone keeps (``static/js/worker.js``): asked for with ``?bare=1``
    it shows nobody's name and no figures, so that nothing of anybody is left behind."""
    return "bare.html" if request.GET.get("bare") == "1" else "base.html"


def client_id(request: HttpRequest) -> str:
    """The id that the phone gave the form; empty where it gave none, or nonsense."""
    found = request.POST.get("client_id", "")
    return found if ID.fullmatch(found) else ""


def happened_at(request: HttpRequest, *, now: datetime) -> datetime:
    """When the form was written: the phone says how long it kept it, so its clock may be wrong.

    Somebody may say so of what was written just now; the page shows both times beside each other.
    """
    waited = request.POST.get("waited", "")
    if not waited.isdecimal() or len(waited) > 7:
        return now
    length = timedelta(seconds=int(waited))
    return now - length if length <= LONGEST else now


def once(work: Callable[[], T], *, by: Any, client_id: str, now: datetime) -> T | None:
    """Do the work in one transaction with the id; None where this id was done before.

    What ``work`` raises leaves the id free: the person may mend the form and send it again.
    """
    with transaction.atomic():
        return work() if first(str(by.pk), client_id, now=now) else None


def first(whose: str, client_id: str, *, now: datetime) -> bool:
    """Remember the id of a form, in the caller's transaction; whether it is new. None always is."""
    if not client_id:
        return True
    try:
        with transaction.atomic():
            SeenMessage.objects.create(scope=f"{SCOPE}{whose}", message_id=client_id, at=now)
    except IntegrityError:
        return False
    return True


def led(request: HttpRequest, work: Callable[[], str], *, again: str, now: datetime) -> str:
    """Where the form of a request leads: to what its work made; sent again to ``again``, with a
    word that nothing was entered twice."""
    url = once(work, by=request.user, client_id=client_id(request), now=now)
    if url is None:
        messages.info(request, _("此表已经提交，没有重复登记。"))
        return again
    return url


def answered(request: HttpRequest, url: str) -> HttpResponse | None:
    """The answer to the script: where the person goes on. None for a form sent the usual way."""
    return JsonResponse({"url": url}) if sent_later(request) else None


def tells(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view that may raise ``Refused`` tell the script why, as JSON (404 and 409)."""

    @functools.wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sent_later(request):
            return view(request, *args, **kwargs)
        try:
            return view(request, *args, **kwargs)
        except Refused as reason:
            return JsonResponse({"reason": str(reason)}, status=409)
        except Http404:
            return JsonResponse({"reason": _("找不到该事项，可能已经移交他人。")}, status=404)

    return told


def wrong(request: HttpRequest, form: BaseForm) -> HttpResponse | None:
    """The mistakes of a form for the script (422). None for a form sent the usual way."""
    if not sent_later(request):
        return None
    # Each message once, with the field's name before it.
    said = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        said += [f"{label}：{one}" if label else str(one) for one in errors]
    return JsonResponse({"reason": "\n".join(said)}, status=422)


def forget(*, now: datetime) -> int:
    """Remove ids of forms that were sent long ago."""
    return SeenMessage.objects.filter(scope__startswith=SCOPE, at__lt=now - KEPT).delete()[0]
