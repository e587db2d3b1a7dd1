"""The API of reporting: outage notices of companies' systems."""
