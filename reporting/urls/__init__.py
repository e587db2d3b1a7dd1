"""Every door of reporting: filings, stage reports and bulletins bring their own lists."""

from reporting.urls import bulletins, filings, reports

app_name = "reporting"
urlpatterns: list = [
    *filings.urlpatterns,
    *reports.urlpatterns,
    *bulletins.urlpatterns,
]
