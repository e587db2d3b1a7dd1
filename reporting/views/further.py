"""The page on which a definition gets a further version: first what that changes, then it goes to a
second person (``services.definitions``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import clock, pages
from core.components import Change
from reporting.services import definitions
from reporting.workflow.definition import Subject


def further(
    request: HttpRequest,
    subject: Subject,
    form: Any,
    *,
    base: Any,
    template: str,
    preview: Callable[[Any], Any],
    context: dict[str, Any],
) -> HttpResponse:
    """Show or take the form. ``base``: the version to follow, None for the first of something new;
    ``preview`` tells what the version that would be made changes."""
    waiting = definitions.waiting(subject, base.code) if base else None
    context = context | {"form": form, "waiting": waiting}
    if request.method == "POST" and form.is_valid():
        asked = {
            "code": base.code if base else form.cleaned_data["code"],
            "values": form.values,
            "valid_from": form.cleaned_data["valid_from"],
        }
        if request.POST.get("act") == "save":
            laid = pages.attempt(
                form,
                definitions.draft,
                subject=subject,
                **asked,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=clock.now(),
            )
            if laid is not None:
                messages.success(request, _("已提交，由另一人核准后启用。"))
                return pages.go(request, "reporting:definition_change", laid.pk)
        else:
            drafted = definitions.CATALOGUES[subject].drafted
            made: Any = pages.attempt(form, drafted, base=base, **asked)
            if made is not None:
                context["preview"] = preview(made)
    return pages.render(request, template, context=context, status=pages.status_of(form))


def changes_told(told: dict[str, list[str]], form: Any) -> list[Change]:
    """What is said otherwise, under the labels of the form."""
    yes = {"True": _("是"), "False": _("否"), "": "—"}
    return [
        Change("changed", form.fields[name].label, yes.get(a, a), yes.get(b, b))
        for name, (a, b) in told.items()
    ]
