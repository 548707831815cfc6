"""The quick reference: tasks, and the patterns of the course that do them."""
