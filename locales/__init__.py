"""The words, in Japanese and English, as gettext catalogues; Japanese comes first.

A catalogue's message ids are names (`step.terminal`, `fault.store.full`), never sentences. One file a room, so that a
text is found where the thing it speaks of is found: `flow`, `checks`, `faults`, `screen`, `papers`,
`acceptance`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

LANGUAGES = ("ja", "en")
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FOLDER = Path(__file__).resolve().parent

# Which catalogue holds an id, by its first word.
ROOMS = {
    "flow": [
        *("step", "fact", "value", "reason", "need", "condition", "move", "wait", "bring", "who", "status", "sign"),
        *("how", "note", "edition", "office_kind", "intention", "claim", "firm"),
    ],
    "checks": ["check", "finding"],
    "faults": ["fault"],
    "screen": ["ui", "key", "help", "cli"],
    "papers": ["paper"],
    "acceptance": ["accept"],
}
_ROOM_OF = {word: room for room, words in ROOMS.items() for word in words}


@cache
def _catalogue(language: str, room: str) -> GNUTranslations:
    with (FOLDER / language / "LC_MESSAGES" / f"{room}.mo").open("rb") as file:
        return GNUTranslations(file)


class Texts:
    """All texts in one language.

    Args:
        language: `ja` or `en`.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "ja"

    def find(self, name: str, /, **values: object) -> str | None:
        """The text of that id with its values put in, or None when there is none."""
        room = _ROOM_OF.get(name.partition(".")[0])
        if room is None:
            return None
        text = _catalogue(self.language, room).gettext(name)
        if text == name:
            return None
        return text.format_map(values) if values else text

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of that id with its values put in; the id itself when it has no text (the tests allow none such)."""
        return self.find(name, **values) or name

    def first(self, *names: str, **values: object) -> str:
        """The text of the first of these ids that has one: a special case, then the general one."""
        return next((text for name in names if (text := self.find(name, **values))), names[-1])

    def item(self, number: str) -> str:
        """A row's number in the source: `4-1`, or the word for its premises; "" for a step that has none."""
        return self("ui.item.premise") if number == "前提" else "" if number == "-" else number

    def long(self, when: date) -> str:
        """`11月22日(日)`, or `Sun 22 Nov`."""
        weekday = WEEKDAYS[self.language][when.weekday()]
        if self.language == "ja":
            return f"{when.month}月{when.day}日({weekday})"
        return f"{weekday} {when.day} {MONTHS[when.month - 1]}"

    def full(self, when: date) -> str:
        """A day with its year, for what lies years ahead."""
        return f"{when.year}年{self.long(when)}" if self.language == "ja" else f"{self.long(when)} {when.year}"
