"""What a person sees and presses: the full screen, and the command line.

Front ends talk to `states.desk` and `states.visit`, say what those say (through `states.wording`), and decide nothing:
no guard, no next step, no rule about a fact stands here.
"""
