"""Files on the page of a case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from complaints.forms_files import AttachForm
from complaints.models import CaseAttachment
from complaints.services import attaching
from complaints.views import cases
from core import clock, pages, policy

ACTING = (Permission.CASE_DECIDE, Permission.CASE_HANDLE, Permission.CASE_SUPERVISE)


@require_POST
@policy.needs(*ACTING)
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add files to the case."""
    found = cases.find(request, pk)
    form = AttachForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid() and (received := form.received()) is not None:
        given = {"case": found, "received": received, "by": request.user, "now": clock.now()}
        if pages.attempt(form, attaching.attach, **given, **form.answers()):
            return pages.go(request, "complaints:case", pk)
    return cases.page(request, found, pages.status_of(form), attach_form=form)


@require_POST
@policy.needs(*ACTING)
def withdraw(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file out of sight."""
    found = cases.find(request, pk)
    seen = CaseAttachment.objects.visible_to(request.user).filter(case=found)
    one = get_object_or_404(seen.select_related("case__owner"), pk=file_pk)
    attaching.withdraw(one, by=request.user, now=clock.now())
    return pages.go(request, "complaints:case", pk)
