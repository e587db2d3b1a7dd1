"""Tables of reporting: filings and stage reports."""
