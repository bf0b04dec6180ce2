"""A SPARQL engine beside this one, kept at the current version and asked in its place."""
