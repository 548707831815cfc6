"""The tool shed."""
