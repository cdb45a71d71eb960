"""What the API asks for, one noun a file (api/ports): reads of what is, and the ways to hand in a decision."""
