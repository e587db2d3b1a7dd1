"""Doors of outages: notices, the monitor, leads, the public page, the API."""

from django.urls import path

from reporting.api import outages as api
from reporting.views import grid_outages, indicator_rules, outage_monitor, outage_public, outages

urlpatterns = [
    path("outages/", outages.outage_list, name="outages"),
    path("outages.xlsx", outages.export, name="outages_export"),
    path("outages/new/", outages.new, name="outage_new"),
    path("outages/import/", outages.import_file, name="outage_import"),
    path("outages/import/template.xlsx", outages.template, name="outage_template"),
    path("outages/monitor/", outage_monitor.monitor, name="outage_monitor"),
    path("outages/monitor.xlsx", outage_monitor.export, name="outage_monitor_export"),
    path("outages/yearly/", outage_monitor.yearly, name="outage_yearly"),
    path("outages/yearly.xlsx", outage_monitor.yearly_export, name="outage_yearly_export"),
    path("outages/grids/", grid_outages.overview, name="grid_outages"),
    path("outages/grids.xlsx", grid_outages.export, name="grid_outages_export"),
    path("outages/grids/unplaced/", grid_outages.unplaced, name="grid_outages_unplaced"),
    path("outages/grids/<int:pk>/", grid_outages.one_grid, name="grid_outage"),
    path("outages/frequent/", outage_monitor.frequent, name="outage_frequent"),
    path("outages/rules/", outages.rules, name="outage_rules"),
    path("outages/rules/<str:code>/", indicator_rules.revise_rule, name="outage_rule_revise"),
    path("outages/leads/", outage_monitor.leads, name="outage_leads"),
    path("outages/leads/<int:pk>/", outage_monitor.lead, name="outage_lead"),
    path("outages/leads/<int:pk>/decide/", outage_monitor.decide, name="outage_lead_decide"),
    path("outages/<int:pk>/", outages.outage, name="outage"),
    path("outages/<int:pk>/edit/", outages.edit, name="outage_edit"),
    path("outages/<int:pk>/cancel/", outages.cancel, name="outage_cancel"),
    path("outages/<int:pk>/report/", outages.report, name="outage_report"),
    path("public/outages/", outage_public.notices, name="public_outages"),
    path("public/outages/<int:pk>/", outage_public.notice, name="public_outage"),
    path("api/v1/outages/", api.Notices.as_view(), name="api_outages"),
    path("api/v1/outages/<path:number>/changes/", api.Changes.as_view(), name="api_outage_change"),
    path("api/v1/outages/<path:number>/actual/", api.Actual.as_view(), name="api_outage_actual"),
    path("api/v1/outages/<path:number>/cancel/", api.Cancel.as_view(), name="api_outage_cancel"),
    path("api/v1/outages/<path:number>/", api.OneNotice.as_view(), name="api_outage"),
]
