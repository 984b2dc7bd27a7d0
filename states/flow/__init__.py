"""The flow itself, pure: facts, guards, steps, editions, the machine that moves a session, and the walk that proves it.

No file, clock, network, screen or randomness may be touched from here; time is handed in. The words are those of
`docs/architecture.md`: fact, guard, reason, wait, step, edition, session.
"""
