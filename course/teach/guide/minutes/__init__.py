"""The minutes of a chapter: a model, the minutes of each section, and the tables that show them."""
