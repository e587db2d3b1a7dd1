"""Doors of the pages of the line to companies' systems."""

from django.urls import path

from complaints.views import reconciling, sync

urlpatterns = [
    path("cases/sync/", sync.ledger_page, name="sync"),
    path("cases/sync/replay/", sync.replay_all, name="sync_replay_all"),
    path("cases/sync/messages/<int:pk>/", sync.message, name="sync_message"),
    path("cases/sync/messages/<int:pk>/replay/", sync.replay, name="sync_replay"),
    path("cases/sync/reconciliation/", reconciling.reconciliations, name="reconciliations"),
    path("cases/sync/reconciliation/<int:pk>/", reconciling.reconciliation, name="reconciliation"),
]
