"""Every door of reporting: filings, stage reports, bulletins and circulars, each its own list."""

from reporting.urls import (
    bulletins,
    circulars,
    definitions,
    filings,
    indicators,
    openness,
    outages,
    plans,
    proposals,
    reports,
    returns,
    supply,
)

app_name = "reporting"
urlpatterns: list = [
    *filings.urlpatterns,
    *reports.urlpatterns,
    *bulletins.urlpatterns,
    *circulars.urlpatterns,
    *plans.urlpatterns,
    *indicators.urlpatterns,
    *openness.urlpatterns,
    *proposals.urlpatterns,
    *definitions.urlpatterns,
    *returns.urlpatterns,
    *supply.urlpatterns,
    *outages.urlpatterns,
]
