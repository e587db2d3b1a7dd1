"""An office's own wording of a kind of report: begun from the one in use, edited, adopted.

A template is data: words with named figures, tables and charts. Nothing in it is ever carried out.
Source: campaign plan 四(二) (S1-4.2j).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Phase
from campaign.scope import works_for
from core import audit, clock
from core.errors import Conflict, Refused
from core.models import AuditEvent
from core.officialdoc import clean
from reporting import chapters, figures
from reporting.models import FigureSnapshot, ReportTemplate
from reporting.services import snapshots

if TYPE_CHECKING:
    from accounts.models import Organisation, User

TITLE_LIMIT, HINT_LIMIT, LONGEST_DEMAND = 80, 200, 2000
CAMPAIGN = "{campaign}"


def edit_refusal(organisation: Organisation | None, *, by: User) -> str:
    """Why the person may not word reports for the office; empty when they may."""
    if organisation is None or not organisation.is_regulator:
        return _("报告模板由监管机构编制。")
    if not works_for(by, Permission.REPORT_EDIT, organisation):
        return _("由%(organisation)s具有“%(permission)s”权限的人员编制。") % {
            "organisation": organisation,
            "permission": Permission.REPORT_EDIT.label,
        }
    return ""


def draft_refusal(template: ReportTemplate, *, by: User) -> str:
    """Why the person may not change this version; empty when they may."""
    if not template.draft:
        return _("已经启用的模板不能修改，请另拟新版本。")
    return edit_refusal(template.organisation, by=by)


def adopt_refusal(template: ReportTemplate, *, by: User) -> str:
    """Why the person may not put this version into use; empty when they may."""
    if not template.draft or template.organisation is None:
        return _("模板已经启用。")
    if not works_for(by, Permission.REPORT_APPROVE, template.organisation):
        return _("“启用”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "organisation": template.organisation,
            "permission": Permission.REPORT_APPROVE.label,
        }
    if template.edited_by_id == by.pk or _wrote(template, by):
        return _("编辑人不能启用自己编辑的模板，请由另一人启用。")
    return ""


def _wrote(template: ReportTemplate, by: User) -> bool:
    """Whether the person saved the draft at any time: words of theirs may stand in it, whoever
    saved last."""
    saved = AuditEvent.objects.about(template).filter(kind="report_template.save")
    return saved.filter(actor_id=by.pk).exists()


@transaction.atomic
def begin(
    *, template: ReportTemplate, organisation: Organisation, by: User, now: datetime
) -> ReportTemplate:
    """The office's draft of a kind of report, begun from a version in use; there is one at most.

    Raises ``Refused``.
    """
    if why_not := edit_refusal(organisation, by=by):
        raise Refused(why_not)
    highest = ReportTemplate.objects.filter(code=template.code).aggregate(n=Max("version"))["n"]
    draft, new = ReportTemplate.objects.get_or_create(
        code=template.code,
        organisation=organisation,
        draft=True,
        defaults={
            "version": (highest or 0) + 1,
            "title": template.title,
            "phase_number": template.phase_number,
            "valid_from": clock.day_of(now),
            "content": template.content,
            "edited_by": by,
            "edited_at": now,
        },
    )
    if new:
        audit.record("report_template.begin", draft, by=by, now=now, of=str(template))
    return draft


def content_with(
    template: ReportTemplate, *, title: str, words: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The template with another title and other chapters; its tables, rules and parts stay.

    Raises ``Refused`` with everything that is wrong.
    """
    standing = {one["code"]: one for one in template.content["chapters"]}
    kept = [_chapter(one, place, standing) for place, one in enumerate(words, start=1)]
    content = {**template.content, "title": clean(title), "chapters": kept}
    wrong = _wrong(template, content)
    if wrong:
        raise Refused("\n".join(wrong))
    content["figures"] = chapters.used_figures(content)
    chapters.check_template(content)
    return content


def _chapter(
    given: Mapping[str, Any], place: int, standing: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    code = clean(given.get("code")) or f"chapter-{place}"
    text = "\n".join(clean(line) for line in str(given.get("text", "")).splitlines())
    made = {"code": code, "title": clean(given.get("title")), "text": text}
    if least := int(given.get("required") or 0):
        made |= {"required": min(least, LONGEST_DEMAND)}
    if hint := clean(given.get("hint"))[:HINT_LIMIT]:
        made |= {"hint": hint}
    # What the chapter is for, and where it has its place, stays as it was.
    kept = standing.get(code, {})
    return made | {name: kept[name] for name in ("part", "when") if kept.get(name)}


def _wrong(template: ReportTemplate, content: Mapping[str, Any]) -> list[str]:
    title, words = content["title"], content["chapters"]
    found = []
    if not title or len(title) > TITLE_LIMIT:
        found.append(_("标题应为1至{limit}字。").format(limit=TITLE_LIMIT))
    if "{" in title.replace(CAMPAIGN, "") or "}" in title.replace(CAMPAIGN, ""):
        found.append(_("标题中只能使用{campaign}，代表专项行动的名称。"))
    codes = [one["code"] for one in words]
    if len(set(codes)) < len(codes):
        found.append(_("章节代码重复。"))
    # Every figure there is may be placed: what it counts is code of ours, not of the template.
    usable = {**content, "figures": list(figures.CATALOGUE)}
    found += chapters.problems(words, usable)
    found += _missing(_common(template), words)
    return found


def _common(template: ReportTemplate) -> Mapping[str, Any]:
    """The version for every office that the kind of report rests on."""
    common = ReportTemplate.objects.filter(code=template.code, organisation__isnull=True)
    latest = common.order_by("-valid_from", "-version").first()
    return latest.content if latest else template.content


def _missing(common: Mapping[str, Any], words: Sequence[Mapping[str, Any]]) -> list[str]:
    """What no office may leave out: the chapters that the plan asks for, and what is missing."""
    standing = {one["code"]: one for one in words}
    found = []
    for code, asked in chapters.demanded(common).items():
        least = int(standing.get(code, {}).get("required") or 0)
        if least < int(asked["required"]):
            message = _("“{title}”是必备章节，至少{least}字，不能取消。")
            found.append(message.format(title=asked["title"], least=asked["required"]))
    if not any(piece.kind == "gaps" for one in words for piece in chapters.parse(one)):
        found.append(_("模板中应有缺项清单 [[gaps]]。"))
    return found


@transaction.atomic
def save(
    *,
    template: ReportTemplate,
    seen: int,
    title: str,
    words: Sequence[Mapping[str, Any]],
    by: User,
    now: datetime,
) -> ReportTemplate:
    """Keep a draft. ``seen`` is the saving that the person had on the screen.

    Raises ``Conflict`` when somebody saved in between and ``Refused`` with all that is wrong.
    """
    standing = _locked(template)
    if why_not := draft_refusal(standing, by=by):
        raise Refused(why_not)
    if standing.revision != seen:
        raise Conflict(_("模板刚被他人修改过，请刷新页面，核对后再修改。"))
    standing.content = content_with(standing, title=title, words=words)
    standing.revision, standing.edited_by, standing.edited_at = seen + 1, by, now
    standing.save(update_fields=["content", "revision", "edited_by", "edited_at"])
    audit.record("report_template.save", standing, by=by, now=now, revision=standing.revision)
    return standing


@transaction.atomic
def adopt(*, template: ReportTemplate, seen: int, by: User, now: datetime) -> ReportTemplate:
    """Put a draft into use for the reports that the office builds from now on.

    Raises ``Refused``, ``Conflict``.
    """
    standing = _locked(template)
    if why_not := adopt_refusal(standing, by=by):
        raise Refused(why_not)
    if standing.revision != seen:
        raise Conflict(_("模板刚被他人修改过，请刷新页面，核对后再启用。"))
    standing.draft = False
    standing.valid_from = clock.day_of(now)
    standing.adopted_by, standing.adopted_at = by, now
    standing.save(update_fields=["draft", "valid_from", "adopted_by", "adopted_at"])
    audit.record("report_template.adopt", standing, by=by, now=now)
    return standing


@transaction.atomic
def discard(*, template: ReportTemplate, by: User, now: datetime) -> None:
    """Throw a draft away; the trail keeps that there was one. Raises ``Refused``."""
    standing = _locked(template)
    if why_not := draft_refusal(standing, by=by):
        raise Refused(why_not)
    organisation = standing.organisation
    audit.record("report_template.discard", standing, by=by, now=now, organisation=organisation)
    standing.delete()


def _locked(template: ReportTemplate) -> ReportTemplate:
    held = ReportTemplate.objects.select_for_update(of=("self",))
    return held.select_related("organisation").get(pk=template.pk)


def tried(
    template: ReportTemplate, phase: Phase, organisation: Organisation, *, by: User, now: datetime
) -> FigureSnapshot:
    """The figures that a report by this version would have now; nothing is kept."""
    return snapshots.counted(
        campaign=phase.campaign,
        phase=phase,
        organisation=organisation,
        template=template,
        by=by,
        now=now,
    )
