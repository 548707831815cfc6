"""The path operations of Gavel, one module for each topic."""
