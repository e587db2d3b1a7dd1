"""Yearly targets: drafted, approved by another person, numbered, issued, published.

Source: campaign plan 四(二) (S1-4.2d, S1-4.2e). From the issue on they are what values are held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region
from core import audit, clock
from core.errors import Conflict, Refused
from core.officialdoc import clean
from reporting import circulars
from reporting.circulars import Heads
from reporting.models import Indicator, Target, TargetPaper, TargetVersion
from reporting.services.circulars import draft_refusal
from reporting.services.papers import Desk, Printed, lay_down
from reporting.services.reports.common import given
from reporting.services.snapshots import digest_of
from reporting.targets import Content, Row
from reporting.workflow import target as workflow

if TYPE_CHECKING:
    from accounts.models import User

desk = Desk(
    TargetPaper,
    kind="target",
    related=("organisation", "current_version"),
    refusal=workflow.refusal,
    busy=gettext_lazy("文件刚被他人办理，请刷新后再试。"),
)


def rows_of(values: Mapping[tuple[str, str], Decimal]) -> tuple[Row, ...]:
    """Targets by (region, indicator), in the order of the regions."""
    regions = {
        one.pk: one.short_name for one in Region.objects.filter(pk__in={r for r, _c in values})
    }
    order = {code: place for place, code in enumerate(dict.fromkeys(code for _r, code in values))}
    return tuple(
        Row(region, regions[region], code, format(value.normalize(), "f"))
        for (region, code), value in sorted(
            values.items(), key=lambda pair: (pair[0][0], order[pair[0][1]])
        )
        if region in regions
    )


def draft(
    *,
    organisation: Organisation,
    year: int,
    title: str,
    intro: str,
    demands: str,
    values: Mapping[tuple[str, str], Decimal],
    occasion: str,
    by: User,
    now: datetime,
) -> TargetPaper:
    """Begin a paper; the same occasion gives the same. Raises ``Refused``."""
    if why_not := draft_refusal(organisation, by=by):
        raise Refused(why_not)
    key = f"{organisation.pk}:{occasion}"
    if found := TargetPaper.objects.filter(occasion=key).first():
        return found
    title = clean(title).strip()
    content = _sound(Content(clean(intro), clean(demands), rows_of(values)), title)
    printed = _print(content, _heads(organisation, title, now))
    with transaction.atomic():
        paper, new = TargetPaper.objects.get_or_create(
            occasion=key,
            defaults={
                "organisation": organisation,
                "title": title,
                "year": year,
                "created_by": by,
                "created_at": now,
            },
        )
        if new:
            version = _keep(paper, printed, number=1, by=by, now=now)
            audit.record("target.draft", paper, by=by, now=now, digest=version.digest)
    return paper


def _sound(content: Content, title: str) -> Content:
    wrong = [] if title else [_("请填写标题。")]
    if wrong := wrong + list(content.problems(title=title)):
        raise Refused("\n".join(wrong))
    return content


def edit(
    paper: TargetPaper,
    *,
    seen: int,
    intro: str,
    demands: str,
    values: Mapping[tuple[str, str], Decimal],
    by: User,
    now: datetime,
) -> TargetVersion:
    """Keep other words or values as the next version. Raises ``Refused``, ``Conflict``."""
    paper = desk.current(paper)
    desk.check(paper, workflow.EDIT, by=by)
    content = _sound(Content(clean(intro), clean(demands), rows_of(values)), paper.title)
    printed = _print(content, _heads(paper.organisation, paper.title, now))
    with transaction.atomic():
        paper = desk.lock_for(paper, workflow.EDIT, by=by)
        assert paper.current_version is not None
        if paper.current_version.number != seen:
            raise Conflict(_("文件刚被他人修改过，请刷新页面，核对后再修改。"))
        version = _keep(paper, printed, number=seen + 1, by=by, now=now)
        audit.record("target.edit", paper, by=by, now=now, version=version.number)
    return version


def send_back(paper: TargetPaper, *, reason: str, by: User, now: datetime) -> TargetPaper:
    """Return it to the editor with a reason. Raises ``Refused``."""
    return desk.move(paper, workflow.SEND_BACK, by=by, now=now, reason=given(reason))


def approve(paper: TargetPaper, *, by: User, now: datetime, seen: int | None = None) -> TargetPaper:
    """Answer for the current version; who made any version of it may not. Raises ``Refused``."""
    return desk.approve(paper, workflow.APPROVE, by=by, now=now, seen=seen)


def issue(paper: TargetPaper, *, by: User, now: datetime) -> TargetPaper:
    """Give the next document number; its targets hold from now on.

    Raises ``Refused``, ``Conflict``.
    """

    def printing(standing: TargetPaper, number: str) -> Printed:
        content = content_of(standing)
        heads = _heads(standing.organisation, standing.title, now, number=number)
        return _print(content, heads)

    return desk.issue(paper, workflow.ISSUE, printing=printing, by=by, now=now, then=_take_effect)


def publish(paper: TargetPaper, *, by: User, now: datetime) -> TargetPaper:
    """Put the issued paper on the public pages. Raises ``Refused``."""
    return desk.move(paper, workflow.PUBLISH, by=by, now=now, published_at=now)


def _take_effect(paper: TargetPaper, now: datetime) -> None:
    """Its values replace those of an earlier paper for the same area, year and indicator."""
    made = [
        Target(
            indicator_code=one.indicator,
            region_id=one.region,
            year=paper.year,
            value=Decimal(one.value),
            paper=paper,
        )
        for one in content_of(paper).rows
    ]
    for one in made:
        Target.objects.standing().filter(
            indicator_code=one.indicator_code, region=one.region_id, year=one.year
        ).update(replaced_at=now)
    Target.objects.bulk_create(made)


# -- what they share -------------------------------------------------------------------------------


def content_of(paper: TargetPaper) -> Content:
    """What the current version says."""
    assert paper.current_version is not None
    return Content.of(paper.current_version.content)


def names() -> dict[str, str]:
    """Indicator code → its newest name."""
    rows = Indicator.objects.order_by("valid_from").values_list("code", "name")
    return dict(rows)


def heads_of(paper: TargetPaper) -> Heads:
    """What stands around the current version: as it was printed."""
    assert paper.current_version is not None
    instant = paper.issued_at or paper.current_version.edited_at
    return _heads(paper.organisation, paper.title, instant, number=paper.document_number)


def _heads(organisation: Organisation, title: str, now: datetime, *, number: str = "") -> Heads:
    day = clock.day_of(now)
    return Heads(organisation.name_on(day), title, day, "辖区各供电企业", number)


def _print(content: Content, heads: Heads) -> Printed:
    with translation.override("zh-hans"):
        made = circulars.render(content.document(heads, names()))
    return Printed((content, heads), lay_down(made, title=heads.title))


def _keep(
    paper: TargetPaper, printed: Printed, *, number: int, by: User, now: datetime
) -> TargetVersion:
    """Write the version down and make it the current one."""
    content: dict[str, Any] = printed.source[0].kept()
    version = TargetVersion.objects.create(
        paper=paper,
        number=number,
        content=content,
        digest=digest_of(content),
        edited_by=by,
        edited_at=now,
        **printed.enter(paper, by=by, now=now),
    )
    paper.current_version = version
    paper.save(update_fields=["current_version"])
    return version


def regions_of(units: Iterable[Organisation]) -> list[Region]:
    """The provinces of a territory, by the companies in it."""
    provinces = {
        f"{one.region_id[:2]}0000"
        for one in units
        if one.region_id and one.kind == Organisation.Kind.PROVINCIAL_COMPANY
    }
    return list(Region.objects.filter(pk__in=provinces).order_by("pk"))
