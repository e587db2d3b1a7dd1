"""Doors of the enforcement register."""

from django.urls import path

from campaign.views import enforcement as views
from campaign.views import enforcement_closings as closings

urlpatterns = [
    path("enforcement/", views.register, name="enforcement"),
    path("enforcement/new/", views.new, name="enforcement_new"),
    path("enforcement/<int:pk>/", views.matter, name="enforcement_matter"),
    path("enforcement/<int:pk>/draft/", views.draft, name="enforcement_draft"),
    path("enforcement/<int:pk>/close/", closings.close, name="enforcement_close"),
    path("enforcement/closings/<int:pk>/<slug:act>/", closings.decide, name="enforcement_closing"),
    path("enforcement/<int:pk>/disclose/", views.disclose, name="enforcement_disclose"),
    path(
        "enforcement/documents/<int:pk>/file.<slug:kind>",
        views.document,
        name="enforcement_document",
    ),
    path("enforcement/documents/<int:pk>/<slug:act>/", views.act, name="enforcement_step"),
    path("enforcement/disclosures/<int:pk>/<slug:act>/", views.decide, name="enforcement_decide"),
    path("enforcement/history/<str:code>/", views.history, name="enforcement_history"),
    path("public/enforcement/", views.public_list, name="public_enforcements"),
    path("public/enforcement/<int:pk>/", views.public, name="public_enforcement"),
]
