"""The command line: parse, ask the knowledge graph, print. stdout is data, stderr is talk."""
