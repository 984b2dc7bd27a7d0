"""Everything that runs without a screen: the flow, the checks, what is stored, what is handed over, the visit.

Nothing here imports `tui`.
"""
