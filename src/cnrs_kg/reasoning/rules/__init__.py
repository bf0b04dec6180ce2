"""The rules as data, a module per table of OWL 2 Profiles, and the project's own."""
