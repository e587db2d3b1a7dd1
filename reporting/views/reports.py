"""The report workshop: list, build with progress, preview, lists behind figures, words, moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from reporting import chapters, preview
from reporting.models import StageReport
from reporting.queries import reports as queries
from reporting.reading import Reading
from reporting.report_diff import changes_between
from reporting.services import reports as services
from reporting.services import sending
from reporting.services.reports import addressing
from reporting.views.common import seen as seen_version
from reporting.workflow import report as workflow
from reporting.workflow.report import State

EVERYTHING = (
    "campaign",
    "phase",
    "organisation",
    "template",
    "snapshot__template",
    "snapshot__organisation",
    "current_version__edited_by",
    "current_version__approved_by",
    "current_version__docx",
    "current_version__pdf",
    "current_version__xlsx",
    "corrects",
    "job",
    "issued_by",
)


def find(request: HttpRequest, pk: int) -> StageReport:
    """The report, if it is in the person's sight; otherwise there is none (404)."""
    seen = StageReport.objects.visible_to(request.user).select_related(*EVERYTHING)
    return get_object_or_404(seen, pk=pk)


def find_counted(request: HttpRequest, pk: int) -> StageReport:
    """A report that has figures already (else 404)."""
    report = find(request, pk)
    if report.snapshot is None or report.current_version is None:
        raise Http404
    report.current_version.report = report
    return report


# -- list and building -----------------------------------------------------------------------------


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports in sight, newest first, and the form that has one built."""
    state = request.GET.get("state", "")
    seen = StageReport.objects.visible_to(request.user)
    listed = seen.filter(state=state) if state in State.values else seen
    related = ("campaign", "phase", "organisation", "current_version", "job")
    page = keyset(listed.select_related(*related), request.GET, order=("-created_at", "-pk"))
    counts = {value: seen.filter(state=value).count() for value in State.values}
    tabs = [Tab(_("全部"), "?", current=state not in State.values, count=seen.count())]
    tabs += [
        Tab(State(value).label, f"?state={value}", current=state == value, count=count)
        for value, count in counts.items()
        if count or state == value
    ]
    office = queries.office_of(request.user)
    context = {
        "page": page,
        "total": listed.count(),
        "tabs": tabs,
        "lamps": queries.LAMPS,
        "office": office,
        "kinds": queries.kinds_to_report(request.user, office, on=clock.today()) if office else [],
        "occasion": uuid4().hex,
    }
    return pages.render(request, "reporting/report_list.html", context=context)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def build(request: HttpRequest) -> HttpResponse:
    """Have a report built for the person's office; pressed twice, it is the same report."""
    office = queries.office_of(request.user)
    asked, _colon, code = request.POST.get("phase", "")[:80].partition(":")
    phase = get_object_or_404(queries.phases_to_report(request.user), pk=whole_number(asked))
    if office is None:
        raise Http404
    report = services.build(
        campaign=phase.campaign,
        phase=phase,
        organisation=office,
        code=code,
        occasion=_occasion(request),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:report", report.pk)


def whole_number(text: str) -> int:
    """A number as a form sends it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _occasion(request: HttpRequest) -> str:
    return request.POST.get("occasion", "")[:64] or uuid4().hex


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the building is; asked again every two seconds by the page, which then reloads."""
    report = find(request, pk)
    if report.state not in (State.BUILDING, State.FAILED):
        return pages.go(request, "reporting:report", report.pk)
    context = {"report": report, "job": report.job}
    return pages.render(
        request, "reporting/report_progress.html", "reporting/_report_progress.html", context
    )


# -- one report ------------------------------------------------------------------------------------


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it will be printed; every figure opens the list that it counts."""
    report = find(request, pk)
    if report.snapshot is None or report.current_version is None:
        context = {"report": report, "job": report.job, "acts": _acts(request, report)}
        return pages.render(request, "reporting/report_progress.html", context=context)
    version = report.current_version
    version.report = report
    heads = services.heads_of(report, report.snapshot)
    context = {
        "report": report,
        "version": version,
        "shown": preview.of_version(version, heads, address_of(report)),
        "goes_up": report.template.content.get("addressee") in addressing.UPWARD,
        "copied": copied_offices(report),
        "typed": list(dict.fromkeys(chapters.typed_numbers(version.chapters))),
        "lamp": queries.LAMPS[State(report.state)],
        "acts": _acts(request, report),
        "offices": queries.offices_to_send_to(report.organisation),
        "corrections": report.corrections.visible_to(request.user),
        "occasion": uuid4().hex,
        "tabs": tabs_of(report, "report"),
    }
    return pages.render(request, "reporting/report.html", context=context)


def copied_offices(report: StageReport) -> set[int]:
    """Whom the rules of its kind send it to, ticked from the start."""
    if "offices" not in report.template.content.get("copies", ()):
        return set()
    day = (report.issued_at or report.created_at).astimezone(clock.ZONE).date()
    return {one.pk for one in addressing.offices(report.organisation, on=day)}


def address_of(report: StageReport) -> preview.Address:
    """Where the list behind a figure of this report stands."""

    def address(key: str, query: str) -> str:
        return reverse("reporting:report_figure", args=[report.pk, key]) + query

    return address


def _acts(request: HttpRequest, report: StageReport) -> dict[str, str]:
    """Why each move is refused to this person now; an empty text when it is open."""
    acts = {move.name: workflow.refusal(move, report, by=request.user) for move in workflow.MOVES}
    if not acts["upward"]:
        acts["upward"] = sending.upward_refusal(report, by=request.user)
    return acts


def tabs_of(report: StageReport, here: str) -> list[Tab]:
    """The views of one report."""
    names = {
        "report": _("正文预览"),
        "report_figures": _("数据和清单"),
        "report_versions": _("版本对照"),
    }
    return [
        Tab(label, reverse(f"reporting:{name}", args=[report.pk]), current=name == here)
        for name, label in names.items()
    ]


# -- words -----------------------------------------------------------------------------------------


@policy.needs(Permission.REPORT_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words; figures are placed by name, never typed."""
    report = find_counted(request, pk)
    refusal = workflow.refusal(workflow.EDIT, report, by=request.user)
    if refusal:
        raise Refused(refusal)
    words, wrong, seen, note = report.current_version.chapters, [], None, ""
    if request.method == "POST":
        words = _posted_words(request)
        seen, note = whole_number(request.POST.get("seen", "")), request.POST.get("note", "")[:300]
        try:
            services.edit_version(
                report=report, seen=seen, words=words, note=note, by=request.user, now=clock.now()
            )
        except Refused as refused:
            wrong = str(refused).splitlines()
        else:
            messages.success(request, _("已保存为新版本。"))
            return pages.go(request, "reporting:report", report.pk)
    reading = Reading(report.snapshot)
    context = {
        "report": report,
        "words": words,
        "wrong": wrong,
        "seen": seen if seen is not None else report.current_version.number,
        "note": note,
        "figures": [
            (f"{{{{figure:{key}}}}}", report.snapshot.figures[key]["label"], reading.text(key))
            for key in reading.template["figures"]
        ],
        "facts": [
            (f"{{{{fact:{key}}}}}", text) for key, text in report.snapshot.facts["text"].items()
        ],
        "demanded": {
            one["code"]: one for one in chapters.demanded(report.template.content).values()
        },
        "tables": [
            (f"[[table:{key}]]", reading.template["tables"][key]["title"]) for key in reading.tables
        ],
        "charts": [(f"[[chart:{k}]]", c["title"]) for k, c in reading.template["charts"].items()],
    }
    status = pages.UNPROCESSABLE if wrong else 200
    return pages.render(request, "reporting/report_edit.html", context=context, status=status)


def _posted_words(request: HttpRequest) -> list[dict[str, str]]:
    """Chapters in the order of the form; one whose title and text are both empty is left out."""
    codes = request.POST.getlist("code")
    titles, texts = request.POST.getlist("title"), request.POST.getlist("text")
    rows = zip(codes, titles, texts, strict=False)
    return [
        {"code": code[:40], "title": title, "text": text.replace("\r\n", "\n")}
        for code, title, text in rows
        if title.strip() or text.strip()
    ]


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions in sight (drafts stay in their office), and two of them side by side."""
    report = find_counted(request, pk)
    seen = report.versions.visible_to(request.user)
    found = list(seen.select_related("edited_by", "approved_by", "docx", "pdf", "xlsx"))
    by_number = {version.number: version for version in found}
    after = by_number.get(whole_number(request.GET.get("after", "")), found[-1])
    standard = by_number.get(after.number - 1, after)
    before = by_number.get(whole_number(request.GET.get("before", "")), standard)
    context = {
        "report": report,
        "versions": list(reversed(found)),
        "before": before,
        "after": after,
        "changes": changes_between(before, after),
        "tabs": tabs_of(report, "report_versions"),
    }
    return pages.render(request, "reporting/report_versions.html", context=context)


# -- moves -----------------------------------------------------------------------------------------


def _move(
    request: HttpRequest, pk: int, service: Callable[..., Any], told: str, **more: Any
) -> HttpResponse:
    """Make a move and return to the report; a refused one answers 409 with its reason."""
    report = find(request, pk)
    service(report=report, by=request.user, now=clock.now(), **more)
    messages.success(request, told)
    return pages.go(request, "reporting:report", report.pk)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.submit_for_approval, _("已提交审批。"))


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.recall, _("已撤回，可以继续修改。"))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _move(request, pk, services.send_back, _("已退回修改。"), reason=reason)


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("已审批通过。")
    return _move(request, pk, services.approve, told, seen=seen_version(request))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.issue, _("已编号印发。"))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.publish, _("已向社会公开。"))


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.retry, _("已重新开始生成。"))


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a corrected report and go to it."""
    corrected = services.correct(
        report=find(request, pk),
        note=request.POST.get("note", ""),
        occasion=_occasion(request),
        recount=request.POST.get("recount") == "1",
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:report", corrected.pk)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the issued report to the offices that were ticked."""
    report = find(request, pk)
    chosen = [whole_number(text) for text in request.POST.getlist("to")]
    offices: list[Organisation] = list(
        queries.offices_to_send_to(report.organisation).filter(pk__in=chosen)
    )
    sending.send(report=report, to=offices, by=request.user, now=clock.now())
    names = "、".join(str(office) for office in offices)
    messages.success(request, _("已发送给%(names)s。") % {"names": names})
    return pages.go(request, "reporting:report", report.pk)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def upward(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the report into the office's own filing and go there."""
    filing = sending.prepare_upward(report=find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已生成上报材料，请核对后提交复核认证。"))
    return pages.go(request, "reporting:filing_edit", filing.pk)
