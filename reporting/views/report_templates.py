"""Templates of reports: which there are, an office's own wording, and how it would look now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.models import Campaign, Phase
from core import clock, pages, policy
from core.errors import Refused
from reporting import chapters, documents, figures, preview
from reporting.models import ReportTemplate
from reporting.queries import reports as queries
from reporting.services import report_templates as services
from reporting.services.reports import title_of
from reporting.views.reports import whole_number

EDIT, APPROVE = Permission.REPORT_EDIT, Permission.REPORT_APPROVE
PLACES = ("code", "title", "text", "required", "hint", "place")


def find(request: HttpRequest, pk: int) -> ReportTemplate:
    """The version, if it is in the person's sight; otherwise there is none (404)."""
    seen = ReportTemplate.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "edited_by", "adopted_by"), pk=pk)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """Versions in sight by stage and kind, those in use and one's own drafts."""
    office = queries.office_of(request.user)
    used = ReportTemplate.objects.in_force(on=clock.today(), organisation=office)
    standing: dict[str, int] = {}
    for one in used:
        standing.setdefault(one.code, one.pk)
    seen = ReportTemplate.objects.visible_to(request.user).select_related("organisation")
    listed = seen.order_by("phase_number", "code", "-draft", "-version")
    context = {"rows": [(one, standing.get(one.code) == one.pk) for one in listed]}
    return pages.render(request, "reporting/report_templates.html", context=context)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its chapters, whom it goes to, and what may be done with it."""
    found = find(request, pk)
    office = queries.office_of(request.user)
    context = {
        "template": found,
        "chapters": found.content["chapters"],
        "absent": found.content.get("absent", ()),
        "refusals": {
            "edit": services.draft_refusal(found, by=request.user),
            "adopt": services.adopt_refusal(found, by=request.user),
            "begin": services.edit_refusal(office, by=request.user),
        },
    }
    return pages.render(request, "reporting/report_template.html", context=context)


@policy.needs(EDIT)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the office's own wording and go there."""
    office = queries.office_of(request.user)
    if office is None:
        raise Http404
    draft = services.begin(
        template=find(request, pk), organisation=office, by=request.user, now=clock.now()
    )
    return pages.go(request, "reporting:report_template_edit", draft.pk)


@policy.needs(EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or only have it checked; what is wrong is told by chapter and line."""
    found = find(request, pk)
    if refusal := services.draft_refusal(found, by=request.user):
        raise Refused(refusal)
    words, title, wrong, checked = found.content["chapters"], found.content["title"], [], False
    seen = found.revision
    if request.method == "POST":
        words, title = _posted(request), request.POST.get("name", "")[:200]
        seen = whole_number(request.POST.get("seen", ""))
        try:
            if request.POST.get("act") == "check":
                services.content_with(found, title=title, words=words)
                checked = True
            else:
                _save(request, found, seen, title, words)
                return pages.go(request, "reporting:report_template", found.pk)
        except Refused as refused:
            wrong = str(refused).splitlines()
    context = {
        "template": found,
        "words": list(enumerate(words, start=1)),
        "name": title,
        "seen": seen,
        "wrong": wrong,
        "checked": checked,
        "figures": [(f"{{{{figure:{key}}}}}", one.label) for key, one in figures.CATALOGUE.items()],
        "facts": [f"{{{{fact:{name}}}}}" for name in chapters.FACTS],
        "tables": [(f"[[table:{k}]]", t["title"]) for k, t in found.content["tables"].items()],
        "charts": [(f"[[chart:{k}]]", c["title"]) for k, c in found.content["charts"].items()],
        "spare": {"place": len(words) + 1},
    }
    status = pages.UNPROCESSABLE if wrong else 200
    page = "reporting/report_template_edit.html"
    return pages.render(request, page, context=context, status=status)


def _save(
    request: HttpRequest,
    found: ReportTemplate,
    seen: int,
    title: str,
    words: list[dict[str, Any]],
) -> None:
    services.save(
        template=found, seen=seen, title=title, words=words, by=request.user, now=clock.now()
    )
    messages.success(request, _("已保存，由另一人启用后生效。"))


def _posted(request: HttpRequest) -> list[dict[str, Any]]:
    """Chapters in the order that their places say; one without title and text is left out."""
    columns = [request.POST.getlist(name) for name in PLACES]
    rows = [dict(zip(PLACES, row, strict=True)) for row in zip(*columns, strict=False)]
    rows.sort(key=lambda row: whole_number(row["place"]))
    return [
        {
            "code": row["code"][:40],
            "title": row["title"],
            "text": row["text"].replace("\r\n", "\n"),
            "required": whole_number(row["required"]),
            "hint": row["hint"],
        }
        for row in rows
        if row["title"].strip() or row["text"].strip()
    ]


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """How a report by this version would look with today's figures; nothing is kept."""
    found = find(request, pk)
    office = queries.office_of(request.user) or found.organisation
    phases = Phase.objects.filter(
        campaign__in=Campaign.objects.visible_to(request.user).running(),
        number=found.phase_number,
    ).select_related("campaign")
    phase = phases.order_by("-campaign", "pk").first()
    shown = None
    if office is not None and phase is not None:
        now = clock.now()
        snapshot = services.tried(found, phase, office, by=request.user, now=now)
        heads = documents.Heads(title=title_of(found, phase.campaign), day=clock.today())
        words = chapters.first_words(found.content, snapshot.figures)
        shown = preview.of_words(snapshot, words, heads, preview.nowhere)
    context = {"template": found, "phase": phase, "office": office, "shown": shown}
    return pages.render(request, "reporting/report_template_preview.html", context=context)


@policy.needs(APPROVE)
@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft into use."""
    seen = whole_number(request.POST.get("seen", ""))
    found = services.adopt(template=find(request, pk), seen=seen, by=request.user, now=clock.now())
    messages.success(request, _("已启用，此后生成的报告按本版编制。"))
    return pages.go(request, "reporting:report_template", found.pk)


@policy.needs(EDIT)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    services.discard(template=find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已删除试用模板。"))
    return pages.go(request, "reporting:report_templates")
