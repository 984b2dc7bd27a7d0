"""Checks against real servers on the loopback, real certificate files, real child processes."""
