"""Pages of systems and measures: who has which, uploading one, a document with its versions, and
what stands beside a node (S1-4.1g, S1-4.1h, S1-1.1.3b, S1-3.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import evidence, safeguards
from campaign.forms import day_field
from campaign.models import Campaign, Duty, Objective, Safeguard, SafeguardVersion
from campaign.scope import workplaces
from campaign.services import safeguarding as services
from campaign.views.common import MANAGE, VIEW, find, page_context
from campaign.workflow import DutyState
from core import clock, files, pages, policy, sla
from core.components import Board, BoardColumn, BoardGroup, BoardRow, Cell
from core.errors import Refused

DRAFT = Permission.FILING_DRAFT


class UploadForm(forms.Form):
    """One version of a system or of measures."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("单位"), empty_label=None
    )
    objective = forms.ModelChoiceField(
        Objective.objects.none(), label=gettext_lazy("目标任务"), empty_label=None
    )
    duty = forms.ModelChoiceField(
        Duty.objects.none(),
        label=gettext_lazy("所服务的任务"),
        required=False,
        empty_label=gettext_lazy("不针对某项任务"),
    )
    title = forms.CharField(label=gettext_lazy("文件名称"), max_length=100)
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=60, required=False)
    issued_on = day_field(gettext_lazy("印发日期"))
    summary = forms.CharField(
        label=gettext_lazy("主要内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    upload = forms.FileField(label=gettext_lazy("文件"))

    def __init__(self, *args: Any, places: Any, nodes: Any, duties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = places
        fields["objective"].queryset = nodes
        fields["duty"].queryset = duties


def chosen_unit(request: HttpRequest, campaign: Campaign) -> Organisation | None:
    """The enterprise in sight that the address names; None for any other word."""
    code = request.GET.get("unit", "")
    if not code:
        return None
    return safeguards.enterprises(campaign, request.user).filter(code=code).first()


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@policy.needs(VIEW)
@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Every enterprise in sight with its ten documents, and the list behind each number."""
    campaign, now = find(request, pk), clock.now()
    lines = safeguards.lines(campaign, safeguards.enterprises(campaign, request.user))
    nodes, due = safeguards.nodes(campaign), safeguards.due_day(campaign)
    totals = safeguards.totals(lines)
    lacking = [line for line in lines if line.missing]
    only = request.GET.get("missing") == "1"
    late = due is not None and now > sla.day_end(due)
    seen = Safeguard.objects.visible_to(request.user).filter(campaign=campaign)
    node = next((one for one in nodes if one.pk == _number(request, "node")), None)
    if node is not None:
        seen = seen.filter(objective=node)
    context = page_context(
        campaign,
        "safeguards",
        board=_board(campaign, nodes, lacking if only else lines, late),
        node=node,
        due=due,
        rule=safeguards.rule(campaign),
        totals=totals,
        lacking=lacking,
        count=len(lines),
        only=only,
        documents=[
            (one, one.last)
            for one in seen.select_related("organisation", "objective", "duty__definition")
        ],
        may_upload=bool(_places(request, campaign)),
    )
    return pages.render(request, "campaign/safeguards/overview.html", context=context)


def _board(
    campaign: Campaign, nodes: list[Objective], lines: list[safeguards.Line], late: bool
) -> Board:
    url = reverse("campaign:safeguards", args=[campaign.pk])
    columns = [
        BoardColumn(
            node.code,
            note=node.name,
            url=reverse("campaign:objective", args=[campaign.pk, node.pk]),
        )
        for node in nodes
    ]
    rows = [
        BoardRow(
            line.organisation,
            [_cell(line, node, one, late, url) for node, one in line.held],
            note=_("缺%(count)d项") % {"count": len(line.missing)} if line.missing else _("齐全"),
        )
        for line in lines
    ]
    return Board(_("单位"), columns, [BoardGroup("", rows)], caption=_("制度和措施"))


def _cell(
    line: safeguards.Line,
    node: Objective,
    version: SafeguardVersion | None,
    late: bool,
    url: str,
) -> Cell:
    title = f"{line.organisation} {node.name}"
    if version is None:
        lamp = "late" if late else "pause"
        # The code stands in the cell, too: on a phone there are no columns.
        return Cell(lamp, f"{node.code} {_('缺')}", url=f"{url}?node={node.pk}", title=title)
    lamp, word = version.lamp
    note = _("第%(number)d版") % {"number": version.number}
    page = reverse("campaign:safeguard", args=[version.safeguard_id])
    return Cell(lamp, f"{node.code} {word}", note=note, url=page, title=title)


def _places(request: HttpRequest, campaign: Campaign) -> list[int]:
    """Companies of the campaign for which the person uploads."""
    parties = [
        part.organisation.path for part in campaign.participants.select_related("organisation")
    ]
    return [
        place.pk
        for place in workplaces(request.user, DRAFT)
        if place.is_company and any(place.path.startswith(path) for path in parties)
    ]


@policy.needs(DRAFT)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload a version; ``?node=`` and ``?duty=`` say what it is for."""
    campaign = find(request, pk)
    places = _places(request, campaign)
    if not places:
        raise Refused(_("由企业上传本单位的制度和措施。"))
    duties = Duty.objects.filter(definition__campaign=campaign, organisation__in=places).exclude(
        state=DutyState.WITHDRAWN
    )
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        places=Organisation.objects.filter(pk__in=places),
        nodes=campaign.objectives.filter(pk__in=[one.pk for one in safeguards.nodes(campaign)]),
        duties=duties.select_related("definition", "organisation"),
        initial={"objective": _number(request, "node"), "duty": _number(request, "duty")},
    )
    if request.method == "POST" and form.is_valid():
        found = _uploaded(request, form)
        if found is not None:
            messages.success(request, _("已上传。"))
            return pages.go(request, "campaign:safeguard", found.pk)
    context = page_context(campaign, "safeguards", form=form, accept=files.accept(services.PURPOSE))
    return pages.render(request, "campaign/safeguards/upload.html", context=context)


def _uploaded(request: HttpRequest, form: UploadForm) -> Safeguard | None:
    """The document, or None with the reason on the form."""
    try:
        return services.upload_safeguard(by=request.user, now=clock.now(), **form.cleaned_data)
    except files.Rejected as rejected:
        form.add_error("upload", str(rejected))
    except Refused as reason:
        pages.refuse(form, reason)
    return None


def _find(request: HttpRequest, pk: int) -> Safeguard:
    seen = Safeguard.objects.visible_to(request.user)
    related = ("campaign", "objective", "organisation", "duty__definition")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document with all its versions."""
    found = _find(request, pk)
    versions = list(found.versions.select_related("file", "uploaded_by", "returned_by"))
    context = page_context(
        found.campaign,
        "safeguards",
        safeguard=found,
        versions=versions,
        last=versions[0],
        may_upload=found.organisation_id in _places(request, found.campaign),
        refusal=services.return_refusal(found, by=request.user, on=clock.today()),
    )
    return pages.render(request, "campaign/safeguards/document.html", context=context)


@policy.needs(MANAGE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the last version back."""
    found = _find(request, pk)
    reason = request.POST.get("reason", "")
    services.return_safeguard(safeguard=found, reason=reason, by=request.user, now=clock.now())
    return pages.go(request, "campaign:safeguard", found.pk)


def beside(
    request: HttpRequest, found: Objective, unit: Organisation | None, now: datetime
) -> dict[str, Any]:
    """What the page of a node shows above its duties: evidence, of all or of one enterprise."""
    asked = evidence.Asked(found, request.user, unit, now)
    return {
        "evidence": evidence.gathered(asked),
        "since": asked.since,
        "until": asked.until,
        "unit": unit,
        "units": safeguards.enterprises(found.campaign, request.user),
    }


def of_duty(request: HttpRequest, duty: Duty) -> dict[str, Any]:
    """What the page of a duty shows: the measures that serve it, and where one more is uploaded."""
    seen = Safeguard.objects.visible_to(request.user).filter(duty=duty)
    return {
        "safeguards": [(one, one.last) for one in seen.select_related("objective")],
        "may_upload": duty.organisation_id in _places(request, duty.definition.campaign),
    }
