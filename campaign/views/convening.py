"""Pages of groups, meetings and issued documents."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import inside, services
from campaign.forms import DocumentForm, GroupForm, SeatForm
from campaign.models import (
    Campaign,
    DocumentIssue,
    DocumentRecipient,
    Group,
    Meeting,
    MeetingAction,
    Participant,
)
from campaign.scope import workplaces, works_for
from campaign.services.convening import DOCUMENT_PURPOSE
from campaign.views.common import (
    MANAGE,
    VIEW,
    find,
    manage_refusal,
    manages,
    page_context,
    tabs,
)
from campaign.views.steering import action_rows
from core import clock, files, pages, policy
from core.errors import Refused

DRAFT = Permission.FILING_DRAFT
BLANK_SEATS = 3


def participants(campaign: Campaign) -> QuerySet[Organisation]:
    """Everybody who takes part: the issuer, the other regulators, the companies."""
    parts = Participant.objects.filter(campaign=campaign).values("organisation")
    found = Organisation.objects.filter(pk__in=parts)
    return found | Organisation.objects.filter(pk=campaign.issuing_organisation_id)


@policy.needs(VIEW)
def groups(request: HttpRequest, pk: int) -> HttpResponse:
    """The groups of the campaign, and who has not set one up yet (S1-4.1d)."""
    campaign = find(request, pk)
    seen = Group.objects.visible_to(request.user).filter(campaign=campaign)
    rows = list(seen.select_related("organisation").prefetch_related("members__organisation"))
    lead = {group.organisation_id for group in rows if group.set_up_on}
    executors = Organisation.objects.filter(
        pk__in=campaign.participants.filter(part=Participant.Part.EXECUTOR).values("organisation")
    )
    in_sight = executors.filter(pk__in=Organisation.objects.visible_to(request.user, VIEW))
    own = _own_organisation(request, campaign)
    told = inside.group_lists(campaign, user=request.user)
    named = in_sight.filter(pk__in=told.reported).exclude(pk__in=lead)
    context = page_context(
        campaign,
        "groups",
        groups=rows,
        missing=in_sight.exclude(pk__in={*lead, *told.reported, *told.excused}),
        reported=[(company, told.reported[company.pk]) for company in named],
        own=own,
        kinds=Group.Kind.choices if own == campaign.issuing_organisation else _LEADING,
    )
    return pages.render(request, "campaign/groups.html", context=context)


_LEADING = [(Group.Kind.LEADING.value, Group.Kind.LEADING.label)]


def _own_organisation(request: HttpRequest, campaign: Campaign) -> Organisation | None:
    """For whom the person may set up a group: the issuer, or the own company that takes part."""
    if manages(request, campaign):
        return campaign.issuing_organisation
    parts = set(campaign.participants.values_list("organisation_id", flat=True))
    places = workplaces(request.user, DRAFT)
    return next((place for place in places if place.pk in parts), None)


@policy.needs(VIEW)
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable list of a group (S1-A1, S1-A2)."""
    seen = Group.objects.visible_to(request.user).select_related("campaign", "organisation")
    found = get_object_or_404(seen, pk=pk)
    members = found.members.filter(left_on__isnull=True).select_related("organisation")
    actions = MeetingAction.objects.visible_to(request.user).filter(meeting__group=found)
    context = page_context(
        found.campaign,
        "groups",
        group=found,
        members=members,
        left=found.members.filter(left_on__isnull=False).select_related("organisation"),
        # The space of the group: for the organisations on its list, and for who set it up.
        in_group=_in_group(request, found),
        group_meetings=Meeting.objects.visible_to(request.user).filter(group=found),
        actions=action_rows(request, actions),
        may_convene=manages(request, found.campaign)
        and found.organisation == found.campaign.issuing_organisation,
        may_edit=_own_organisation(request, found.campaign) == found.organisation,
    )
    return pages.render(request, "campaign/group.html", context=context)


def _in_group(request: HttpRequest, group: Group) -> bool:
    members = group.members.filter(left_on__isnull=True).values_list("organisation", flat=True)
    inside = {group.organisation_id, *members}
    return any(place.pk in inside for place in workplaces(request.user, VIEW))


@policy.needs(MANAGE, DRAFT)
def edit_group(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Set up a group of one's own organisation, or write its list anew."""
    campaign = find(request, pk)
    own = _own_organisation(request, campaign)
    if own is None or kind not in Group.Kind.values:
        raise Http404
    if why_not := services.group_refusal(campaign, kind, own):
        raise Refused(why_not)
    standing = Group.objects.filter(campaign=campaign, kind=kind, organisation=own).first()
    form = GroupForm(request.POST or None, initial=_group_initial(standing, own), on=clock.today())
    seats = _seats(request, campaign, own, standing)
    if request.method == "POST" and form.is_valid() and seats.is_valid():
        found = pages.attempt(
            form,
            services.set_up_group,
            campaign=campaign,
            kind=kind,
            organisation=own,
            seats=_filled(seats),
            by=request.user,
            now=clock.now(),
            **form.cleaned_data,
        )
        if found is not None:
            return pages.go(request, "campaign:group", found.pk)
    context = page_context(
        campaign, "groups", form=form, seats=seats, own=own, label=Group.Kind(kind).label
    )
    status = pages.status_of(form)
    if status == 200 and request.method == "POST":
        status = 422
    return pages.render(request, "campaign/group_edit.html", context=context, status=status)


def _filled(seats: BaseFormSet[SeatForm]) -> list[services.Seat]:
    """The rows of the list that hold a name and were not struck out."""
    rows = [row for row in seats.cleaned_data if row.get("name") and not row.get("DELETE")]
    return [
        services.Seat(row["name"], row["post"], row["organisation"], row["role"], row.get("person"))
        for row in rows
    ]


def _group_initial(group: Group | None, own: Organisation) -> dict[str, Any]:
    if group is None:
        return {"name": _("%(name)s专项行动领导小组") % {"name": own.name}}
    fields = ("name", "duties", "office_department", "document_number", "set_up_on")
    return {field: getattr(group, field) for field in fields}


def _seats(
    request: HttpRequest, campaign: Campaign, own: Organisation, group: Group | None
) -> BaseFormSet[SeatForm]:
    members = group.members.filter(left_on__isnull=True) if group else ()
    rows = [
        {
            "name": m.name,
            "post": m.post,
            "organisation": m.organisation_id,
            "role": m.role,
            "person": m.person_id,
        }
        for m in members
    ]
    everybody = (
        participants(campaign)
        if own.is_regulator
        else Organisation.objects.filter(path__startswith=own.path)
    )
    factory = formset_factory(SeatForm, extra=BLANK_SEATS, max_num=60, can_delete=True)
    return factory(
        request.POST or None,
        initial=rows,
        prefix="seat",
        form_kwargs={"organisations": everybody, "own": own, "people": _staff(own)},
    )


def _staff(own: Organisation) -> QuerySet[User]:
    """Whose accounts may be put on the list: people of one's own organisation."""
    working = own.memberships.in_force(on=clock.today()).values("user")
    return User.objects.filter(pk__in=working, is_active=True).order_by("name")


@policy.needs(VIEW)
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Documents issued under the campaign."""
    campaign = find(request, pk)
    seen = DocumentIssue.objects.visible_to(request.user).filter(campaign=campaign)
    rows = [
        (issue, sum(one.read_at is not None for one in issue.recipients.all()))
        for issue in seen.select_related("issuer").prefetch_related("recipients")
    ]
    context = page_context(
        campaign, "documents", rows=rows, refusal=manage_refusal(request, campaign)
    )
    return pages.render(request, "campaign/documents.html", context=context)


@policy.needs(MANAGE)
def new_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a document under its number to its recipients."""
    campaign = find(request, pk)
    everybody = participants(campaign).exclude(pk=campaign.issuing_organisation_id)
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        organisations=everybody,
        initial={
            "title": campaign.name,
            "document_number": campaign.document_number,
            "body": campaign.full_text,
            "recipients": list(everybody.values_list("pk", flat=True)),
        },
    )
    if request.method == "POST" and form.is_valid():
        found = _issued(request, campaign, form)
        if found is not None:
            return pages.go(request, "campaign:document", found.pk)
    accept = files.accept(DOCUMENT_PURPOSE)
    context = page_context(campaign, "documents", form=form, accept=accept)
    return pages.render(request, "campaign/document_new.html", context=context)


def _issued(request: HttpRequest, campaign: Campaign, form: DocumentForm) -> DocumentIssue | None:
    """The document, or None with the reason on the form."""
    data = dict(form.cleaned_data)
    data |= {"campaign": campaign, "uploads": data.pop("attachments")}
    try:
        return services.issue_document(by=request.user, now=clock.now(), **data)
    except files.Rejected as rejected:
        form.add_error("attachments", str(rejected))
    except Refused as reason:
        pages.refuse(form, reason)
    return None


@policy.needs(VIEW)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document with who signed for it when; recipients sign here."""
    seen = DocumentIssue.objects.visible_to(request.user).select_related("campaign", "issuer")
    found = get_object_or_404(seen, pk=pk)
    recipients = list(found.recipients.select_related("organisation", "read_by"))
    issuing = works_for(request.user, VIEW, found.issuer)
    own = [one for one in recipients if works_for(request.user, VIEW, one.organisation)]
    context = {
        "campaign": found.campaign,
        "tabs": tabs(found.campaign, "documents"),
        "issue": found,
        "files": found.files.order_by("name"),
        # Recipients see their own receipt; the issuer sees all of them.
        "recipients": recipients if issuing else own,
        "to_sign": [one for one in own if one.read_at is None],
        "signed": sum(one.read_at is not None for one in recipients),
        "total": len(recipients),
        "issuing": issuing,
    }
    return pages.render(request, "campaign/document.html", context=context)


@require_POST
@policy.needs(VIEW)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for a document on behalf of one's organisation."""
    seen = DocumentIssue.objects.visible_to(request.user)
    found = get_object_or_404(DocumentRecipient.objects.filter(issue__in=seen), pk=pk)
    services.sign_for(recipient=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:document", found.issue_id)
