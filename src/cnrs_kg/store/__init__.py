"""Versions, branches, patches, and the roles of named graphs."""
