"""The audit trail as the audit administrator reads it: searched, exported, proved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission
from config import scope
from config.audit_words import KINDS, THINGS, VERBS
from core import audit, clock, pages, policy, proving
from core.errors import Refused
from core.models import AuditChain, AuditEvent
from core.paging import keyset
from core.sheets import writer

EXPORT_LIMIT = 200_000
DATE = {"type": "date"}


class Search(forms.Form):
    """What to look for. Anything that is no valid value is left out."""

    organisation = forms.CharField(label=_("单位"), required=False, max_length=32)
    actor = forms.CharField(label=_("操作人姓名或账号"), required=False, max_length=150)
    kind = forms.CharField(label=_("动作"), required=False, max_length=60)
    model = forms.CharField(label=_("对象类型"), required=False, max_length=80)
    target = forms.CharField(label=_("对象编号"), required=False, max_length=64)
    since = forms.DateField(label=_("日期自"), required=False, widget=forms.DateInput(attrs=DATE))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, chains: QuerySet[AuditChain], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = set(chains.exclude(organisation="").values_list("organisation", flat=True))
        offered = {
            "organisation": sorted(scope.names(codes).items()),
            "kind": list(VERBS.items()),
            "model": sorted(
                (model._meta.label_lower, str(model._meta.verbose_name))
                for model in apps.get_models()
                if model.__module__.partition(".")[0] in OURS
            ),
        }
        for name, choices in offered.items():
            self.fields[name].widget = forms.Select(choices=[("", _("全部")), *choices])


OURS = {"accounts", "campaign", "complaints", "config", "core", "grids", "reporting"}


def visible_chains(user: User) -> QuerySet[AuditChain]:
    """All at the national regulator; elsewhere those of organisations in sight."""
    if scope.sees_all(user, Permission.AUDIT_VIEW):
        return AuditChain.objects.all()
    return AuditChain.objects.filter(organisation__in=scope.codes(user, Permission.AUDIT_VIEW))


def visible_events(user: User) -> QuerySet[AuditEvent]:
    """All at the national regulator; elsewhere the chains of organisations in sight."""
    if scope.sees_all(user, Permission.AUDIT_VIEW):
        return AuditEvent.objects.all()
    return AuditEvent.objects.in_chains(scope.codes(user, Permission.AUDIT_VIEW))


def _found(events: QuerySet[AuditEvent], wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    same = {
        "organisation": "organisation",
        "model": "target_model",
        "target": "target_id",
    }
    for field, column in same.items():
        if value := wanted.get(field):
            events = events.filter(**{column: value})
    if actor := wanted.get("actor"):
        named = User.objects.filter(name=actor).values("pk")
        events = events.filter(Q(actor=actor) | Q(actor_id__in=named))
    if kind := wanted.get("kind"):
        # A whole kind ("filing.return"), or the act alone on whatever object ("return").
        whole = {"kind": kind} if "." in kind else {"kind__endswith": f".{kind}"}
        events = events.filter(**whole)
    if since := wanted.get("since"):
        events = events.filter(at__gte=clock.at(since))
    if until := wanted.get("until"):
        events = events.filter(at__lte=clock.at(until, 23, 59, 59))
    return events


def _search(request: HttpRequest) -> tuple[Search, QuerySet[AuditEvent]]:
    form = Search(request.GET, chains=visible_chains(request.user))
    form.is_valid()
    return form, _found(visible_events(request.user), form.cleaned_data)


@policy.needs(Permission.AUDIT_VIEW)
def trail(request: HttpRequest) -> HttpResponse:
    """The events found, newest first, and how the chains stand."""
    form, found = _search(request)
    page = keyset(found, request.GET, order=("-at", "-pk"))
    all_chains = scope.sees_all(request.user, Permission.AUDIT_VIEW)
    chains = visible_chains(request.user)
    context = {
        "form": form,
        "page": page,
        "rows": told(list(page)),
        "total": found.count(),
        "chains": chains.count(),
        "sums": chains.aggregate(events=Sum("length"), anchored=Sum("anchored")),
        "proof": proving.last() if all_chains else None,
        "may_prove": all_chains,
        "export_url": f"{reverse('audit_export')}?{request.GET.urlencode()}",
    }
    return pages.render(request, "config/audit_trail.html", context=context, status=200)


def told(events: list[AuditEvent]) -> list[dict[str, Any]]:
    """Events in words, with three queries for all of them."""
    organisations = scope.names({event.organisation for event in events})
    ids = {event.actor_id for event in events if event.actor_id}
    people = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        {
            "event": event,
            "organisation": organisations.get(event.organisation, event.organisation),
            "actor": people.get(event.actor_id, "") or event.actor or _("系统"),
            "verb": KINDS.get(event.kind) or VERBS.get(event.kind.rpartition(".")[2], event.kind),
            "thing": thing(event.target_model or event.kind.partition(".")[0]),
        }
        for event in events
    ]


def thing(label: str) -> Any:
    """What a kind of object is called, or its label when no such kind exists any more."""
    try:
        return apps.get_model(label)._meta.verbose_name
    except (LookupError, ValueError):
        return THINGS.get(label, label)


@policy.needs(Permission.AUDIT_VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Exactly the events found, as .xlsx; that somebody took them away is recorded as well."""
    form, found = _search(request)
    count = found.count()
    if count > EXPORT_LIMIT:
        raise Refused(
            _("共 {count} 条，超过一次导出的上限 {limit} 条，请缩小范围。").format(
                count=count, limit=EXPORT_LIMIT
            )
        )
    content = writer.write(_columns(), _lines(found), sheet=gettext("审计记录"))
    now = clock.now()
    audit.record("audit.export", None, by=request.user, now=now, count=count, query=_asked(form))
    response = HttpResponse(content, content_type=writer.XLSX)
    response["Content-Disposition"] = f'attachment; filename="audit-{now:%Y%m%d-%H%M}.xlsx"'
    return response


def _asked(form: Search) -> str:
    """What was searched for, without the name of a person: the numbers of those found instead."""
    wanted = {name: str(value) for name, value in form.cleaned_data.items() if value}
    if actor := wanted.pop("actor", ""):
        found = User.objects.filter(Q(name=actor) | Q(username=actor)).order_by("pk")
        wanted["actors"] = ",".join(str(pk) for pk in found.values_list("pk", flat=True))
    return urlencode(wanted)


def _columns() -> list[writer.Out]:
    return [
        writer.Out("at", gettext("时间"), 20),
        writer.Out("organisation", gettext("单位"), 20),
        writer.Out("number", gettext("序号"), 10),
        writer.Out("actor", gettext("操作人")),
        writer.Out("account", gettext("账号")),
        writer.Out("thing", gettext("对象类型")),
        writer.Out("target", gettext("对象编号")),
        writer.Out("verb", gettext("动作")),
        writer.Out("kind", gettext("事项"), 24),
        writer.Out("reason", gettext("理由"), 40),
        writer.Out("place", gettext("来源")),
        writer.Out("details", gettext("内容"), 60),
        writer.Out("seal", gettext("封印"), 40),
    ]


def _lines(found: QuerySet[AuditEvent]) -> Iterator[dict[str, Any]]:
    batch: list[AuditEvent] = []
    for event in found.order_by("at", "pk").iterator(chunk_size=2000):
        batch.append(event)
        if len(batch) == 2000:
            yield from map(_line, told(batch))
            batch = []
    yield from map(_line, told(batch))


def _line(row: dict[str, Any]) -> dict[str, Any]:
    event = row["event"]
    return {
        "at": event.at.astimezone(clock.ZONE).isoformat(sep=" ", timespec="seconds"),
        "organisation": row["organisation"],
        "number": event.number,
        "actor": str(row["actor"]),
        "account": event.actor,
        "thing": str(row["thing"]),
        "target": event.target_id,
        "verb": str(row["verb"]),
        "kind": event.kind,
        "reason": event.reason,
        "place": event.place,
        "details": details(event),
        "seal": event.seal,
    }


def details(event: AuditEvent) -> str:
    """The details, one "name: value" after the other."""
    return "；".join(f"{name}: {value}" for name, value in sorted(event.details.items()))


@policy.needs(Permission.AUDIT_VIEW)
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Prove every chain and the anchor in the background."""
    if not scope.sees_all(request.user, Permission.AUDIT_VIEW):
        raise Refused(_("核验涉及全部单位，由国家监管机构的审计管理员办理。"))
    job = proving.start(
        by=request.user, now=clock.now(), title=gettext("核验审计链"), url=reverse("audit")
    )
    return pages.go(request, "core:job", pk=job.pk)
