"""Arithmetic of ordered-use plans: rules, checks, sums. Pure: nothing here asks the database."""
