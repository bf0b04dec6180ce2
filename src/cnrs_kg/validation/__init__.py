"""SHACL: whether a graph conforms, and a report that says why not."""
