"""OWL 2 RL/RDF reasoning: rule tables, the engine that runs them, closures and proofs."""
