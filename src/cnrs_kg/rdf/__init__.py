"""RDF terms, formats, guards, canonical writing."""
