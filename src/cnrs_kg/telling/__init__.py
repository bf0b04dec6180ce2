"""What is said in English where it arises, and told in French to those who read it."""
