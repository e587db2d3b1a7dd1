"""Every door of reporting: filings, stage reports, bulletins and circulars, each its own list."""

from reporting.urls import bulletins, circulars, filings, proposals, reports, returns

app_name = "reporting"
urlpatterns: list = [
    *filings.urlpatterns,
    *reports.urlpatterns,
    *bulletins.urlpatterns,
    *circulars.urlpatterns,
    *proposals.urlpatterns,
    *returns.urlpatterns,
]
