"""Taking a case by hand, with hints of what came in before."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from complaints import presenting, queries, services
from complaints.forms import IntakeForm
from complaints.forms_files import accepted
from complaints.models import CaseAttachment
from complaints.services import intake
from core import clock, pages, policy


@policy.needs(Permission.CASE_REGISTER)
@sensitive_post_parameters()
def new(request: HttpRequest) -> HttpResponse:
    """The form for a caller; with mistakes it comes back with all of them."""
    now = clock.now()
    if request.method != "POST":
        form = IntakeForm(user=request.user, now=now)
        return _page(request, form)
    form = IntakeForm(request.POST, request.FILES, user=request.user, now=now)
    if form.is_valid() and (received := form.received()) is not None:
        try:
            case, made = intake.enter(
                form.record(form.cleaned_data["number"]),
                ticket=form.cleaned_data["ticket"],
                received=received,
                kind=form.cleaned_data["files_kind"] or CaseAttachment.Kind.OTHER,
                source=form.cleaned_data["source"],
                owner=form.cleaned_data["owner"],
                by=request.user,
                now=now,
            )
        except services.Faulty as fault:
            form.show(fault.errors)
        except intake.Registered as reason:
            pages.refuse(form, reason)
            form.asked()
        else:
            if not made:
                said = _("此表已登记为诉求%(number)s，没有重复登记。")
                messages.info(request, said % {"number": case.number})
            return pages.go(request, "complaints:case", case.pk)
    return _page(request, form)


def _page(request: HttpRequest, form: IntakeForm) -> HttpResponse:
    context = {"form": form, "accept": accepted()}
    return pages.render(request, "complaints/new.html", context=context)


@require_POST
@policy.needs(Permission.CASE_REGISTER)
@sensitive_post_parameters()
def hints(request: HttpRequest) -> HttpResponse:
    """Cases of the same telephone or account, while the form is being filled in."""
    now = clock.now()
    found = queries.duplicates(
        request.user,
        phone=request.POST.get("complainant_phone", "")[:30],
        account_no=request.POST.get("account_no", "")[:30],
        now=now,
    )
    rows = [(case, *presenting.case_lamp(case, now=now)) for case in found]
    return pages.render(request, "complaints/_hints.html", context={"rows": rows})
