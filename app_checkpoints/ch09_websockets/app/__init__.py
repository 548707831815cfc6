"""Gavel, a live auction house."""
