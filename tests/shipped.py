"""What we ship and many tests look at, read once in a process."""

from functools import cache

from gateway.stores.books import read_books

shipped_books = cache(read_books)
"""The books of a safe enterprise and ours beside them, by id."""
