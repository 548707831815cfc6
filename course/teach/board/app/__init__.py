"""The board: how far everyone in a room is, live. A service in the shape that the course teaches."""
