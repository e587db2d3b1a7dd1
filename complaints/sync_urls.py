"""Doors of the pages of the line to companies' systems."""

from django.urls import path

from complaints.views import reconciling, sync

urlpatterns = [
    path("sync/", sync.ledger_page, name="sync"),
    path("sync/replay/", sync.replay_all, name="sync_replay_all"),
    path("sync/messages/<int:pk>/", sync.message, name="sync_message"),
    path("sync/messages/<int:pk>/replay/", sync.replay, name="sync_replay"),
    path("sync/reconciliation/", reconciling.reconciliations, name="reconciliations"),
    path("sync/reconciliation/<int:pk>/", reconciling.reconciliation, name="reconciliation"),
]
