"""A linked-data knowledge graph of the CNRS's international cooperation."""
