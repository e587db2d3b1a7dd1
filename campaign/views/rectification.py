"""Pages of the rectification ledger: the list with its ageing, one item with all acts, workbooks.

Source: campaign plan 三(六)1, 五(二), 五(四) (S1-3.3.6(1)b, S1-5.2c, S1-5.4c).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import rectification_presenting as presenting
from campaign import rectification_queries as queries
from campaign import rectification_sheets as sheets
from campaign import rectification_sources as sources
from campaign.livelihood import CHOICES, with_tag
from campaign.models import Campaign, EnforcementMatter, RectificationItem
from campaign.rectification_forms import FORMS, ActForm, ImportForm, NewItemForm
from campaign.rectification_queries import RELATED, Filters
from campaign.rectification_workflow import ItemMove, ItemState
from campaign.scope import works_for
from campaign.services import rectification, rectification_checks, rectification_moves
from campaign.services.livelihood import item_refusal
from campaign.views.common import VIEW
from core import clock, offline, pages, policy, sla
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX, write

MANAGE, ENFORCE = Permission.RECTIFICATION_MANAGE, Permission.ENFORCEMENT_MANAGE
MOST_EXPORTED = 20_000
MOST_SHOWN = 1000


def find(request: HttpRequest, pk: int) -> RectificationItem:
    """The item, if it is in sight; otherwise there is none (404)."""
    seen = RectificationItem.objects.visible_to(request.user)
    related = (*RELATED, "reported_by", "verified_by", "closed_by", "livelihood_tag__set_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Items in sight by tab and filter; or, by unit, how old what is open has become."""
    filters, now = Filters.of(request.GET), clock.now()
    seen = RectificationItem.objects.visible_to(request.user)
    found = filters.narrow(seen)
    context: dict[str, Any] = {
        "filters": filters,
        "tabs": presenting.tabs(filters, queries.counts(found, now=now)),
        "sources": RectificationItem.Source.choices,
        "states": ItemState.choices,
        "livelihoods": CHOICES.items(),
        "campaigns": Campaign.objects.filter(pk__in=seen.order_by().values("campaign")),
        "units": Organisation.objects.filter(pk__in=seen.order_by().values("unit")).order_by(
            "path"
        ),
        "offices": Organisation.objects.filter(pk__in=seen.order_by().values("regulator")).order_by(
            "path"
        ),
        "may_open": request.user.can(MANAGE),
        "export_url": reverse("campaign:rectification_export") + filters.query(),
    }
    if filters.shown == "ageing":
        table = queries.ageing(found, now=now)
        context |= {"ageing": table, "heads": queries.age_labels(), "total": found.count()}
        return pages.render(request, "campaign/rectification/list.html", context=context)
    if filters.shown == "sources":
        labels = [_("未销号"), *queries.age_labels()]
        table = queries.by_source(found, now=now)
        context |= {"by_source": table, "heads": labels, "total": found.count()}
        return pages.render(request, "campaign/rectification/list.html", context=context)
    listed = _listed(filters, found, now)
    tagged = with_tag(listed.select_related(*RELATED))
    page = keyset(tagged, request.GET, order=filters.order)
    context |= {
        "page": page,
        "total": listed.count(),
        "rows": [(one, *presenting.shown(one, now=now)) for one in page],
    }
    return pages.render(request, "campaign/rectification/list.html", context=context)


def _listed(filters: Filters, found: Any, now: Any) -> Any:
    return filters.aged(found.filter(queries.in_view(filters.shown, now=now)), now=now)


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    filters, now = Filters.of(request.GET), clock.now()
    found = filters.narrow(RectificationItem.objects.visible_to(request.user))
    listed = with_tag(_listed(filters, found, now)).select_related(*RELATED, "verified_by")
    listed = listed.order_by(*filters.order if filters.livelihood == "first" else ("pk",))
    if (count := listed.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    rows = sheets.rows(listed, now=now)
    content = write(sheets.columns(), rows, sheet=_("整改台账"), taken_by=request.user, now=now)
    return _workbook(content, f"rectification-{now:%Y%m%d}.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _units(request: HttpRequest) -> Any:
    seen = Organisation.objects.visible_to(request.user).companies().in_force()
    return seen.exclude(kind=Organisation.Kind.SUPPLY_STATION).order_by("path")


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a problem, or state a requirement to several units (S1-5.4c)."""
    names = ("source_kind", "source_ref", "basis", "feeder", "transformer_area", "problem")
    units = _units(request)
    form = NewItemForm(
        request.POST or None,
        user=request.user,
        units=units,
        initial={name: request.GET.get(name, "")[:300] for name in names}
        | {"units": units.filter(code=request.GET.get("unit", "")[:40])},
    )
    if request.method == "POST" and form.is_valid():
        url = pages.attempt(form, _entered, request=request, form=form)
        if url is not None:
            return pages.go(request, url)
    return pages.render(request, "campaign/rectification/new.html", context={"form": form})


def _entered(*, request: HttpRequest, form: NewItemForm) -> str:
    """Enter what the form says, once; says where to go on."""
    now, listed = clock.now(), reverse("campaign:rectification")

    def work() -> str:
        made = rectification.open_items(by=request.user, now=now, **form.cleaned_data)
        numbers = "、".join(one.number for one in made)
        messages.success(request, _("已列入台账，编号%(number)s。") % {"number": numbers})
        only = made[0].pk if len(made) == 1 else None
        return reverse("campaign:rectification_item", args=[only]) if only else listed

    return offline.led(request, work, again=listed, now=now)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Take a ledger in: all of it or nothing, every error at its cell."""
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    context: dict[str, Any] = {"form": form, "columns": sheets.form().columns}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = sheets.take(
            upload,
            campaign=form.cleaned_data["campaign"],
            by=request.user,
            now=clock.now(),
            name=upload.name,
        )
        if not outcome.problems:
            messages.success(request, _taken(outcome))
            return pages.go(request, "campaign:rectification")
        context["problems"] = outcome.problems[:MOST_SHOWN]
        status = pages.UNPROCESSABLE
        page = "campaign/rectification/import.html"
        return pages.render(request, page, context=context, status=status)
    return pages.render(request, "campaign/rectification/import.html", context=context)


def _taken(outcome: sheets.Outcome) -> str:
    said = _("已导入%(count)d条。") % {"count": outcome.count}
    if not outcome.left_out:
        return said
    left = "、".join(
        _("%(state)s%(count)d条") % {"state": state, "count": count}
        for state, count in outcome.left_out.items()
    )
    return said + _("未导入：%(left)s。") % {"left": left}


@policy.needs(MANAGE)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook, empty."""
    return _workbook(sheets.form().template(), "rectification-ledger.xlsx")


# -- one item --------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem from its discovery to its write-off."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest, found: RectificationItem, *, bound: ActForm | None = None
) -> HttpResponse:
    now = clock.now()
    lamp, word = presenting.shown(found, now=now)
    context = {
        "item": found,
        "origin": sources.of_item(found, request.user),
        "lamp": lamp,
        "word": word,
        "acts": presenting.offered(found, request.user, now=now, bound=bound),
        "why_not": presenting.why_not(found, request.user),
        "tag": getattr(found, "livelihood_tag", None),
        "may_tag": not item_refusal(found, by=request.user),
        "entries": presenting.events(found, request.user),
        "extension": found.extensions.filter(granted__isnull=True).first(),
        "matters": _matters(request, found),
        "explanation": list(sla.shown(found.due_explanation)),
        "may_enforce": lamp == "late" and works_for(request.user, ENFORCE, found.regulator),
        "now": now,
        "form": bound,
    }
    if bound is None:
        context.pop("form")
    return pages.render(request, "campaign/rectification/item.html", context=context)


def _matters(request: HttpRequest, found: RectificationItem) -> list[Any]:
    """What was begun against the enterprise because of the item."""
    seen = EnforcementMatter.objects.visible_to(request.user)
    return list(seen.filter(items=found).order_by("-opened_at"))


SERVICES: dict[str, Any] = {
    ItemMove.PLAN: rectification_moves.plan,
    ItemMove.PROGRESS: rectification_moves.progress,
    ItemMove.REPORT: rectification_moves.report_done,
    ItemMove.ASK_EXTENSION: rectification_moves.ask_extension,
    ItemMove.GRANT_EXTENSION: rectification_moves.decide_extension,
    ItemMove.VERIFY: rectification_checks.verify,
    ItemMove.RETURN: rectification_checks.send_back,
    ItemMove.CLOSE: rectification_checks.close,
    ItemMove.LOOK_BACK: rectification_checks.look_back,
    ItemMove.REOPEN: rectification_checks.reopen,
    ItemMove.WITHDRAW: rectification_checks.withdraw,
    ItemMove.COMMENT: rectification_checks.comment,
    ItemMove.URGE: rectification_checks.urge,
}


@policy.needs(VIEW)
@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on an item; what the service refuses stands at its form."""
    found = find(request, pk)
    if act not in FORMS:
        raise Http404
    move, now = ItemMove(act), clock.now()
    on = clock.day_of(now)
    form = FORMS[move](request.POST, request.FILES, item=found, act=move, on=on)
    if form.is_valid():
        told = {"item": found, "by": request.user, "now": now, **form.said()}  # type: ignore[attr-defined]
        if pages.attempt(form, SERVICES[move], **told) is not None:
            messages.success(request, _("已办理“%(move)s”。") % {"move": move.label})
            return pages.go(request, "campaign:rectification_item", found.pk)
    return shown(request, found, bound=form)
