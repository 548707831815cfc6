"""What a learner runs: the magics of the notebooks, and the same commands in a terminal."""
