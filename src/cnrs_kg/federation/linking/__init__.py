"""Records of two sources that are of the same thing, with the evidence for it."""
