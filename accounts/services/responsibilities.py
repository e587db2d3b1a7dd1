"""A further version of a unit's responsibility matrix; former ones stay readable (S2-7.1c)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, ResponsibilityMatrix, User
from accounts.responsibilities import Matrix, start_on
from accounts.services.service_bodies import refusal
from core import audit, clock
from core.errors import Conflict, Refused


@transaction.atomic
def lay_down_responsibilities(
    *,
    organisation: Organisation,
    matrix: Matrix,
    valid_from: date,
    document: str,
    by: User | None,
    now: datetime,
) -> ResponsibilityMatrix:
    """Raises ``Refused`` with everything that is wrong in it, or where nothing changed."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    if problems := matrix.problems(start_on(valid_from)):
        raise Refused("\n".join(problems))
    if not document.strip():
        raise Refused(_("请填写依据文件。"))
    versions = ResponsibilityMatrix.objects.of(organisation)
    last = versions.order_by("-number").first()
    if last is not None:
        if valid_from == last.valid_from:
            raise Conflict(_("该日期已有启用的版本。"))
        if valid_from < max(last.valid_from, clock.day_of(now)):
            raise Refused(_("新版本的启用日期不能早于今天，也不能早于上一版本。"))
        if last.content == matrix.content():
            raise Refused(_("职责分工没有变化，不必另立版本。"))
    made = ResponsibilityMatrix.objects.create(
        organisation=organisation,
        number=last.number + 1 if last else 1,
        valid_from=valid_from,
        document=document.strip(),
        content=matrix.content(),
        made_at=now,
        made_by=by,
    )
    audit.record(
        "responsibilities.lay_down",
        made,
        by=by,
        now=now,
        organisation=organisation,
        reason=document.strip(),
        number=made.number,
        valid_from=valid_from,
    )
    return made
