"""What all commands share: texts, build cells, checkpoints, reports and pictures."""
