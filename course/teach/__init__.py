"""What a teacher runs: guide, slides, board, class server, grades, site."""
