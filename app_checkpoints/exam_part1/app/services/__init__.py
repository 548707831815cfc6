"""What the shed does, apart from HTTP."""
