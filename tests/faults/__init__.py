"""The harness for faults: what is done to a store while it works, and the judgement that nothing acknowledged is lost.

`python -m tests.faults [quick|full] [NAME…]` runs it and prints a table. Each kind of fault is a module with a function
`run(size, place)`; each has negative controls, planted faults that it has to catch, so that a harness which has gone
blind is noticed.
"""
