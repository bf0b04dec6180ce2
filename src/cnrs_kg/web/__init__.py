"""The web application: a thin layer over `KnowledgeGraph`, on Flask and granian."""
