"""Who wants to know what happens to submissions and versions is told by signed requests."""
