"""What `explore.py` is made of: runs on sets of values, walks of single steps, movements on boards, and their findings.

Nothing here knows an edition; what an edition ought to say is written apart from its table, as an `Oracle`.
"""
