"""Doors of changes of definitions."""

from django.urls import path

from reporting.views import definitions

urlpatterns = [
    path("definitions/", definitions.changes, name="definition_changes"),
    path("definitions/<int:pk>/", definitions.change, name="definition_change"),
    path("definitions/<int:pk>/adopt/", definitions.adopt, name="definition_adopt"),
    path("definitions/<int:pk>/send-back/", definitions.send_back, name="definition_send_back"),
    path("definitions/<int:pk>/withdraw/", definitions.withdraw, name="definition_withdraw"),
]
