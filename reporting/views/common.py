"""What the pages of filings share: finding objects, steps of the wizard, the reader's rights."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.scope import works_for
from core.components import Step
from reporting.models import Filing, FilingVersion
from reporting.workflow.filing import OPEN_STATES, State

EVERYTHING = (
    "organisation",
    "recipient",
    "current_version__drafted_by",
    "current_version__certified_by",
    "filed_version__receipt",
    "duty__organisation",
    "duty__recipient",
    "duty__copy_to",
    "duty__definition__campaign",
    "duty__definition__phase",
)


def find(request: HttpRequest, pk: int) -> Filing:
    """The filing, if it is in the person's sight; otherwise there is none (404)."""
    filings = Filing.objects.visible_to(request.user).select_related(*EVERYTHING)
    return get_object_or_404(filings, pk=pk)


def find_draft(request: HttpRequest, pk: int) -> tuple[Filing, FilingVersion]:
    """A filing with its version in hand, for people of the filing organisation only (else 404)."""
    filing = find(request, pk)
    version = filing.current_version
    if version is None or not is_filer(request.user, filing):
        raise Http404
    version.filing = filing
    return filing, version


def is_filer(user: Any, filing: Filing) -> bool:
    """Whether the person belongs to the filing organisation (and may see its drafts)."""
    return works_for(user, Permission.FILING_VIEW, filing.organisation)


def needs_names(user: Any, filing: Filing) -> bool:
    """Whether the person works with the names and telephones: those who fill in and certify."""
    return works_for(user, Permission.FILING_DRAFT, filing.organisation) or works_for(
        user, Permission.FILING_CERTIFY, filing.organisation
    )


def may_reveal(user: Any, filing: Filing) -> bool:
    """Whether the person may see them with a stated purpose: reviewers of recipient and copies."""
    copied = filing.duty.copy_to
    return works_for(user, Permission.FILING_REVIEW, filing.recipient) or (
        copied is not None and works_for(user, Permission.FILING_REVIEW, copied)
    )


def steps(filing: Filing, now_at: str) -> list[Step]:
    """The wizard's steps: fill in, check, certify, receipt."""
    order = ["fill", "check", "certify", "receipt"]
    labels = {
        "fill": _("填写材料"),
        "check": _("检查并提交复核"),
        "certify": _("第二人复核认证"),
        "receipt": _("回执"),
    }
    urls = {
        "fill": reverse("reporting:filing_edit", args=[filing.pk]),
        "check": reverse("reporting:filing_check", args=[filing.pk]),
        "certify": reverse("reporting:filing_certify", args=[filing.pk]),
        "receipt": "",
    }
    at = order.index(now_at)
    reached = {"certify"} if filing.state == State.CERTIFYING else {"fill", "check"}
    return [
        Step(
            labels[key],
            state="now" if key == now_at else "done" if order.index(key) < at else "next",
            url=urls[key] if key in reached and filing.state in OPEN_STATES else "",
        )
        for key in order
    ]


def positive(value: str | None, default: int) -> int:
    """A whole number from a query string, at least 1."""
    return max(1, whole(value, default)) if value else default


def seen(request: HttpRequest) -> int | None:
    """The saving on which a form that was sent stands; None where it says none."""
    given = request.POST.get("seen")
    return None if given is None else whole(given, -1)


def whole(value: str, default: int) -> int:
    """A short whole number that somebody sent; other digits ("²", "١") are no number here."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default
