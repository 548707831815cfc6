"""`%serve`: the learner's service under uvicorn, in a process of its own."""
