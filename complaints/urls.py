"""Doors of the pages of cases."""

from django.urls import include, path

from complaints import views
from complaints.analysis.urls import urlpatterns as analysis
from complaints.claim_urls import urlpatterns as claims
from complaints.linkage_urls import urlpatterns as linkage
from complaints.sync_urls import urlpatterns as sync
from complaints.views import copies, hotlines, public, retention

app_name = "complaints"

urlpatterns = [
    path("cases/", views.case_list, name="list"),
    path("cases.xlsx", views.export, name="export"),
    path("cases/new/", views.new, name="new"),
    path("cases/import/", views.import_file, name="import"),
    path("cases/import/template.xlsx", views.import_template, name="import_template"),
    path("cases/import/<int:pk>/", views.imported, name="imported"),
    path("cases/hints/", views.hints, name="hints"),
    path("cases/supervision/", views.supervision, name="supervision"),
    path("cases/supervision.xlsx", views.supervision_export, name="supervision_export"),
    path("cases/visits/", views.visits, name="visits"),
    path("cases/visits.xlsx", views.visits_export, name="visits_export"),
    path("cases/visits/share/", views.visit_share, name="visit_share"),
    path("cases/visits/<int:pk>/", views.visit, name="visit"),
    path("cases/hotlines/", hotlines.hotlines, name="hotlines"),
    path("cases/hotlines.xlsx", hotlines.export, name="hotlines_export"),
    path("cases/hotlines/new/", hotlines.new, name="hotline_new"),
    path("cases/hotlines/<int:pk>/", hotlines.hotline, name="hotline"),
    path("cases/hotlines/<int:pk>/return/", hotlines.file_return, name="hotline_return"),
    path("cases/hotlines/<int:pk>/end/", hotlines.end, name="hotline_end"),
    path("cases/catalogue/", views.terms, name="terms"),
    path("cases/catalogue/<slug:kind>/add/", views.add_term, name="add_term"),
    path("cases/catalogue/<int:pk>/end/", views.end_term, name="end_term"),
    path("cases/procedures/", views.procedures, name="procedures"),
    path("cases/procedures/<int:pk>/", views.procedure, name="procedure"),
    path("cases/procedures/<int:pk>/effect/", views.effect, name="effect"),
    path("cases/procedures/<int:pk>/follow/", views.follow, name="follow"),
    path("cases/workload/", views.load, name="workload"),
    path("cases/board/", views.board, name="board"),
    path("cases/board/several/", views.several, name="several"),
    path("cases/board/<int:pk>/<slug:what>/", views.step, name="step"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/note/", views.note, name="note"),
    path("cases/<int:pk>/files/", views.attach, name="attach"),
    path("cases/<int:pk>/files/<int:file_pk>/withdraw/", views.withdraw_file, name="withdraw_file"),
    path("cases/<int:pk>/reveal/", views.reveal, name="reveal"),
    path("cases/<int:pk>/merge/", views.merge, name="merge"),
    path("cases/<int:pk>/links/<int:link_pk>/undo/", views.undo, name="undo"),
    path("cases/<int:pk>/do/<slug:what>/", views.act, name="act"),
    *analysis,
    path("cases/export/", copies.export_in_full, name="export_in_full"),
    path("cases/<int:pk>/slip/", copies.slip, name="slip"),
    path("cases/retention/", retention.desk, name="retention"),
    path("cases/retention/propose/", retention.propose, name="retention_propose"),
    path("cases/retention/hold/", retention.hold, name="retention_hold"),
    path(
        "cases/retention/holds/<int:hold_pk>/release/", retention.release, name="retention_release"
    ),
    path("cases/retention/<int:disposal_pk>/", retention.disposal, name="disposal"),
    path("cases/retention/<int:disposal_pk>/decide/", retention.decide, name="disposal_decide"),
    path(
        "cases/retention/<int:disposal_pk>/record.<slug:kind>",
        retention.record,
        name="disposal_record",
    ),
    path("public/complaints/new/", public.new, name="public_new"),
    path("public/complaints/track/", public.track, name="public_track"),
    path("public/complaints/case/", public.case, name="public_case"),
    path("public/complaints/case/supplement/", public.supplement, name="public_supplement"),
    path("public/complaints/case/withdraw/", public.withdraw, name="public_withdraw"),
    path("public/complaints/case/rate/", public.rate, name="public_rate"),
    path("public/complaints/case/appeal/", public.appeal, name="public_appeal"),
    path("public/complaints/case/leave/", public.leave, name="public_leave"),
    *sync,
    *linkage,
    *claims,
    path("api/v1/", include("complaints.api.urls")),
]
