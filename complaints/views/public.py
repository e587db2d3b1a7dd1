"""Doors for people without an account: send in a complaint, follow it, add to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings as portal
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import lockout
from complaints import services, tracking
from complaints.models import Case
from complaints.public_forms import (
    AppealForm,
    ComplaintForm,
    RateForm,
    SupplementForm,
    TrackForm,
    WithdrawForm,
)
from complaints.queries import Labels
from complaints.services import public
from complaints.services import tracking as acts
from core import audit, clock, files, offline, pages, policy, strangers
from core.addresses import client_address
from core.errors import Refused
from core.files import Rejected

UNPROCESSABLE, TOO_MANY = 422, 429
SESSION = "tracked"
# Nobody's address goes into the trail: whoever reports must be able to stay unknown.
PLACE = "public page"


def _closed_to_caches(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


# --- Sending in ---------------------------------------------------------


@policy.public
@strangers.keeps_files
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; what is wrong comes back beside its field with everything that was typed."""
    now = clock.now()
    if request.method != "POST":
        form = ComplaintForm(now=now, initial={"ticket": public.new_ticket()})
        return _closed_to_caches(_form(request, form))
    form = ComplaintForm(request.POST, request.FILES, now=now)
    if not form.is_valid():
        form.renewed()
        return _closed_to_caches(_form(request, form, UNPROCESSABLE))
    ticket = form.cleaned_data["ticket"]
    if (taken := public.standing(ticket, now=now)) is None:
        if not _reserved(request, now=now):
            form.add_error(None, _busy())
            return _closed_to_caches(_form(request, form, TOO_MANY))
        taken = _taken(form, ticket, now)
    if taken is None:
        return _closed_to_caches(_form(request, form, UNPROCESSABLE))
    return _closed_to_caches(_receipt(request, taken))


def _form(request: HttpRequest, form: ComplaintForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "accept": files.accept(public.FILE_PURPOSE)}
    return pages.render(request, "complaints/public_new.html", context=context, status=status)


def _taken(form: ComplaintForm, ticket: str, now: Any) -> public.Taken | None:
    """What came of the form; None where it is wrong, and then it says so."""
    try:
        with audit.coming_from(PLACE):
            return public.submit(
                form.said(), ticket=ticket, uploads=form.cleaned_data["files"], now=now
            )
    except services.Faulty as fault:
        form.show(fault.errors)
    except Rejected as reason:
        form.add_error("files", str(reason))
    except Refused as reason:
        form.add_error(None, str(reason))
    return None


def _reserved(request: HttpRequest, *, now: Any) -> bool:
    key = lockout.submission_key(client_address(request))
    return lockout.reserve(key, now=now, limit=public.settings()["submissions_per_window"])


def _busy() -> str:
    text = _("您所在的网络提交次数过多，内容已保留，请%(minutes)d分钟后再提交，或拨打12398。")
    return text % {"minutes": portal.SIGN_IN_WINDOW_MINUTES}


def _receipt(request: HttpRequest, taken: public.Taken) -> HttpResponse:
    context = {
        "case": taken.case,
        "code": taken.code,
        "minutes": public.settings()["reshow_minutes"],
    }
    return pages.render(request, "complaints/public_received.html", context=context)


# --- Following ---------------------------------------------------------


@policy.public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and code; a wrong one of either is answered alike."""
    if request.method != "POST":
        form = TrackForm(initial={"number": request.GET.get("number", "")[:40]})
        return _closed_to_caches(_tracking(request, form))
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _closed_to_caches(_tracking(request, form, UNPROCESSABLE))
    try:
        found = acts.find(**form.cleaned_data, address=client_address(request), now=clock.now())
    except acts.TooOften as reason:
        form.add_error(None, str(reason))
        return _closed_to_caches(_tracking(request, form, TOO_MANY))
    if found is None:
        form.add_error(None, _("没有与该编号和查询码相符的诉求，请核对后再试。"))
        return _closed_to_caches(_tracking(request, form, UNPROCESSABLE))
    _open(request, found)
    return pages.go(request, "complaints:public_case")


def _tracking(request: HttpRequest, form: TrackForm, status: int = 200) -> HttpResponse:
    context = {"form": form}
    return pages.render(request, "complaints/public_track.html", context=context, status=status)


def _open(request: HttpRequest, case: Case) -> None:
    """Let this browser see the case for a while. Ages are measured by the machine's clock."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[SESSION] = {
        "number": case.number,
        "hash": case.tracking_hash,
        "until": time.time() + public.settings()["session_minutes"] * 60,
    }


def _opened(request: HttpRequest) -> Case | None:
    held = request.session.get(SESSION)
    if not isinstance(held, dict) or held["until"] < time.time():
        return None
    return acts.tracked(number=held["number"], tracking_hash=held["hash"])


@policy.public
@require_safe
def case(request: HttpRequest) -> HttpResponse:
    """Where the case stands, what comes next, what was done, what can be added."""
    found = _opened(request)
    if found is None:
        return pages.go(request, "complaints:public_track")
    return _page(request, found)


def _page(request: HttpRequest, found: Case, status: int = 200, **bound: Form) -> HttpResponse:
    now = clock.now()
    labels = Labels()
    context = {
        "case": found,
        "nature": labels.of("nature", found.nature, at=found.received_at),
        "outcome": labels.of("outcome", found.outcome, at=found.received_at)
        if found.outcome
        else "",
        "said": tracking.status_of(found),
        "next_steps": tracking.next_steps(found),
        "steps": tracking.steps(found),
        "appeals": found.appeals.filter(tracking_hash=found.tracking_hash),
        "supplement_refusal": acts.supplement_refusal(found),
        "withdraw_refusal": acts.withdraw_refusal(found),
        "rate_refusal": acts.rate_refusal(found),
        "appeal_refusal": acts.appeal_refusal(found, now=now),
        "supplement_form": SupplementForm(auto_id="supplement_%s"),
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s"),
        "rate_form": RateForm(auto_id="rate_%s", now=now),
        "appeal_form": AppealForm(auto_id="appeal_%s"),
        "accept": files.accept(public.FILE_PURPOSE),
        **bound,
    }
    return _closed_to_caches(
        pages.render(request, "complaints/public_case.html", context=context, status=status)
    )


def _adding(
    request: HttpRequest, name: str, form: Form, service: Callable[..., Any]
) -> HttpResponse:
    """Let the complainant add something; what is wrong comes back on the page of the case."""
    found = _opened(request)
    if found is None:
        return pages.go(request, "complaints:public_track")
    if not form.is_valid():
        return _page(request, found, UNPROCESSABLE, **{f"{name}_form": form})
    if not _reserved(request, now=clock.now()):
        form.add_error(None, _busy())
        return _page(request, found, TOO_MANY, **{f"{name}_form": form})
    values = dict(form.cleaned_data)
    if "files" in values:
        values["uploads"] = values.pop("files")
    try:
        with audit.coming_from(PLACE):
            service(found, **values, now=clock.now())
    except Rejected as reason:
        form.add_error("files", str(reason))
        return _page(request, found, UNPROCESSABLE, **{f"{name}_form": form})
    except Refused as reason:
        # The case moved on while the page was open.
        pages.refuse(form, reason)
        return _page(request, found, pages.CONFLICT, **{f"{name}_form": form})
    return pages.go(request, "complaints:public_case")


@policy.public
@strangers.keeps_files
@sensitive_post_parameters()
@require_POST
def supplement(request: HttpRequest) -> HttpResponse:
    """Words and files."""
    form = SupplementForm(request.POST, request.FILES, auto_id="supplement_%s")
    add = partial(acts.supplement, mark=offline.client_id(request))
    return _adding(request, "supplement", form, add)


@policy.public
@sensitive_post_parameters()
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the complaint back."""
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    return _adding(request, "withdraw", form, acts.withdraw)


@policy.public
@sensitive_post_parameters()
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    """Say how content one is."""
    form = RateForm(request.POST, auto_id="rate_%s", now=clock.now())
    return _adding(request, "rate", form, acts.rate)


@policy.public
@sensitive_post_parameters()
@require_POST
def appeal(request: HttpRequest) -> HttpResponse:
    """Appeal against how it was handled."""
    form = AppealForm(request.POST, auto_id="appeal_%s")
    return _adding(request, "appeal", form, acts.appeal)


@policy.public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the case in this browser."""
    request.session.pop(SESSION, None)
    return pages.go(request, "complaints:public_track")
