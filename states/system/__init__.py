"""What differs between systems, behind one port: `here` is the module for the system this runs on.

`posix` and `windows` have the same names; everything that only one of them can do, or does in its own way, stands there
and nowhere else, and nothing else in the house asks on which system it is. (Textual's own driver for each stands in
`tui`, for nothing here may know of a screen.) No rule and no word for people lives here.
"""

import sys

if sys.platform == "win32":
    from states.system import windows as here
else:
    from states.system import posix as here

__all__ = ["here"]
