"""Doors of the campaign pages."""

from django.urls import path

from campaign import views

app_name = "campaign"

urlpatterns = [
    path("", views.campaign_list, name="list"),
    path("<int:pk>/", views.home, name="home"),
    path("duties/<int:pk>/", views.duty, name="duty"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("documents/<int:pk>/", views.document, name="document"),
]
