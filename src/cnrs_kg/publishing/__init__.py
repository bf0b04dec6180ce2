"""What is told of the graph beside its answers: its history, and what it is."""
