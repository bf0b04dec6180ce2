"""Inputs that end, stall or fill a process: each is answered by its deadline, with the limit named."""
