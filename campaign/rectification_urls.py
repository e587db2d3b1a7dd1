"""Doors of the rectification ledger."""

from django.urls import path

from campaign.views import livelihood, rectification_entering
from campaign.views import rectification as views

urlpatterns = [
    path("rectification/", views.ledger, name="rectification"),
    path("rectification/ledger.xlsx", views.export, name="rectification_export"),
    path("rectification/new/", views.new, name="rectification_new"),
    path(
        "rectification/from/<slug:name>/<slug:key>/",
        rectification_entering.enter,
        name="rectification_enter",
    ),
    path("rectification/import/", views.take, name="rectification_import"),
    path("rectification/import/template.xlsx", views.template, name="rectification_template"),
    path("rectification/<int:pk>/", views.item, name="rectification_item"),
    path("rectification/<int:pk>/livelihood/", livelihood.tag_item, name="rectification_tag"),
    path("rectification/<int:pk>/<slug:act>/", views.act, name="rectification_act"),
]
