"""The rows of the board. A repository never commits: that happens at the edge of the request."""
