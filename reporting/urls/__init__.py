"""Every door of reporting: the pages of filings and of stage reports bring their own lists."""

from reporting.urls import filings, reports

app_name = "reporting"
urlpatterns: list = [*filings.urlpatterns, *reports.urlpatterns]
