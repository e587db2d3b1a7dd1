"""Doors of indicators, targets, evaluations, improvement and disclosure."""

from django.urls import path

from reporting.views import indicators, scorecard

urlpatterns = [
    path("indicators/", indicators.goals, name="goals"),
    path("indicators/values/", indicators.values, name="indicators"),
    path("indicators/values/<int:pk>/", indicators.value, name="indicator_value"),
    path("indicators/values/export.xlsx", indicators.export, name="indicator_export"),
    path("indicators/compute/", indicators.compute, name="indicator_compute"),
    path("indicators/publish/", indicators.publish, name="indicator_publish"),
    path("indicators/trend/", indicators.trend, name="indicator_trend"),
    path("indicators/catalogue/", indicators.catalogue, name="indicator_catalogue"),
    path("indicators/scorecard/", scorecard.scorecard, name="scorecard"),
]
