"""Templates for campaigns of any later year: begun, saved version by version, checked, approved.

Purpose: another campaign is set up without a programmer. What is approved becomes a version of
``CampaignTemplate``, from which campaigns are made as from those that came with the portal.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import scheduling, template, template_catalogue, template_copying
from campaign import template_workflow as workflow
from campaign.models import Campaign, CampaignTemplate, TemplateDraft, TemplateEdition
from campaign.scope import works_for
from campaign.template_moving import move, settled
from campaign.template_workflow import DraftState, Move
from core import audit, clock, workdays
from core.errors import Conflict, Refused
from core.locking import held

# A file holds text only: what is longer was not written by a person.
LARGEST = 256 * 1024
LONGEST_COMMENT = 200


def start_from_template(
    *,
    source: CampaignTemplate,
    organisation: Organisation,
    code: str,
    name: str,
    starts_on: date | None,
    by: User,
    now: datetime,
) -> TemplateDraft:
    """Begin a draft with the content of a template, its dates moved if a first day is given.

    Raises ``Refused``.
    """
    if not CampaignTemplate.objects.visible_to(by).filter(pk=source.pk).exists():
        raise Refused(_("没有这个模板。"))
    draft = TemplateDraft(origin=TemplateDraft.Origin.TEMPLATE, source_template=source)
    told = {"organisation": organisation, "code": code, "name": name, "starts_on": starts_on}
    return _begin(draft, source.content, by=by, now=now, **told)


def start_from_campaign(
    *,
    source: Campaign,
    organisation: Organisation,
    code: str,
    name: str,
    starts_on: date | None,
    by: User,
    now: datetime,
) -> TemplateDraft:
    """Begin a draft with what a former campaign was, as it was carried out in the end.

    Raises ``Refused``.
    """
    if not Campaign.objects.visible_to(by).filter(pk=source.pk).exists():
        raise Refused(_("没有这次专项行动。"))
    content = template_copying.content_of(source)
    draft = TemplateDraft(origin=TemplateDraft.Origin.CAMPAIGN, source_campaign=source)
    told = {"organisation": organisation, "code": code, "name": name, "starts_on": starts_on}
    return _begin(draft, content, by=by, now=now, **told)


def upload(*, content: bytes, organisation: Organisation, by: User, now: datetime) -> TemplateDraft:
    """Begin a draft with a YAML file. Raises ``TemplateRefused`` with everything that is wrong."""
    if len(content) > LARGEST:
        raise _file_refused(
            _("文件超过%(most)d KB。") % {"most": LARGEST // 1024}, _("请删去与模板无关的内容。")
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _file_refused(
            _("文件不是UTF-8编码的文本。"), _("请用文本编辑器另存为UTF-8编码的 .yaml 文件。")
        ) from None
    parsed, data = template.read_text(text)
    if found := [one for one in here_and_now(parsed, now=now) if not one.soft]:
        raise template.TemplateRefused(found)
    draft = TemplateDraft(origin=TemplateDraft.Origin.UPLOAD)
    told = {"organisation": organisation, "code": parsed.code, "name": "", "starts_on": None}
    return _begin(draft, data, by=by, now=now, **told)


def _file_refused(message: str, remedy: str) -> template.TemplateRefused:
    return template.TemplateRefused([template.Problem(_("文件"), message, remedy)])


@transaction.atomic
def _begin(
    draft: TemplateDraft,
    content: dict[str, Any],
    *,
    organisation: Organisation,
    code: str,
    name: str,
    starts_on: date | None,
    by: User,
    now: datetime,
) -> TemplateDraft:
    if not organisation.is_regulator or not works_for(by, Permission.CAMPAIGN_MANAGE, organisation):
        raise Refused(_("模板由监管机构编制，只能为本机关编制。"))
    _ask_code(code, organisation, now=now)
    if starts_on is not None:
        content, draft.moves = _moved(content, starts_on, now=now)
    content = {
        **content,
        "code": code,
        "name": name.strip() or content["name"],
        "version": _next_version(code),
        "valid_from": clock.day_of(now).isoformat(),
    }
    draft.code, draft.name, draft.organisation = code, content["name"], organisation
    draft.created_by, draft.created_at = by, now
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        raise Conflict(
            _("代码“%(code)s”已有草稿在办，请打开该草稿，或者另用代码。") % {"code": code}
        ) from None
    summary = f"{draft.get_origin_display()}"
    _write(draft, 1, content, summary, by=by, now=now)
    _record(draft, "begin", by=by, now=now, origin=draft.origin)
    return draft


def _ask_code(code: str, organisation: Organisation, *, now: datetime) -> None:
    """A code belongs to the office that used it first; those of the portal are its own."""
    others = CampaignTemplate.objects.filter(code=code).exclude(draft__organisation=organisation)
    if others.exists():
        raise Refused(
            _("代码“%(code)s”已用于其他模板，请另用代码，如“%(code)s-%(year)s”。")
            % {"code": code[:35], "year": now.year}
        )


def _next_version(code: str) -> int:
    last = CampaignTemplate.objects.filter(code=code).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _moved(
    content: dict[str, Any], starts_on: date, *, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if why_not := scheduling.outside(starts_on, on=clock.day_of(now)):
        raise Refused(why_not)
    made, moved = move(content, start=starts_on, calendar=workdays.calendar(now=now))
    return made, [one.as_json() for one in moved]


def problems(content: dict[str, Any], *, now: datetime) -> list[template.Problem]:
    """Everything wrong with a content, at once; hints are soft."""
    found = template.faults(content)
    return found or here_and_now(template.parse(content), now=now)


def here_and_now(content: template.Content, *, now: datetime) -> list[template.Problem]:
    """What is wrong by the catalogues, rules and calendars of a day."""
    on = clock.day_of(now)
    return template_catalogue.problems(
        content,
        catalogue=template_catalogue.catalogue(on=on),
        calendar=workdays.calendar(now=now),
        on=on,
    )


@transaction.atomic
def save(
    *,
    draft: TemplateDraft,
    content: dict[str, Any],
    summary: str,
    seen: int,
    by: User,
    now: datetime,
) -> TemplateDraft:
    """Keep a further version. ``seen``: the version that was changed. Raises ``Conflict``."""
    draft = _held(draft, workflow.EDIT, by=by)
    content = settled(content, calendar=workdays.calendar(now=now))
    return _save(draft, content, summary, seen=seen, by=by, now=now)


@transaction.atomic
def redate(
    *, draft: TemplateDraft, starts_on: date, seen: int, by: User, now: datetime
) -> TemplateDraft:
    """Move every date of a draft by working days to begin on another day. Raises ``Refused``."""
    draft = _held(draft, workflow.EDIT, by=by)
    content, moves = _moved(draft.content, starts_on, now=now)
    summary = _("各日期按工作日移动，首日%(day)s") % {"day": content["starts_on"]}
    draft = _save(draft, content, summary, seen=seen, by=by, now=now)
    draft.moves = moves
    draft.save(update_fields=["moves"])
    return draft


@transaction.atomic
def undo(*, draft: TemplateDraft, seen: int, by: User, now: datetime) -> TemplateDraft:
    """Go back to what stood before the last change; again and again to the first."""
    draft = _held(draft, workflow.EDIT, by=by)
    last = draft.edition
    before = (last.restores or last.number) - 1
    if before < 1:
        raise Refused(_("已经是最初的版本，没有可撤销的改动。"))
    words = _("撤销上次改动，恢复为第%(number)d版的内容")
    return _bring_back(draft, before, words, seen=seen, by=by, now=now)


@transaction.atomic
def restore(
    *, draft: TemplateDraft, number: int, seen: int, by: User, now: datetime
) -> TemplateDraft:
    """Make an older version the one that counts, as a new version. Raises ``Refused``."""
    draft = _held(draft, workflow.EDIT, by=by)
    words = _("恢复为第%(number)d版的内容")
    return _bring_back(draft, number, words, seen=seen, by=by, now=now)


def _bring_back(
    draft: TemplateDraft, number: int, words: str, *, seen: int, by: User, now: datetime
) -> TemplateDraft:
    old = draft.editions.filter(number=number).first()
    if old is None:
        raise Refused(_("没有第%(number)d版。") % {"number": number})
    summary = words % {"number": number}
    # Going back step by step goes on from where the content comes from.
    origin = old.restores or old.number
    return _save(draft, old.content, summary, seen=seen, restores=origin, by=by, now=now)


def _save(
    draft: TemplateDraft,
    content: dict[str, Any],
    summary: str,
    *,
    seen: int,
    by: User,
    now: datetime,
    restores: int | None = None,
) -> TemplateDraft:
    last = draft.edition
    if seen != draft.head:
        if last.content == content and last.saved_by_id == by.pk and seen == draft.head - 1:
            return draft  # the same once more: a second click
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。"))
    if last.content == content:
        return draft
    draft.head, draft.name = last.number + 1, str(content.get("name") or draft.name)[:80]
    _write(draft, draft.head, content, summary, restores=restores, by=by, now=now)
    draft.save(update_fields=["head", "name"])
    _record(draft, "save", by=by, now=now, version=draft.head, summary=summary)
    return draft


def _write(
    draft: TemplateDraft,
    number: int,
    content: dict[str, Any],
    summary: str,
    *,
    by: User,
    now: datetime,
    restores: int | None = None,
) -> None:
    TemplateEdition.objects.create(
        draft=draft,
        number=number,
        content=content,
        summary=summary[:200],
        restores=restores,
        saved_by=by,
        saved_at=now,
    )


@transaction.atomic
def check(*, draft: TemplateDraft, seen: int, by: User, now: datetime) -> TemplateDraft:
    """Hand a draft in for approval; it has to be without fault. Raises ``Refused``."""
    draft = _held(draft, workflow.CHECK, by=by)
    if seen != draft.head:
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。"))
    _ask_faultless(draft, now=now)
    draft.state, draft.checked_by, draft.checked_at = DraftState.CHECKED, by, now
    draft.comment = ""
    draft.save(update_fields=["state", "checked_by", "checked_at", "comment"])
    _record(draft, "check", by=by, now=now, version=draft.head)
    return draft


def _ask_faultless(draft: TemplateDraft, *, now: datetime) -> None:
    wrong = [one for one in problems(draft.content, now=now) if not one.soft]
    if wrong:
        told = {"count": len(wrong), "first": str(wrong[0])}
        raise Refused(_("还有%(count)d处必须改正：%(first)s") % told)


@transaction.atomic
def reopen(*, draft: TemplateDraft, comment: str, by: User, now: datetime) -> TemplateDraft:
    """Back to the drafters with the reason. Raises ``Refused``."""
    draft = _held(draft, workflow.REOPEN, by=by)
    if not comment.strip():
        raise Refused(_("请写明退回理由。"))
    draft.state, draft.comment = DraftState.DRAFT, comment.strip()[:LONGEST_COMMENT]
    draft.checked_by, draft.checked_at = None, None
    draft.save(update_fields=["state", "comment", "checked_by", "checked_at"])
    _record(draft, "reopen", by=by, now=now, reason=draft.comment)
    return draft


@transaction.atomic
def approve(*, draft: TemplateDraft, seen: int, by: User, now: datetime) -> TemplateDraft:
    """A second person makes a template of the version that they read. Raises ``Refused``,
    ``Conflict`` where another one was handed in meanwhile."""
    draft = _held(draft, workflow.APPROVE, by=by)
    if seen != draft.head:
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。"))
    # Catalogues, rules and calendars may have changed since it was handed in.
    _ask_faultless(draft, now=now)
    _ask_code(draft.code, draft.organisation, now=now)
    version, today = _next_version(draft.code), clock.day_of(now)
    content = {**draft.content, "version": version, "valid_from": today.isoformat()}
    draft.template = _release(
        code=draft.code, version=version, name=draft.name, content=content, valid_from=today
    )
    draft.state, draft.decided_by, draft.decided_at = DraftState.APPROVED, by, now
    draft.save(update_fields=["state", "decided_by", "decided_at", "template"])
    _record(draft, "approve", by=by, now=now, version=version, code=draft.code)
    return draft


def _release(**values: Any) -> CampaignTemplate:
    """The template's row; the database decides where two offices approve one code at once."""
    try:
        with transaction.atomic():
            return CampaignTemplate.objects.create(**values)
    except IntegrityError:
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。")) from None


@transaction.atomic
def discard(*, draft: TemplateDraft, by: User, now: datetime) -> TemplateDraft:
    """Give a draft up; its code is free again. Raises ``Refused``."""
    draft = _held(draft, workflow.DISCARD, by=by)
    draft.state, draft.decided_by, draft.decided_at = DraftState.DISCARDED, by, now
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    _record(draft, "discard", by=by, now=now)
    return draft


def _held(draft: TemplateDraft, asked: Move, *, by: User) -> TemplateDraft:
    found = held(TemplateDraft.objects.all(), draft.pk, "organisation")
    if why_not := workflow.refusal(asked, found, by=by):
        raise Refused(why_not)
    return found


def _record(draft: TemplateDraft, name: str, *, by: User, now: datetime, **told: Any) -> None:
    audit.record(f"template.{name}", draft, by=by, now=now, organisation=draft.organisation, **told)
