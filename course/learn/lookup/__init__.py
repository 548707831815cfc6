"""Look something up: `explain` an error, `find` a section, the quick reference."""
