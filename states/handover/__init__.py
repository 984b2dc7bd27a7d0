"""What leaves the building: the next-visit card, the dates to remember, the report.

Everything here is derived from a session at a given time and changes nothing. What a paper says is put together once,
in words, as a `paper.Paper`; one template a form draws any such paper, so that a new paper needs no template and a new
form no second text. What may not live here: a rule of the flow, a secret (only the place where one is kept), the
clock. The template engine is imported when a paper is drawn, not before.
"""
