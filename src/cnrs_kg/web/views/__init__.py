"""Answers as more than a table."""
