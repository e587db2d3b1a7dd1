"""Doors of the API of the hotlines: shape only; every rule stands in ``services``."""
