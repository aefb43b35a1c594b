"""What is lost, what falls with it, and what that leaves."""
