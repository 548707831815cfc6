"""The quick reference: tasks, and the patterns of the course that do them."""

from course.reference.page import pages

__all__ = ["pages"]
