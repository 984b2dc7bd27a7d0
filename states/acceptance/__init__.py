"""Acceptance scripts: Gherkin in Japanese or English over a closed set of sentences (`docs/acceptance.md`).

`language` is the set, `lexicon` the names in it, `load` reads scripts and finds every mistake before anything runs,
`world` does what a sentence says on the machine, `run` plays scenarios, `record` writes a script from a session,
`coverage` compares with what the proof found. No rule of the flow lives here, and no screen: the real app is driven
from `tui.acceptance`, through the same `Hands`.
"""
