"""The one door through which stored files leave."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import audit, clock, files, policy
from core.crypto import Unreadable
from core.models import StoredFile

# The content can do nothing even if a browser were to show it.
SANDBOX = "default-src 'none'; sandbox"


@policy.signed_in
@require_safe
def download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out a file as an attachment; not in sight and not there are the same 404."""
    stored = StoredFile.objects.filter(uuid=uuid).first()
    if stored is None or not files.may_open(request.user, stored):
        raise Http404
    try:
        content = files.open(stored)
    except (FileNotFoundError, Unreadable):
        raise Http404(_("文件内容已丢失，请联系系统管理员。")) from None
    audit.record(
        "file.download",
        stored,
        by=request.user,
        now=clock.now(),
        organisation=stored.organisation or None,
        what=stored.purpose,
    )
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response
