"""Arithmetic of indicators: formulas over named numbers, and where numbers come from. Pure."""
