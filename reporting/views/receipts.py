"""The receipt, the filed content as a file, and the public page on which anyone can check both."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import lockout
from accounts.permissions import Permission
from core import clock, files, officialdoc, pages, policy, strangers
from core.addresses import client_address
from reporting import attested, digest, letters
from reporting import parts as definitions
from reporting.attested import Attested
from reporting.models import (
    EmergencyPlan,
    FilingVersion,
    OrderedUsePlan,
    PlanReceipt,
    Receipt,
    Return,
    Review,
)
from reporting.services import review as services
from reporting.views import common

SHA256 = re.compile(r"[0-9a-f]{64}")
TOO_MANY = 429


def _receipt(request: HttpRequest, version_pk: int) -> Receipt:
    receipts = Receipt.objects.visible_to(request.user).select_related(
        "recipient",
        "version__certified_by",
        "version__drafted_by",
        "version__filing__organisation",
        "version__filing__recipient",
        "version__filing__duty__copy_to",
        "version__filing__duty__definition__campaign",
    )
    return get_object_or_404(receipts, version=version_pk)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def receipt(request: HttpRequest, version_pk: int) -> HttpResponse:
    """The receipt as a page that prints on one sheet."""
    found = _receipt(request, version_pk)
    version = found.version
    url = settings.SITE_URL + reverse("reporting:verify", args=[found.verify_code])
    context = {
        "receipt": found,
        "version": version,
        "filing": version.filing,
        "parts": definitions.of_version(version),
        "files": list(version.attachments.select_related("file")),
        "copies": [copy.organisation for copy in version.copies.select_related("organisation")],
        "verify_url": url,
        "may_download": _may_download(request, version),
    }
    return pages.render(request, "reporting/receipt.html", context=context)


PRINTERS = {
    "docx": (
        officialdoc.to_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": (officialdoc.to_pdf, "application/pdf"),
}


@policy.needs(Permission.FILING_VIEW)
@require_GET
def receipt_document(request: HttpRequest, version_pk: int, kind: str) -> HttpResponse:
    """The receipt for the files, as .docx or PDF."""
    found = _receipt(request, version_pk)
    url = settings.SITE_URL + reverse("reporting:verify", args=[found.verify_code])
    document = letters.receipt_document(found, verify_url=url)
    return _printed(document, kind, _("报送回执 %(number)s") % {"number": found.number})


@policy.needs(Permission.FILING_VIEW)
@require_GET
def return_document(request: HttpRequest, version_pk: int, kind: str) -> HttpResponse:
    """The notice of return for the files, as .docx or PDF."""
    version = _receipt(request, version_pk).version
    review = get_object_or_404(version.reviews.filter(decision=Review.Decision.RETURNED))
    document = letters.return_document(version, review)
    return _printed(document, kind, document.title)


def _attested(code: str | None, kind: str) -> HttpResponse:
    """The receipt of a code as .docx or PDF; where none was given yet there is none (404)."""
    found = attested.find(code) if code else None
    if found is None or code is None:
        raise Http404
    url = settings.SITE_URL + reverse("reporting:verify", args=[code])
    document = letters.attested_document(found, code=code, verify_url=url)
    return _printed(document, kind, _("报送回执 %(number)s") % {"number": found.number})


@policy.needs(Permission.FILING_VIEW)
@require_GET
def plan_receipt(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The receipt of an ordered-use plan for the files."""
    seen = PlanReceipt.objects.filter(plan__in=OrderedUsePlan.objects.visible_to(request.user))
    return _attested(get_object_or_404(seen, plan=pk).verify_code, kind)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def emergency_receipt(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The receipt of a filed version of an emergency plan for the files."""
    plan = get_object_or_404(EmergencyPlan.objects.visible_to(request.user), pk=pk)
    filed = _filed(plan.versions.filter(filed_at__isnull=False), request)
    return _attested(filed.verify_code if filed else None, kind)


def _filed(versions: QuerySet[Any], request: HttpRequest) -> Any:
    """The version that was asked for by its number, else the latest; None where there is none."""
    if number := common.whole(request.GET.get("version", ""), 0):
        versions = versions.filter(number=number)
    return versions.order_by("-number").first()


@policy.needs(Permission.FILING_VIEW)
@require_GET
def periodic_receipt(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The receipt of a filed version of a return for the files."""
    entry = get_object_or_404(Return.objects.visible_to(request.user), pk=pk)
    filed = _filed(entry.versions.filter(submitted_at__isnull=False), request)
    return _attested(filed.verify_code if filed else None, kind)


def _printed(document: officialdoc.Document, kind: str, name: str) -> HttpResponse:
    print_, content_type = PRINTERS[kind]
    response = HttpResponse(print_(document), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _may_download(request: HttpRequest, version: FilingVersion) -> bool:
    filing = version.filing
    return common.needs_names(request.user, filing) or common.may_reveal(request.user, filing)


@policy.needs(Permission.FILING_VIEW)
@require_POST
def content(request: HttpRequest, version_pk: int) -> HttpResponse:
    """The filed content in canonical form: its SHA-256 is the digest of the receipt.

    It holds names and telephones, so taking it is put on record.
    """
    found = _receipt(request, version_pk)
    if not _may_download(request, found.version):
        raise Http404
    services.reveal(
        version=found.version, purpose=_("下载报送内容原文"), by=request.user, now=clock.now()
    )
    response = HttpResponse(digest.canonical(found.version), content_type="application/json")
    name = quote(f"{found.number}.json")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@policy.public
def verify_search(request: HttpRequest) -> HttpResponse:
    """Enter the code of a receipt."""
    code = "".join(request.GET.get("code", "").upper().split())[:32]
    if code.isalnum() and attested.find(code):
        return redirect("reporting:verify", code)
    context = {"code": code, "missing": bool(code)}
    status = 404 if code else 200
    return pages.render(request, "reporting/verify_search.html", context=context, status=status)


@policy.public
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a receipt attests: number, organisation, time, digest. No persons, no content."""
    found = attested.find(code)
    if found is None:
        # Who holds a forged or misread receipt learns that, not that a page is missing.
        wrong = {"code": code[:32], "missing": True}
        return pages.render(request, "reporting/verify_search.html", context=wrong, status=404)
    context: dict[str, Any] = {"receipt": found}
    status = 200
    if request.method == "POST":
        context["outcome"] = _compare(request, found)
        status = context["outcome"]["status"]
    context["megabytes"] = strangers.limit() // 1048576
    return pages.render(request, "reporting/verify.html", context=context, status=status)


def _compare(request: HttpRequest, found: Attested) -> dict[str, Any]:
    """Whether a file is the filed content or one of its attachments; the file is never kept."""
    limit = files.catalogue()["public"]["files_per_window"]
    key = lockout.visitor_key(client_address(request))
    if not lockout.reserve(key, now=clock.now(), limit=limit):
        text = _("核对次数过多，请 %(minutes)d 分钟后再试。")
        return _outcome(text % {"minutes": settings.SIGN_IN_WINDOW_MINUTES}, TOO_MANY)
    upload = request.FILES.get("file")
    if upload is not None and (upload.size is None or upload.size > strangers.limit()):
        text = _("文件超过 %(megabytes)d MB，不能上传核对；请填写它的 SHA-256 摘要。")
        return _outcome(text % {"megabytes": strangers.limit() // 1048576})
    value = "".join(request.POST.get("sha256", "").lower().split())
    if upload is not None:
        value = strangers.sha256_of(upload)
    elif not value:
        return _outcome(_("请选择要核对的文件，或填写它的 SHA-256 摘要。"))
    elif not SHA256.fullmatch(value):
        return _outcome(_("SHA-256 摘要应为 64 位，由 0–9、a–f 组成。"))
    if value == found.digest:
        return _outcome(_("文件与报送内容完全一致。"), 200, value)
    if value in found.files():
        return _outcome(_("文件与报送的一个附件完全一致。"), 200, value)
    return _outcome(_("文件与这份报送的内容和附件都不一致。"), digest=value)


def _outcome(text: str, status: int = pages.UNPROCESSABLE, digest: str = "") -> dict[str, Any]:
    return {"match": status == 200, "text": text, "status": status, "digest": digest}
