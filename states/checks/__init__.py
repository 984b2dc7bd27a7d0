"""Reads the world and answers with measured facts: this PC's system, the flow's sites, a certificate's file.

Each check is a child module of its own (`system`, `sites`, `certificate`), killed at its bound by `run`; all of them
answer in the one shape of `result`. What may not live here: what a value means for a step (the edition's table says
so), sentences (the message catalogues), anything that writes to the PC. httpx, cryptography and truststore are
imported by the modules that run in the child alone: `run` and `result` are what the rest of the program imports, and
they stay light, for the first paint waits for them.
"""
