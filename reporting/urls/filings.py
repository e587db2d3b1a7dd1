"""Doors of filings."""

from django.urls import path

from reporting.views import filings, parts, receipts, review

urlpatterns = [
    path("filings/", filings.filing_list, name="filing_list"),
    path("filings/duty/<int:duty_pk>/start/", filings.start, name="filing_start"),
    path("filings/review/", review.desk, name="review_desk"),
    path("filings/review/export.xlsx", review.export, name="review_export"),
    path("filings/<int:pk>/", review.filing_page, name="filing"),
    path("filings/<int:pk>/reveal/", review.reveal, name="filing_reveal"),
    path("filings/<int:pk>/receive/", review.receive, name="filing_receive"),
    path("filings/<int:pk>/decide/", review.decide, name="filing_decide"),
    path("filings/<int:pk>/edit/", filings.edit, name="filing_edit"),
    path("filings/<int:pk>/check/", filings.check, name="filing_check"),
    path("filings/<int:pk>/certify/", filings.certify, name="filing_certify"),
    path("filings/<int:pk>/submit/", filings.submit, name="filing_submit"),
    path("filings/<int:pk>/send-back/", filings.send_back, name="filing_send_back"),
    path("filings/<int:pk>/recall/", filings.recall, name="filing_recall"),
    path("filings/<int:pk>/withdraw/", filings.withdraw, name="filing_withdraw"),
    path("filings/<int:pk>/parts/<slug:code>/", parts.part, name="filing_part"),
    path("filings/<int:pk>/parts/<slug:code>/template.xlsx", parts.template, name="part_template"),
    path("filings/<int:pk>/parts/<slug:code>/upload/", parts.upload, name="part_upload_new"),
    path("filings/<int:pk>/parts/<slug:code>/photos/", parts.match_photos, name="part_photos"),
    path("filings/<int:pk>/uploads/<int:upload_pk>/", parts.part_upload, name="part_upload"),
    path(
        "filings/<int:pk>/uploads/<int:upload_pk>/confirm/",
        parts.confirm_upload,
        name="part_upload_confirm",
    ),
    path(
        "filings/<int:pk>/uploads/<int:upload_pk>/errors.xlsx",
        parts.error_copy,
        name="part_error_copy",
    ),
    path("filings/<int:pk>/files/<int:attachment_pk>/remove/", parts.detach, name="filing_detach"),
    path("receipts/<int:version_pk>/", receipts.receipt, name="receipt"),
    path("receipts/<int:version_pk>/content/", receipts.content, name="receipt_content"),
    path("verify/", receipts.verify_search, name="verify_search"),
    path("verify/<slug:code>/", receipts.verify, name="verify"),
    *[
        path(
            f"receipts/<int:version_pk>/{name}.{kind}",
            view,
            {"kind": kind},
            name=f"{name}_{kind}",
        )
        for name, view in (
            ("receipt", receipts.receipt_document),
            ("return", receipts.return_document),
        )
        for kind in ("docx", "pdf")
    ],
    *[
        path(f"{where}/<int:pk>/receipt.{kind}", view, {"kind": kind}, name=f"{name}_{kind}")
        for where, view, name in (
            ("plans", receipts.plan_receipt, "plan_receipt"),
            ("supply/emergency", receipts.emergency_receipt, "emergency_receipt"),
            ("returns", receipts.periodic_receipt, "periodic_receipt"),
        )
        for kind in ("docx", "pdf")
    ],
]
