"""The wording of letters: an object in, letters ready for ``outbox.post`` out.

Each occasion goes out twice: by mail, and as a notice inside the portal; a person without an
address still gets the notice.
"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign.ladder import Bundle, Occasion
from campaign.models import (
    Campaign,
    DocumentIssue,
    Duty,
    DutyExtension,
    Meeting,
    MeetingAction,
    SupervisionNote,
)
from campaign.unfolding import Planned
from core import clock
from core.letters import Letters, to_person


def chinese_date(instant: datetime) -> str:
    """2011年11月25日, in Asia/Shanghai."""
    day = clock.day_of(instant)
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def duty_url(duty: Duty) -> str:
    return reverse("campaign:duty", args=[duty.pk])


def _about(
    duty: Duty,
    to: User,
    *,
    occasion: str,
    subject: str,
    body: str,
    key: str = "",
    **more: str,
) -> Letters:
    """Letters about one duty; subject and body may name what ``_words`` and ``more`` know."""
    words = {**_words(duty), **more}
    return to_person(
        key=f"duty-{duty.pk}-{key or f'{occasion}-{to.pk}'}",
        kind=f"duty.{occasion}",
        to=to,
        subject=subject % words,
        body=body % words,
        url=duty_url(duty),
    )


def assigned(duty: Duty, to: User, *, now: datetime) -> Letters:
    return _about(
        duty,
        to,
        key=f"assigned-{to.pk}-{now:%Y%m%d%H%M%S}",
        occasion="assigned",
        subject=_("请您负责：%(title)s"),
        body=_(
            "%(campaign)s中，%(organisation)s的“%(title)s”由您负责，请于%(due)s前完成并报送%(recipient)s。"
        ),
    )


def extension_prefix(extension: DutyExtension) -> str:
    """How the keys of the letters about one extension begin."""
    return f"duty-{extension.duty_id}-extension-{extension.pk}-"


def extended(duty: Duty, to: User, *, extension: DutyExtension, now: datetime) -> Letters:
    return _about(
        duty,
        to,
        key=f"extension-{extension.pk}-{to.pk}",
        occasion="extended",
        subject=_("同意延期：%(title)s"),
        body=_(
            "经研究，同意%(organisation)s将“%(title)s”的完成时限延至%(due)s。请抓紧落实，按期报送。"
        ),
    )


def corrected(duty: Duty, to: User, *, extension: DutyExtension, now: datetime) -> Letters:
    """An extension was put right; the letter that gave it no longer counts."""
    return _about(
        duty,
        to,
        key=f"extension-{extension.pk}-{to.pk}",
        occasion="corrected",
        subject=_("更正延期：%(title)s"),
        body=_(
            "%(organisation)s“%(title)s”的完成时限由%(old)s更正为%(due)s（%(number)s），"
            "此前的延期通知不再执行。请按更正后的时限报送%(recipient)s。"
        ),
        old=chinese_date(extension.old_due_at),
        number=extension.document_number,
    )


def exempted(duty: Duty, to: User, *, now: datetime) -> Letters:
    return _about(
        duty,
        to,
        occasion="exempted",
        subject=_("同意免报：%(title)s"),
        body=_("经研究，同意%(organisation)s免报“%(title)s”。"),
    )


def withdrawn(duty: Duty, to: User, *, now: datetime) -> Letters:
    return _about(
        duty,
        to,
        occasion="withdrawn",
        subject=_("任务撤销：%(title)s"),
        body=_("%(organisation)s的“%(title)s”已撤销，无需继续办理。"),
    )


def moved(duty: Duty, to: User, *, now: datetime) -> Letters:
    """A provisional deadline was computed again by the published calendar."""
    return _about(
        duty,
        to,
        key=f"moved-{to.pk}-{duty.due_at:%Y%m%d}",
        occasion="moved",
        subject=_("期限变更：%(title)s"),
        body=_(
            "工作日历已公布，%(organisation)s“%(title)s”的完成时限按新的工作日历重新计算为%(due)s。"
        ),
    )


def launched(
    campaign: Campaign, organisation: Organisation, plans: list[Planned], to: User, *, now: datetime
) -> Letters:
    """The duties of an organisation, handed out."""
    lines = [
        _("%(number)d. %(title)s：%(due)s前，报送%(recipient)s。")
        % {
            "number": number,
            "title": plan.definition.title,
            "due": chinese_date(plan.due.due_at),
            "recipient": plan.recipient.name,
        }
        for number, plan in enumerate(plans, start=1)
    ]
    opening = _(
        "%(issuer)s已部署%(campaign)s。%(organisation)s承担下列任务，请明确责任部门和责任人，按期完成："
    ) % {
        "issuer": campaign.issuing_organisation.name,
        "campaign": campaign.name,
        "organisation": organisation.name,
    }
    return to_person(
        key=f"campaign-{campaign.pk}-launched-{to.pk}",
        kind="campaign.launched",
        to=to,
        subject=_("任务下达：%(campaign)s") % {"campaign": campaign.name},
        body="\n".join([opening, "", *lines]),
        url=reverse("campaign:home", args=[campaign.pk]),
    )


def reminder(bundle: Bundle, *, key: str, now: datetime) -> Letters:
    """One letter that lists everything a person is to be reminded of today."""
    if bundle.escalates:
        kind = "escalation"
        subject = _("督办提醒：贵单位有%(count)d项任务逾期未报")
        opening = _("截至%(today)s，贵单位下列任务尚未完成，请督促落实：")
    else:
        kind = "reminder"
        subject = _("催报提醒：您有%(count)d项任务需要办理")
        opening = _("截至%(today)s，您负责的下列任务尚未完成，请抓紧办理：")
    lines = [
        _reminder_line(number, occasion)
        for number, occasion in enumerate(bundle.occasions, start=1)
    ]
    only = bundle.occasions[0].duty if len(bundle.occasions) == 1 else None
    return to_person(
        key=key,
        kind=kind,
        to=bundle.person,
        subject=subject % {"count": len(bundle.occasions)},
        body="\n".join([opening % {"today": chinese_date(now)}, "", *lines]),
        url=duty_url(only) if only else reverse("campaign:list"),
    )


def _reminder_line(number: int, occasion: Occasion) -> str:
    duty = occasion.duty
    return _(
        "%(number)d. %(organisation)s“%(title)s”：应于%(due)s前报送%(recipient)s，%(text)s。"
        "（%(source)s）"
    ) % {
        "number": number,
        **_words(duty),
        "text": occasion.step.text,
        "source": duty.definition.due_source,
    }


def convened(meeting: Meeting, organisation: Organisation, to: User) -> Letters:
    """An invitation to a meeting."""
    start = meeting.starts_at.astimezone(clock.ZONE)
    return to_person(
        key=f"meeting-{meeting.pk}-{to.pk}-{start:%Y%m%d%H%M}",
        kind="meeting.convened",
        to=to,
        subject=_("会议通知：%(title)s") % {"title": meeting.title},
        body=_(
            "定于%(day)s%(time)s在%(place)s召开%(title)s，请%(organisation)s派员参加。\n\n议程：\n%(agenda)s"
        )
        % {
            "day": chinese_date(meeting.starts_at),
            "time": f"{start:%H:%M}",
            "place": meeting.place,
            "title": meeting.title,
            "organisation": organisation.name,
            "agenda": meeting.agenda,
        },
        url=reverse("campaign:meeting", args=[meeting.pk]),
    )


def issued(issue: DocumentIssue, organisation: Organisation, to: User) -> Letters:
    """A document under its number, to be signed for."""
    return to_person(
        key=f"document-{issue.pk}-{to.pk}",
        kind="document.issued",
        to=to,
        subject=_("%(number)s：%(title)s")
        % {"number": issue.document_number, "title": issue.title},
        body=_(
            "现将《%(title)s》（%(number)s）印发给%(organisation)s，请认真贯彻执行，并登录平台签收。"
        )
        % {
            "title": issue.title,
            "number": issue.document_number,
            "organisation": organisation.name,
        },
        url=reverse("campaign:document", args=[issue.pk]),
    )


def urged(note: SupervisionNote, to: User) -> Letters:
    """A note of a leading group, to be answered."""
    words = {
        "kind": note.get_kind_display(),
        "number": note.number,
        "subject": note.subject,
        "group": note.group.name,
        "organisation": note.organisation.name,
        "due": chinese_date(note.due_at),
        "body": note.body,
    }
    return to_person(
        key=f"note-{note.pk}-{to.pk}",
        kind="note.issued",
        to=to,
        subject=_("%(kind)s：%(subject)s") % words,
        body=_(
            "%(group)s向%(organisation)s发出%(kind)s（%(number)s），请于%(due)s前答复。\n\n%(body)s"
        )
        % words,
        url=reverse("campaign:note", args=[note.pk]),
    )


def answered(note: SupervisionNote, to: User) -> Letters:
    """The company has answered a note."""
    words = {
        "number": note.number,
        "subject": note.subject,
        "organisation": note.organisation.name,
    }
    return to_person(
        key=f"note-{note.pk}-answered-{to.pk}",
        kind="note.answered",
        to=to,
        subject=_("已答复：%(number)s") % words,
        body=_("%(organisation)s已答复%(number)s“%(subject)s”，请查看并办结。") % words,
        url=reverse("campaign:note", args=[note.pk]),
    )


def decided(action: MeetingAction, to: User) -> Letters:
    """A meeting decided that the organisation is to do something."""
    words = {
        "meeting": action.meeting.title,
        "organisation": action.organisation.name,
        "text": action.text,
        "due": chinese_date(action.due_at),
    }
    return to_person(
        key=f"action-{action.pk}-{to.pk}",
        kind="action.decided",
        to=to,
        subject=_("会议议定事项：%(text)s") % words,
        body=_("“%(meeting)s”议定由%(organisation)s于%(due)s前落实：%(text)s。") % words,
        url=reverse("campaign:meeting", args=[action.meeting_id]),
    )


def carried_out(action: MeetingAction, to: User) -> Letters:
    """An organisation has done what a meeting decided."""
    words = {
        "organisation": action.organisation.name,
        "text": action.text,
        "result": action.result,
    }
    return to_person(
        key=f"action-{action.pk}-done-{to.pk}",
        kind="action.carried_out",
        to=to,
        subject=_("已落实：%(text)s") % words,
        body=_("%(organisation)s已落实“%(text)s”：%(result)s") % words,
        url=reverse("campaign:meeting", args=[action.meeting_id]),
    )


def _words(duty: Duty) -> dict[str, str]:
    return {
        "campaign": duty.definition.campaign.name,
        "organisation": duty.organisation.name,
        "recipient": duty.recipient.name,
        "title": duty.definition.title,
        "due": chinese_date(duty.due_at),
    }
