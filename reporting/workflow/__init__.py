"""States and moves of filings and of stage reports; pure, one module per thing."""
