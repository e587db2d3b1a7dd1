"""Every door of reporting: the pages of filings and of stage reports bring their own lists."""

urlpatterns: list = []
