"""The proof that requirements run every line of the quick reference."""
