"""Periodic returns as data: definitions, periods and roll-ups. Pure: no request, no writing."""
