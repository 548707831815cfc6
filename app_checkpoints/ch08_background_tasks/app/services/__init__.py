"""What the house does: its rules, without HTTP and without SQL."""
