"""Doors of the analysis of cases."""

from django.urls import path

from complaints.views import analysis, gathering, issues, repairs, saved_views

urlpatterns = [
    path("cases/analysis/", analysis.page, name="analysis"),
    path("cases/analysis.xlsx", analysis.export, name="analysis_export"),
    path("cases/views/", saved_views.view_list, name="saved_views"),
    path("cases/views/save/", saved_views.save, name="saved_view_save"),
    path("cases/views/<int:pk>/", saved_views.saved_view, name="saved_view"),
    path("cases/views/<int:pk>/change/", saved_views.change, name="saved_view_change"),
    path("cases/views/<int:pk>/drop/", saved_views.drop, name="saved_view_drop"),
    path("cases/views/<int:pk>/subscribe/", saved_views.subscribe, name="saved_view_subscribe"),
    path("cases/outages/", gathering.outages, name="outages"),
    path("cases/repairs/", repairs.page, name="repairs"),
    path("cases/repairs.xlsx", repairs.export, name="repairs_export"),
    path("cases/repairs/residents/", repairs.residents, name="residents"),
    path("cases/repairs/residents/new/", repairs.residents_new, name="residents_new"),
    path("cases/inspections/", gathering.inspections, name="inspections"),
    path("cases/inspections/propose/", gathering.propose, name="inspection_propose"),
    path("cases/inspections/<int:pk>/", gathering.inspection, name="inspection"),
    path("cases/inspections/<int:pk>/decide/", gathering.decide, name="inspection_decide"),
    path("cases/issues/", issues.issue_list, name="issues"),
    path("cases/issues/new/", issues.new, name="issue_new"),
    path("cases/issues/<int:pk>/", issues.issue_report, name="issue_report"),
    path("cases/issues/<int:pk>/edit/", issues.edit, name="issue_edit"),
    path("cases/issues/<int:pk>/submit/", issues.submit, name="issue_submit"),
    path("cases/issues/<int:pk>/correct/", issues.correct, name="issue_correct"),
    path("cases/issues/<int:pk>/drop/", issues.drop, name="issue_drop"),
]
