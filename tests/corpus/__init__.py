"""Stored sessions of every released version, as that version wrote them; `test_corpus.py` opens them all.

A folder a version: the store's file and its second copy. Made once, by the version itself, and never again:

    python -m tests.corpus 0.1.0
"""
