"""Supervision (督办): orders with their deadlines, answered or late, as a list and a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from complaints.models import Supervision
from complaints.privacy import spoken
from complaints.workflow import DONE, State
from core import clock, pages, policy, sla
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX, Out, write

ROWS = 50
MOST_EXPORTED = 5000
VIEWS: dict[str, Any] = {
    "waiting": gettext_lazy("待反馈"),
    "late": gettext_lazy("逾期未反馈"),
    "answered": gettext_lazy("按期反馈"),
    "answered_late": gettext_lazy("逾期反馈"),
    "all": gettext_lazy("全部"),
}


def condition(view: str, *, now: datetime) -> Q:
    """Which orders a tab shows."""
    open_ = Q(answered_at__isnull=True) & ~Q(case__state__in=DONE)
    match view:
        case "waiting":
            return open_ & Q(due_at__gte=now)
        case "late":
            return open_ & Q(due_at__lt=now)
        case "answered":
            return Q(answered_at__lte=F("due_at"))
        case "answered_late":
            return Q(answered_at__gt=F("due_at"))
    return Q()


@policy.needs(Permission.CASE_VIEW)
@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """The orders in sight, those that are due first on top."""
    now = clock.now()
    seen, asked = _asked(request)
    counts = seen.order_by().aggregate(
        **{name: Count("pk", filter=condition(name, now=now)) for name in VIEWS if name != "all"},
        all=Count("pk"),
    )
    given = request.GET.get("view", "")
    view = given if given in VIEWS else _first(counts)
    found = seen.filter(condition(view, now=now))
    order = ("due_at", "pk") if view in ("waiting", "late") else ("-due_at", "-pk")
    page = keyset(found, request.GET, order=order, size=ROWS)
    kept = f"&q={asked}" if asked else ""
    context = {
        "tabs": [
            Tab(label, f"?view={name}{kept}", name == view, counts[name])
            for name, label in VIEWS.items()
        ],
        "view": view,
        "caption": VIEWS[view],
        "q": asked,
        "page": page,
        "rows": [_row(one, now) for one in page],
        "export_url": f"{reverse('complaints:supervision_export')}?view={view}{kept}",
    }
    return pages.render(request, "complaints/supervision.html", context=context)


def _asked(request: HttpRequest) -> tuple[Any, str]:
    """Orders in sight that fit the words, and the words."""
    words = request.GET.get("q", "").strip()[:60]
    related = ("case__holder", "organisation", "issued_by", "answered_by")
    seen = Supervision.objects.visible_to(request.user).select_related(*related)
    if words:
        seen = seen.filter(
            Q(case__number__iexact=words)
            | Q(document_number__icontains=words)
            | Q(case__holder__name__icontains=words)
        )
    return seen, words


def _first(counts: dict[str, int]) -> str:
    return "late" if counts["late"] else "waiting"


def _row(one: Supervision, now: datetime) -> dict[str, Any]:
    lamp, word = state_of(one, now=now)
    return {
        "one": one,
        "lamp": lamp,
        "word": word,
        "text": spoken(one.text, one.case),
        "answer": spoken(one.answer, one.case),
        "state": State(one.case.state).label,
    }


def state_of(one: Supervision, *, now: datetime) -> tuple[str, str]:
    """Lamp and word of an order."""
    if one.answered_at is not None:
        late = one.answered_at > one.due_at
        return ("late", _("逾期反馈")) if late else ("done", _("已反馈"))
    if one.case.state in DONE:
        return "pause", _("诉求已终结，不再反馈")
    lamp = sla.lamp(now, one.due_at)
    words = {"late": _("逾期未反馈"), "near": _("临近时限")}
    return lamp, words.get(lamp, _("待反馈"))


@policy.needs(Permission.CASE_VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, personal data masked."""
    now = clock.now()
    seen, _words = _asked(request)
    found = seen.filter(condition(request.GET.get("view", ""), now=now)).order_by("due_at", "pk")
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    columns = [
        Out("number", _("诉求编号"), 22),
        Out("document_number", _("督办文号"), 22),
        Out("organisation", _("督办机关"), 26),
        Out("holder", _("承办单位"), 26),
        Out("issued_at", _("督办时间"), 18),
        Out("due_at", _("反馈时限"), 18),
        Out("text", _("督办要求"), 50),
        Out("state", _("状态"), 14),
        Out("answered_at", _("反馈时间"), 18),
        Out("answer", _("反馈内容"), 50),
    ]
    lines = _lines(found, now)
    content = write(columns, lines, sheet=_("督办"), taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="supervision-{now:%Y%m%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(found: Any, now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        yield {
            "number": one.case.number,
            "document_number": one.document_number,
            "organisation": one.organisation.name,
            "holder": one.case.holder.name,
            "issued_at": one.issued_at,
            "due_at": one.due_at,
            "text": spoken(one.text, one.case),
            "state": state_of(one, now=now)[1],
            "answered_at": one.answered_at,
            "answer": spoken(one.answer, one.case),
        }
