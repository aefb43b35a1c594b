"""What stands on floors and hangs above them."""
