"""Grids: queries."""
