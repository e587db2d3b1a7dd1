"""Doors of periodic returns."""

from django.urls import path

from reporting.views import returns

urlpatterns = [
    path("returns/<int:pk>/", returns.detail, name="return"),
]
