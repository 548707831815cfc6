"""What comes in and what goes out: the shapes of requests and answers."""
