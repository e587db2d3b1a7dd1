"""Addresses of the API of the hotlines."""

from django.urls import path

from complaints.api import claims, views
from complaints.api.exchange_urls import urlpatterns as exchange

# The same doors under the addresses of the first release; not described a second time.
shorter = [
    path("claims/", claims.Claims.as_view(schema=None), name="api_claims_before"),
    path(
        "claims/<path:number>/events/",
        claims.ClaimEvents.as_view(schema=None),
        name="api_claim_event_before",
    ),
    path(
        "claims/<path:number>/",
        claims.OneClaim.as_view(schema=None),
        name="api_claim_before",
    ),
]
# A number may hold any sign, also a slash: the longer addresses come first.
urlpatterns = [
    path("hotline/cases/", views.Cases.as_view(), name="api_cases"),
    path("hotline/cases/batch/", views.Batch.as_view(), name="api_batch"),
    path("hotline/cases/<path:number>/events/", views.Events.as_view(), name="api_events"),
    path("hotline/cases/<path:number>/", views.OneCase.as_view(), name="api_case"),
    path("changes/", views.Changes.as_view(), name="api_changes"),
    path("grids/claims/", claims.Claims.as_view(), name="api_claims"),
    path(
        "grids/claims/<path:number>/events/", claims.ClaimEvents.as_view(), name="api_claim_event"
    ),
    path("grids/claims/<path:number>/", claims.OneClaim.as_view(), name="api_claim"),
    *shorter,
    *exchange,
]
