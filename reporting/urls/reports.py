"""Doors of stage reports and subscriptions."""

from django.urls import path

from reporting.views import figures, public_reports, report_templates, reports, subscriptions

urlpatterns = [
    path("reports/", reports.report_list, name="reports"),
    path("reports/build/", reports.build, name="report_build"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/progress/", reports.progress, name="report_progress"),
    path("reports/<int:pk>/edit/", reports.edit, name="report_edit"),
    path("reports/<int:pk>/versions/", reports.versions, name="report_versions"),
    path("reports/<int:pk>/figures/", figures.figure_list, name="report_figures"),
    path("reports/<int:pk>/figures/<str:key>/", figures.figure, name="report_figure"),
    path("reports/<int:pk>/figures/<str:key>/export.xlsx", figures.export, name="figure_export"),
    path("reports/<int:pk>/submit/", reports.submit, name="report_submit"),
    path("reports/<int:pk>/recall/", reports.recall, name="report_recall"),
    path("reports/<int:pk>/send-back/", reports.send_back, name="report_send_back"),
    path("reports/<int:pk>/approve/", reports.approve, name="report_approve"),
    path("reports/<int:pk>/issue/", reports.issue, name="report_issue"),
    path("reports/<int:pk>/publish/", reports.publish, name="report_publish"),
    path("reports/<int:pk>/retry/", reports.retry, name="report_retry"),
    path("reports/<int:pk>/correct/", reports.correct, name="report_correct"),
    path("reports/<int:pk>/send/", reports.send, name="report_send"),
    path("reports/<int:pk>/upward/", reports.upward, name="report_upward"),
    path("reports/templates/", report_templates.template_list, name="report_templates"),
    path("reports/templates/<int:pk>/", report_templates.template, name="report_template"),
    path("reports/templates/<int:pk>/begin/", report_templates.begin, name="report_template_begin"),
    path("reports/templates/<int:pk>/edit/", report_templates.edit, name="report_template_edit"),
    path("reports/templates/<int:pk>/preview/", report_templates.look, name="report_template_look"),
    path("reports/templates/<int:pk>/adopt/", report_templates.adopt, name="report_template_adopt"),
    path(
        "reports/templates/<int:pk>/discard/",
        report_templates.discard,
        name="report_template_discard",
    ),
    path("public/reports/", public_reports.public_list, name="public_reports"),
    path("public/reports/<int:pk>/", public_reports.public_page, name="public_report"),
    path(
        "public/reports/<int:pk>/report.<str:kind>",
        public_reports.public_file,
        name="public_report_file",
    ),
    path("reports/subscriptions/", subscriptions.subscription_list, name="subscriptions"),
    path("reports/subscriptions/new/", subscriptions.new, name="subscription_new"),
    path("reports/subscriptions/<int:pk>/", subscriptions.switch, name="subscription_switch"),
    path(
        "reports/subscriptions/<int:pk>/remove/", subscriptions.remove, name="subscription_remove"
    ),
]
