"""Queries that ask other endpoints as well, by SERVICE."""
