"""Validating the course: `python3 -m course test`."""
