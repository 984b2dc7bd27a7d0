"""One file a row of the source text: what it asks, what its answers mean, when it applies.

Nothing here knows an edition, a neighbour's file, or a screen; what several rows say together stands in
`conditions.py`. ▲ marks a reading chosen where the source is unclear; `docs/readings.md` lists them.
"""
