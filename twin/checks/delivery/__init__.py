"""What must be ready before a rack arrives."""
