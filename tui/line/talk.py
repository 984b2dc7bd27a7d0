"""Says lines and asks for one: the only file of line mode that knows the terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from locales import LANGUAGES, Texts
from states.fault import Fault
from states.system import here
from tui import words
from tui.content import fault_lines
from tui.terminal import REPLACEMENT, UNSAFE, plain

if TYPE_CHECKING:
    from types import FrameType

LAST_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT") if hasattr(signal, name)
)
BACK: Final = "."  # what leaves a field; an empty line takes what stands there
WIDEST: Final = 100  # columns


class Ended(Exception):
    """The line is gone, or somebody wants to go: nothing more will be typed.

    Args:
        number: the signal; 0 for the end of input.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class FullScreen(Exception):
    """Somebody wants the full screen back."""


@dataclass(frozen=True, slots=True)
class Key:
    """Something to be done: what may be typed for it, its text id, what it does."""

    typed: tuple[str, ...]
    name: str
    act: Callable[[], Any]


class Talk:
    """The conversation.

    Args:
        texts: the language it begins in.
    """

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.full_screen = False  # whether one may be asked for
        self._prompt = ""
        self._terminal = here.Line()
        self._rest = ""
        self._reading = False
        self._ended: int | None = None
        self._cancel: Callable[[], None] | None = None
        self._echoes = True

    @property
    def columns(self) -> int:
        with contextlib.suppress(OSError):
            if columns := os.get_terminal_size(1).columns:
                return min(columns, WIDEST)
        return 80

    # -- for a kiosk

    def patience(self) -> float | None:
        """Seconds after which `nothing_heard` is called; None for never."""
        return None

    def heard(self) -> None:
        """Something was typed."""

    def nothing_heard(self) -> None:
        """Nothing was, for so long."""

    # -- the terminal

    @contextlib.contextmanager
    def on_the_line(self) -> Iterator[None]:
        """Within it a signal ends the next question, or the one that is being asked, and nothing else."""
        handlers = {number: signal.signal(number, self._hear) for number in LAST_SIGNALS}
        if hasattr(signal, "SIGTSTP"):
            handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        self._terminal.take()
        try:
            yield
        finally:
            self._terminal.give_back()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self._cancel is not None and number == signal.SIGINT:
            self._cancel()
            return
        self._ended = number
        if self._cancel is not None:
            self._cancel()
        if self._reading:
            self._reading = False
            raise Ended(number)

    @contextlib.contextmanager
    def cancelled_by(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Within it Ctrl+C calls `cancel` and ends nothing."""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    def echo(self, *, on: bool) -> None:
        """It stays off from a hidden line until something is asked for that may be seen: a hand may be faster than us.

        Raises:
            Fault: `line.echo`.
        """
        if on != self._echoes:
            self._echoes = self._terminal.echo(on=on)
            if self._echoes and not on:
                raise Fault("line.echo")

    # -- saying

    def say(self, *lines: str | tuple[str, str]) -> None:
        """Lines, broken to fit, their styles left out."""
        out = [
            row for line in lines for row in words.wrap(line if isinstance(line, str) else line[0], self.columns - 1)
        ]
        self._write("\n".join([*out, ""]))

    def say_text(self, name: str, **values: object) -> None:
        self.say(self.texts(name, **values))

    def say_fault(self, fault: Fault) -> None:
        self.say(*fault_lines(self.texts, fault))

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # a line that is gone is heard of when it is read
            self._terminal.write("\n".join(map(plain, text.split("\n"))))

    # -- asking

    def ask(self, prompt: str, keep: Callable[[str], None] = lambda _: None, limit: int = 500) -> str:
        """One line, without control characters and the spaces around it.

        Args:
            keep: called with what was half-typed, before `Ended`.
            limit: characters; more are refused, and it is asked again.
        """
        while True:
            self.echo(on=True)
            self._prompt = f"{plain(prompt)} "
            self._write(self._prompt)
            try:
                typed = _clean(self._line()).strip()
            except Ended:
                half = _clean(self._terminal.half_typed())
                if half:
                    with contextlib.suppress(Fault):
                        keep(half)
                raise
            if len(typed) <= limit:
                return typed
            self.say_fault(Fault("answer.too_long", fact=prompt.rstrip(": "), limit=limit))

    def ask_hidden(self, prompt: str) -> str:
        """One line as it was typed, which nothing shows.

        Raises:
            Fault: `line.echo` where the terminal cannot be kept from showing it; `secret.control` for bytes that are
                no text.
        """
        self.echo(on=False)
        self._prompt = f"{prompt}: "
        self._write(self._prompt)
        typed = self._line()
        self._write("\n")
        if REPLACEMENT in typed:
            raise Fault("secret.control")
        return typed

    def pick(self, entries: Sequence[str], back: str = "key.back") -> int | None:
        """The place of the entry whose number was typed; None for 0."""
        for at, entry in enumerate(entries, 1):
            self.say(f"{at} {entry}")
        if back:
            self.say(f"0 {self.texts(back)}")
        numbers = {str(at + 1): at for at in range(len(entries))}
        while True:
            typed = self.command()
            if typed in ("0", BACK):
                return None
            if typed in numbers:
                return numbers[typed]
            self.say_text("ui.line.unknown")

    def agree(self, lines: Iterable[str | tuple[str, str]], no: str, yes: str) -> bool:
        """Whether a question was answered with its second answer."""
        return self.decide(lines, no, yes) == 1

    def decide(self, lines: Iterable[str | tuple[str, str]], *names: str) -> int | None:
        """Which of the texts a question was answered with. What was typed before it was asked does not count."""
        self.say(*lines)
        if os.isatty(0):
            self._rest = ""
            self._terminal.forget()
        return self.pick(list(map(self.texts, names)), "")

    def menu(self, keys: Sequence[Key], lines: dict[str, Callable[[], Any]] | None = None) -> Any:
        """Do what is asked for; returns what that returned.

        Args:
            lines: numbers that have been said already, and what each does.
        """
        row = ""
        for key in keys:
            part = f"{'/'.join(key.typed)} {self.texts(key.name)}  "
            if words.cell_len(row + part) > self.columns:
                self.say(row.rstrip())
                row = ""
            row += part
        self.say(row.rstrip())
        acts = {typed: key.act for key in keys for typed in key.typed} | (lines or {})
        while True:
            typed = self.command()
            act = acts.get(typed)
            if act is not None:
                return act()
            if typed == "":
                return None
            self.say_text("ui.line.unknown")

    def command(self) -> str:
        """A number or a letter, however wide it was typed; what is understood everywhere is done here."""
        while True:
            typed = unicodedata.normalize("NFKC", self.ask(self.texts("ui.line.prompt"))).strip().lower()
            if typed in ("19", "l"):
                self.texts = Texts(LANGUAGES[(LANGUAGES.index(self.texts.language) + 1) % len(LANGUAGES)])
                return ""
            if typed in ("22", "-") and self.full_screen:
                raise FullScreen
            return typed

    # -- reading

    def _line(self) -> str:
        """The next line, whole, without its end."""
        while "\n" not in self._rest:
            if self._ended is not None:
                raise Ended(self._ended)
            read = self._read()
            if not read:
                raise Ended(0)
            self._rest += read.replace("\r\n", "\n").replace("\r", "\n")
        line, _, self._rest = self._rest.partition("\n")
        return line

    def _read(self) -> str:
        """What comes next on the line; the lock, when nothing does for too long."""
        while True:
            self._reading = True
            if self._ended is not None:  # heard between the two
                raise Ended(self._ended)
            try:
                if (typed := self._terminal.read(self.patience())) is not None:
                    self.heard()
                    return typed
            except OSError:  # EIO: the other side hung up, and nobody told us
                raise Ended(signal.SIGHUP) from None
            finally:
                self._reading = False
            prompt, echoes = self._prompt, self._echoes
            self.nothing_heard()
            self.echo(on=echoes)
            self._write(prompt)


def _clean(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) not in UNSAFE)
