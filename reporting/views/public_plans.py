"""What anybody may read of accepted ordered-use plans: no user, no telephone."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import charts, masking, pages, policy
from core.paging import keyset
from reporting.models import PlanGrade
from reporting.plans.rules import Rules
from reporting.queries import plans as queries
from reporting.queries.openness import DATASETS
from reporting.views.plans import drawn_by_grade


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Accepted plans in force, the newest first."""
    found = keyset(queries.public_plans(), request.GET, order=("-year", "-pk"))
    context = {"page": found, "dataset": DATASETS["plans"]}
    return pages.render(request, "reporting/plans/public_list.html", context=context)


@policy.public
@require_GET
def public_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The public part of one: approval, grades, sums by measure, text, who is protected first."""
    found = get_object_or_404(queries.public_plans(), pk=pk)
    grades = list(found.grades.all())
    rules = Rules(found.rule.source, found.rule.content)
    by_measure = dict(
        found.rows.order_by().values_list("measure").annotate(users=Count("user_no", distinct=True))
    )
    context = {
        "plan": found,
        "grades": grades,
        "svg": picture(grades),
        "gap_unit": _("千瓦") if rules.unit == "kw" else "%",
        "measures": [(measure, by_measure.get(measure, 0)) for measure in rules.measures],
        "protected": [group.text for group in rules.protected.values()],
        "restricted": rules.content["restrict_first"],
        "sections": [
            (section["title"], masking.mask_text(found.sections[section["code"]]))
            for section in rules.sections
            if section["code"] in PUBLIC and found.sections.get(section["code"])
        ],
    }
    return pages.render(request, "reporting/plans/public.html", context=context)


def picture(grades: list[PlanGrade]) -> str:
    """What each grade is to cut."""
    option = drawn_by_grade(grades, {_("调控指标"): [one.target_kw for one in grades]})
    title = _("各等级调控指标")
    return mark_safe(charts.svg(option, 720, 260, title=title))  # noqa: S308 – drawn by the portal


# Chapters that say nothing of single users.
PUBLIC = ("principles", "situation", "procedure", "publicity")
