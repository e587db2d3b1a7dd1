"""Workbooks and attachments, good and hostile, made by code."""
