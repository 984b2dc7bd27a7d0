"""What a person sees and presses: the full screen, and the command line.

Front ends act through `states.desk` and `states.visit` alone, read what those hand out (sessions, rows, cards), say it
through `states.wording`, and decide nothing: no guard, no next step, no rule about a fact stands here.
"""
