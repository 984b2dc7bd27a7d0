"""Line mode: the same visit without a full screen, as plain prompts, numbers and Enter.

For a terminal that can place no cursor, a screen reader, a slow line. Built on `states.desk`, `states.visit` and
`tui.content` as the screens are: it decides nothing. Plain text goes out, not one control sequence; nothing here
imports Textual. `talk` speaks with the terminal, `mode` is the way through a visit, `answers` and `keeping` ask.
"""
