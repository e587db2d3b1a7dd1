"""Pages of campaign templates: those in use, the drafts of one's office, how a draft begins."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import yaml
from django.contrib import messages
from django.db.models import Count, Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaign import template, template_presenting
from campaign.models import CampaignTemplate, TemplateDraft
from campaign.services import templating
from campaign.template_start_forms import FromCampaignForm, FromTemplateForm, UploadForm
from campaign.template_workflow import LAMPS
from campaign.views.common import MANAGE
from campaign.workflow import CampaignState
from core import clock, pages, policy
from core.errors import Refused


@policy.needs(MANAGE)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """The templates that campaigns can be made from now, and the drafts of one's office."""
    seen = CampaignTemplate.objects.visible_to(request.user).in_force(on=clock.today())
    deployed = Count("campaigns", filter=~Q(campaigns__state=CampaignState.DRAFT))
    seen = seen.select_related("draft__organisation").annotate(used=deployed)
    drafts = TemplateDraft.objects.visible_to(request.user).open()
    context = {
        "templates": seen.order_by("-valid_from", "code"),
        "drafts": drafts.select_related("organisation", "created_by"),
        "lamps": LAMPS,
    }
    return pages.render(request, "campaign/templates/list.html", context=context)


def find_template(request: HttpRequest, pk: int) -> CampaignTemplate:
    """The template, if it is in sight; else 404."""
    return get_object_or_404(CampaignTemplate.objects.visible_to(request.user), pk=pk)


@policy.needs(MANAGE)
@require_GET
def released(request: HttpRequest, pk: int) -> HttpResponse:
    """A template in words: phases, duties, reminders."""
    found = find_template(request, pk)
    context = {
        "template": found,
        "content": found.content,
        "plan": template_presenting.plan(found.content, now=clock.now()),
        "used": found.campaigns.exclude(state=CampaignState.DRAFT).count(),
    }
    return pages.render(request, "campaign/templates/released.html", context=context)


@policy.needs(MANAGE)
@require_GET
def released_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The template as a file, as a start for another."""
    found = find_template(request, pk)
    return yaml_answer(found.content, f"{found.code}-v{found.version}.yaml")


def yaml_answer(content: dict[str, Any], name: str) -> HttpResponse:
    """Plain content as a YAML file."""
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


WAYS = ("template", "campaign", "upload")


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft, in one of three ways."""
    way = request.POST.get("way", "")
    made = _forms(request, way)
    problems: list[template.Problem] = []
    form = made.get(way)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            draft = _begin(request, way, form)
        except template.TemplateRefused as wrong:
            problems = wrong.problems
            pages.refuse(form, _("文件有%(count)d处错误，未保存。") % {"count": len(problems)})
        else:
            if draft is not None:
                messages.success(request, _("已存为草稿，可以继续修改。"))
                return pages.go(request, "campaign:template_draft", draft.pk)
    context = {"forms": made, "problems": problems, "way": way}
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    return pages.render(request, "campaign/templates/new.html", context=context, status=status)


def _forms(request: HttpRequest, way: str) -> dict[str, BaseForm]:
    """The three forms; only the one that was sent is bound."""

    def data(name: str) -> Any:
        return request.POST if way == name else None

    now = clock.today()
    given: dict[str, Any] = {"user": request.user}
    asked = request.GET.get("source", "")
    initial = {"source": asked} if asked.isascii() and asked.isdigit() else {}
    return {
        "template": FromTemplateForm(
            data("template"), on=now, auto_id="template_%s", initial=initial, **given
        ),
        "campaign": FromCampaignForm(data("campaign"), on=now, auto_id="campaign_%s", **given),
        "upload": UploadForm(data("upload"), request.FILES or None, auto_id="upload_%s", **given)
        if way == "upload"
        else UploadForm(auto_id="upload_%s", **given),
    }


def _begin(request: HttpRequest, way: str, form: BaseForm) -> TemplateDraft | None:
    given = {"by": request.user, "now": clock.now()}
    if way == "upload":
        sent = form.cleaned_data["upload"]
        content = sent.read(templating.LARGEST + 1)
        given |= {"organisation": form.cleaned_data["organisation"], "content": content}
        try:
            return templating.upload(**given)
        except template.TemplateRefused:
            raise
        except Refused as reason:
            pages.refuse(form, reason)
            return None
    service = {
        "template": templating.start_from_template,
        "campaign": templating.start_from_campaign,
    }[way]
    return pages.attempt(form, service, **given, **form.cleaned_data)
