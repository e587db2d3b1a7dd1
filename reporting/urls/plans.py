"""Doors of ordered-use plans: the workshop, the rows, the roll-up and the public part."""

from django.urls import path

from reporting.views import plan_rows, plans, public_plans

urlpatterns = [
    path("plans/", plans.plan_list, name="plans"),
    path("plans/start/", plans.start, name="plan_start"),
    path("plans/rollup/", plans.rollup, name="plan_rollup"),
    path("plans/imports/<int:pk>/", plan_rows.imported, name="plan_imported"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/figures/", plans.figures, name="plan_figures"),
    path("plans/<int:pk>/quotas/", plans.quotas, name="plan_quotas"),
    path("plans/<int:pk>/changes/", plans.changes, name="plan_changes"),
    path("plans/<int:pk>/rows/", plan_rows.rows, name="plan_rows"),
    path("plans/<int:pk>/rows/<int:line>/", plan_rows.row, name="plan_row"),
    path("plans/<int:pk>/rows/<int:line>/remove/", plan_rows.remove, name="plan_row_remove"),
    path("plans/<int:pk>/rows/<int:line>/reveal/", plan_rows.reveal, name="plan_row_reveal"),
    path("plans/<int:pk>/template/", plan_rows.template, name="plan_template"),
    path("plans/<int:pk>/import/", plan_rows.import_rows, name="plan_import"),
    path("plans/<int:pk>/check/", plans.check, name="plan_check"),
    path("plans/<int:pk>/explain/", plans.explain, name="plan_explain"),
    path("plans/<int:pk>/explain-all/", plans.explain_all, name="plan_explain_all"),
    path("plans/<int:pk>/certify/", plans.certify, name="plan_certify"),
    path("plans/<int:pk>/reopen/", plans.reopen, name="plan_reopen"),
    path("plans/<int:pk>/approve/", plans.approve, name="plan_approve"),
    path("plans/<int:pk>/file/", plans.file_plan, name="plan_file"),
    path("plans/<int:pk>/receive/", plans.receive, name="plan_receive"),
    path("plans/<int:pk>/return/", plans.return_plan, name="plan_return"),
    path("plans/<int:pk>/accept/", plans.accept, name="plan_accept"),
    path("plans/<int:pk>/revise/", plans.revise, name="plan_revise"),
    path("public/plans/", public_plans.public_list, name="public_plans"),
    path("public/plans/<int:pk>/", public_plans.public_plan, name="public_plan"),
]
