"""Puts together what runs on a Windows PC that has no Python: `make windows`.

It stands with the tests, as the harness of faults and the drawing of pictures do: it is a developer's tool, ships with
nothing, and shares its Windows Python with the labs. `parts` fetches and checks, `papers` says what is in it, `build`
makes the archive, `__main__` is the command. Decision: docs/decisions/packaging.md.
"""
