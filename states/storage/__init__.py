"""What has to last: the journal of every session, its list, its leases and drafts, and where secrets are kept.

Nothing here knows what a step or a fact means, paints, asks, or reads the world: a state or a fact's name is only
text to it. A secret never enters the journal, and a session never enters a keyring.
Whatever cannot be done leaves as a `Fault`; no exception of a database or of a keyring gets out.
"""
