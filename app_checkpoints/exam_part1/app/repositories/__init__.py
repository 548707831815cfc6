"""The queries of the service."""
