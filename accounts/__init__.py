"""Organisations, regions, people, memberships, roles, delegation, sign-in."""
