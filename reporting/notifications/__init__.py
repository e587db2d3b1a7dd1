"""Wording of reporting's letters: object in, sealed letter out."""
