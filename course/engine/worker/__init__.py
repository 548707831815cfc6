"""The fresh process in which a learner's service is checked. It is used once."""
