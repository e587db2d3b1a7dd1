"""Doors of special groups."""

from django.urls import path

from grids.views import special as views
from grids.views import special_acts as acts

urlpatterns = [
    path("grids/special/", views.special, name="special"),
    path("grids/special/export/", views.export, name="special_export"),
    path("grids/special/new/", views.new, name="special_new"),
    path("grids/special/counts/", views.counts, name="special_counts"),
    path("grids/special/visits/", views.visits, name="special_visits"),
    path("grids/special/visits/plan/", views.plan_visits, name="special_plan_visits"),
    path("grids/special/<int:pk>/", acts.household, name="special_household"),
    path("grids/special/<int:pk>/edit/", acts.edit, name="special_edit"),
    path("grids/special/<int:pk>/reveal/", acts.reveal, name="special_reveal"),
    path("grids/special/<int:pk>/act/<slug:move>/", acts.act, name="special_act"),
    path("grids/special/consents/<int:pk>/scan/", acts.scan, name="special_scan"),
]
