"""What anybody may read of accepted ordered-use plans: no user, no telephone."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core import pages, policy
from core.paging import keyset
from reporting.plans.rules import Rules
from reporting.queries import plans as queries


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Accepted plans in force, the newest first."""
    found = keyset(queries.public_plans(), request.GET, order=("-year", "-pk"))
    return pages.render(request, "reporting/plans/public_list.html", context={"page": found})


@policy.public
@require_GET
def public_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The public part of one: approval, grades, sums by measure, text, who is protected first."""
    found = get_object_or_404(queries.public_plans(), pk=pk)
    rules = Rules(found.rule.source, found.rule.content)
    by_measure = dict(
        found.rows.order_by().values_list("measure").annotate(users=Count("user_no", distinct=True))
    )
    context = {
        "plan": found,
        "grades": list(found.grades.all()),
        "measures": [(measure, by_measure.get(measure, 0)) for measure in rules.measures],
        "protected": [group.text for group in rules.protected.values()],
        "restricted": rules.content["restrict_first"],
        "sections": [
            (section["title"], found.sections[section["code"]])
            for section in rules.sections
            if section["code"] in PUBLIC and found.sections.get(section["code"])
        ],
    }
    return pages.render(request, "reporting/plans/public.html", context=context)


# Chapters that say nothing of single users.
PUBLIC = ("principles", "situation", "procedure", "publicity")
