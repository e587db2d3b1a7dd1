"""Arithmetic of ordered use: values in, values out; no tables."""
