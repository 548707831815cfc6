"""The addresses of the board."""
