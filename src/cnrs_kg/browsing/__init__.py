"""What a reader finds the way by: search, lists, maps, and what stands around a thing."""
