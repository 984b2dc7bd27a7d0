"""What the pages say, in lines of words: for the full screen and for line mode alike.

No Textual here, no keys, no layout: what is asked, offered and told of a visit, in the language at hand. A line that
is marked on the full screen comes as (line, style).
"""

from __future__ import annotations

from locales import Texts
from states.fault import Fault, in_words


def fault_lines(texts: Texts, fault: Fault) -> tuple[str, str]:
    """What happened, with its code; and what to do."""
    sentence, remedy, code = in_words(texts, fault)
    return f"! {sentence} ({code})", remedy
