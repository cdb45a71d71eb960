"""The stories that come with the product."""
