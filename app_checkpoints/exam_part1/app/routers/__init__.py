"""The routes of the shed, one module a topic."""
