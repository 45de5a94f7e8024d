"""Impact: head counts, and public claims beside the data that supports them."""
