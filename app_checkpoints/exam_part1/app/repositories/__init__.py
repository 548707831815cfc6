"""What the database is asked, in the words of the shed."""
