"""Corrections and withdrawals of issued circulars: begun, worded, given up. What follows is that
of every circular (see ``views.circulars``)."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, pages, policy
from reporting.services import circular_redress as services
from reporting.views.circulars import EDIT, edited, find


def _occasion(request: HttpRequest) -> str:
    return request.POST.get("occasion", "")[:60] or uuid4().hex


@policy.needs(EDIT)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a correction and go to it; pressed twice, it is the same one."""
    made = services.correct(
        circular=find(request, pk),
        note=request.POST.get("note", ""),
        occasion=_occasion(request),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:circular", made.pk)


@policy.needs(EDIT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a withdrawal and go to it; pressed twice, it is the same one."""
    made = services.withdraw(
        circular=find(request, pk),
        reason=request.POST.get("reason", ""),
        occasion=_occasion(request),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:circular", made.pk)


@policy.needs(EDIT)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep other words of a withdrawal as the next version."""
    services.edit_withdrawal(
        circular=find(request, pk),
        seen=edited(request),
        reason=request.POST.get("reason", ""),
        demands=request.POST.get("demands", ""),
        public=request.POST.get("public") == "1",
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已保存为新版本。"))
    return pages.go(request, "reporting:circular", pk)


@policy.needs(EDIT)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up and go to the circular that it named."""
    first = services.drop(circular=find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已放弃，原通报可以重新更正或撤销。"))
    return pages.go(request, "reporting:circular", first.pk)
