"""Every door of the portal. Each app brings its own; none is open unless it says so."""

from django.urls import include, path

from core.download import download

urlpatterns = [
    path("campaigns/", include("campaign.urls")),
    path("accounts/", include("allauth.urls")),
    path("files/<uuid:uuid>/", download, name="file"),
]
