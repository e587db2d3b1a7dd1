"""Pages of reporting: one module per group of pages."""
