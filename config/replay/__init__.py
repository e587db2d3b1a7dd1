"""Plays a campaign day by day under a held clock: the replay command and the demo's data."""
