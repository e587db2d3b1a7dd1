"""Manners of the API that every app's doors share; who may ask is for ``accounts`` to say."""
