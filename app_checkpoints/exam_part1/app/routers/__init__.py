"""The endpoints of the service. Each module contains one topic."""
