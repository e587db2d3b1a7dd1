"""Hazards: what they are, how they move, when patrols fall due; pure."""
