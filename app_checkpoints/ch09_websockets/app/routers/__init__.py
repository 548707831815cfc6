"""The routes of Gavel, one module a topic."""
