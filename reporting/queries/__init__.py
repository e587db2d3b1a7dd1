"""Reads that span several models; one module per group of pages."""
