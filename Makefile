# Two commands are enough on a fresh machine with Rust and Node: `make demo` and `make test`. Both set up what they need.

.PHONY: setup demo test test-long bench

# What the system lacks, and the packages of the pages and of the tests' tools.
setup:
	@scripts/setup

# The hotline with simulated callers, agents and print house, on a private database.
demo:
	@scripts/demo

# Everything that must hold before a change lands; CI runs the same.
test:
	@scripts/test

# More of the same than a quarter of an hour allows.
test-long:
	@scripts/test-long

# The measurements of docs/BENCHMARKS.md.
bench:
	@scripts/bench
