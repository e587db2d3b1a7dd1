"""Sharing archives with government platforms: fields, moves and quality rules; pure."""
