"""Who may open the files of filings: whoever may see a version that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reporting.models import Attachment, FilingVersion

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import StoredFile


def may_open_attachment(user: User, stored: StoredFile) -> bool:
    versions = FilingVersion.objects.visible_to(user)
    return Attachment.objects.filter(file=stored, version__in=versions).exists()
