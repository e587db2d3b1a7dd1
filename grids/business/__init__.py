"""Electricity business passed on by government grids: definitions and moves, without a database."""
