"""Addresses of what regulators and companies hand to each other, and of the daily comparison."""

from django.urls import path

from complaints.api import issues, reconciling, transfers

urlpatterns = [
    path("hotline/transfers/", transfers.Transfers.as_view(), name="api_transfers"),
    path(
        "hotline/transfers/<path:number>/receive/",
        transfers.Receive.as_view(),
        name="api_transfer_receive",
    ),
    path(
        "hotline/transfers/<path:number>/reply/",
        transfers.Reply.as_view(),
        name="api_transfer_reply",
    ),
    path(
        "hotline/transfers/<path:number>/return/",
        transfers.Return.as_view(),
        name="api_transfer_return",
    ),
    path("hotline/issues/", issues.Issues.as_view(), name="api_issues"),
    path("hotline/reconciliation/<str:day>/", reconciling.Day.as_view(), name="api_reconciliation"),
]
