"""What people do, which stands for a while, has a clock, and goes into a book: one workflow a file."""
