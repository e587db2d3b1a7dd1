"""Filings from companies, stage reports, subscriptions."""
