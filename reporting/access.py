"""Who may open the files of filings: whoever may see a version that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.permissions import Permission
from campaign.scope import works_for
from reporting.models import (
    Attachment,
    EmergencyPlanFile,
    EmergencyPlanVersion,
    FilingVersion,
    OrderedUsePlan,
    PartUpload,
    PlanImport,
    ReturnUpload,
    ReturnVersion,
)
from reporting.returns import definition

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import StoredFile


def may_open_attachment(user: User, stored: StoredFile) -> bool:
    """Files of filings, and those of emergency plans."""
    plans = EmergencyPlanVersion.objects.visible_to(user)
    if EmergencyPlanFile.objects.filter(file=stored, version__in=plans).exists():
        return True
    versions = FilingVersion.objects.visible_to(user)
    return Attachment.objects.filter(file=stored, version__in=versions).exists()


def may_open_workbook(user: User, stored: StoredFile) -> bool:
    """An uploaded workbook holds names in full: for those who fill in and certify there."""
    upload = PartUpload.objects.filter(file=stored).select_related("version__filing__organisation")
    if not user.is_authenticated or (found := upload.first()) is None:
        return False
    organisation = found.version.filing.organisation
    return any(
        works_for(user, right, organisation)
        for right in (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
    )


def may_open_return_upload(user: User, stored: StoredFile) -> bool:
    """The workbook of a return: for those who fill in and certify it; for whoever may see the
    version as well, unless the form has columns with names, which they see masked."""
    listed = ReturnUpload.objects.filter(file=stored)
    listed = listed.select_related("version__entry__organisation", "version__entry__form")
    if not user.is_authenticated or (found := listed.first()) is None:
        return False
    entry = found.version.entry
    own = (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
    if any(works_for(user, right, entry.organisation) for right in own):
        return True
    if definition.of(entry.form).has_personal:
        return False
    return ReturnVersion.objects.visible_to(user).filter(pk=found.version_id).exists()


def may_open_plan_import(user: User, stored: StoredFile) -> bool:
    """A workbook of a plan names contacts in full: for whoever handed it in."""
    mine = PlanImport.objects.visible_to(user)
    return mine.filter(upload=stored).exists() or mine.filter(copy=stored).exists()


def may_open_own_copy(user: User, stored: StoredFile) -> bool:
    """A marked copy is for whoever handed the workbook in."""
    return user.is_authenticated and stored.uploaded_by_id == user.pk


def may_open_approval(user: User, stored: StoredFile) -> bool:
    """The government's approval goes with its plan."""
    return OrderedUsePlan.objects.visible_to(user).filter(approval_file=stored).exists()
