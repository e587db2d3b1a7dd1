"""Long work as its starter sees it: the list, one job, the polled fragment, giving it up."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from core import clock, pages, policy
from core import jobs as work
from core.models import Job
from core.paging import keyset


@policy.signed_in
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, newest first."""
    page = keyset(Job.objects.visible_to(request.user), request.GET, order=("-created_at", "-pk"))
    return pages.render(request, "core/jobs.html", context={"page": page})


@policy.signed_in
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job; htmx asks every two seconds for the fragment until it is over."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    response = pages.render(request, "core/job.html", "core/_job.html", {"job": found})
    response["Cache-Control"] = "no-store"
    return response


@policy.signed_in
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a job up."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    work.cancel(job=found, by=request.user, now=clock.now())
    return pages.go(request, "core:job", pk=pk)
