"""Doors of registers."""

from django.urls import path

from grids.views import register_entry as entries
from grids.views import registers as views

urlpatterns = [
    path("registers/", views.registers, name="registers"),
    path("registers/<slug:code>/", views.register, name="register"),
    path("registers/<slug:code>/new/", views.new, name="register_new"),
    path("registers/<slug:code>/counts/", views.counts, name="register_counts"),
    path("registers/<slug:code>/import/", views.import_file, name="register_import"),
    path("registers/<slug:code>/template.xlsx", views.template, name="register_template"),
    path("registers/<slug:code>/export.xlsx", views.export, name="register_export"),
    path("registers/entries/<int:pk>/", entries.entry, name="register_entry"),
    path("registers/entries/<int:pk>/edit/", views.edit, name="register_edit"),
    path("registers/entries/<int:pk>/act/<slug:move>/", entries.act, name="register_act"),
]
