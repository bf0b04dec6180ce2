"""The ontology and the shapes as people read them: terms, concept schemes, constraints in words, examples."""
