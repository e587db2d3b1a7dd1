"""Registers as data: what a definition says, and the moves of an entry. Pure."""
