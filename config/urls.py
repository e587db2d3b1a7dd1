"""Every door of the portal. Each app brings its own; none is open unless it says so."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
