"""What a maintainer runs: build, new, test, bench."""
