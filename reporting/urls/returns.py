"""Doors of periodic returns."""

from django.urls import path

from reporting.api import returns as api
from reporting.views import (
    return_desk,
    return_forms,
    return_reading,
    return_rollup,
    return_steps,
    returns,
)

urlpatterns = [
    path("returns/", returns.return_list, name="return_list"),
    path("returns/board/", return_desk.board, name="return_board"),
    path("returns/calendar/", return_desk.filing_calendar, name="return_calendar"),
    path("returns/rollup/", return_rollup.rollup, name="return_rollup"),
    path("returns/rollup.xlsx", return_rollup.rollup_workbook, name="return_rollup_workbook"),
    path("returns/collections/", return_desk.collections, name="return_collections"),
    path("returns/collections/<int:pk>/stop/", return_desk.stop, name="return_collection_stop"),
    path("returns/waivers/", return_desk.waivers, name="return_waivers"),
    path("returns/waivers/<int:pk>/decide/", return_desk.decide, name="return_waiver_decide"),
    path("returns/waivers/<int:pk>/revoke/", return_desk.revoke, name="return_waiver_revoke"),
    path("returns/outages/", return_desk.outages, name="return_outages"),
    path(
        "returns/outages/<int:pk>/confirm/",
        return_desk.confirm_outage,
        name="return_outage_confirm",
    ),
    path("returns/outages/<int:pk>/undo/", return_desk.undo_outage, name="return_outage_undo"),
    path("returns/forms/", return_forms.form_list, name="return_forms"),
    path("returns/forms/<int:pk>/", return_forms.form, name="return_form"),
    path("returns/forms/<int:pk>/try/", return_forms.try_out, name="return_form_try"),
    path("returns/forms/<int:pk>/publish/", return_forms.publish, name="return_form_publish"),
    path("returns/forms/<int:pk>/withdraw/", return_forms.withdraw, name="return_form_withdraw"),
    path(
        "returns/forms/<int:pk>/template.xlsx", return_forms.template, name="return_form_template"
    ),
    path("returns/forms/<int:pk>/form.yaml", return_forms.source, name="return_form_source"),
    path("returns/<int:pk>/", return_reading.detail, name="return"),
    path("returns/<int:pk>/reveal/", return_reading.reveal, name="return_reveal"),
    path("returns/<int:pk>/begin/", returns.begin, name="return_begin"),
    path("returns/<int:pk>/edit/", returns.edit, name="return_edit"),
    path("returns/<int:pk>/check/", return_steps.check, name="return_check"),
    path("returns/<int:pk>/act/", return_steps.act, name="return_act"),
    path("returns/<int:pk>/template.xlsx", returns.template, name="return_template"),
    path("returns/<int:pk>/errors.xlsx", returns.error_copy, name="return_error_copy"),
    path("returns/<int:pk>/upload/", returns.upload, name="return_upload"),
    path("returns/<int:pk>/waiver/", return_desk.ask_waiver, name="return_waiver_ask"),
    path("api/v1/returns/", api.Returns.as_view(), name="api_returns"),
    path("api/v1/returns/<path:pk>/definition/", api.Form.as_view(), name="api_return_form"),
    path("api/v1/returns/<path:pk>/draft/", api.Draft.as_view(), name="api_return_draft"),
    path("api/v1/returns/<path:pk>/submit/", api.Submit.as_view(), name="api_return_submit"),
    path("api/v1/returns/<path:pk>/", api.OneReturn.as_view(), name="api_return"),
    *[
        path(
            f"returns/<int:pk>/deficiencies.{kind}",
            return_desk.deficiency_letter,
            {"kind": kind},
            name=f"return_letter_{kind}",
        )
        for kind in ("docx", "pdf")
    ],
]
