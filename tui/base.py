"""The app nobody types their way out of, and that loses neither keys nor answers: what every screen stands on."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message_pump import MessagePump
from textual.widgets import Input

from states import child
from states.system import here
from tui.terminal import INTERNAL

if TYPE_CHECKING:
    from textual._queue import Queue
    from textual.driver import Driver
    from textual.message import Message
    from textual.screen import Screen

DRIVER: Final[type[Driver]] = import_module(here.DRIVER).KioskDriver

_BRISK_TURNS: Final = 100  # turns of the loop; a handler that needs more waits for a disk or a thread
_NAP: Final = 0.005  # seconds between two looks at such a handler
_PATIENCE: Final = 10.0  # seconds; then the next key starts: a handler that hangs must not take the keyboard with it


class KioskApp(App[int], inherit_bindings=False):
    """No palette, no quit key, no copying out; keys in order; nothing secret in a crash.

    Args:
        flush: makes durable what is not yet. Called on a crash, and on SIGHUP, SIGTERM and SIGQUIT from a signal
            handler: between any two bytecodes of the main thread, so it must take no lock the main thread may hold.
            After it the process ends.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, flush: Callable[[], None] = lambda: None) -> None:
        super().__init__(driver_class=DRIVER)
        self.animation_level = "none"
        self._save = flush
        self._painted = False
        self._typed: deque[events.Key | events.Paste] = deque()
        self._typist: asyncio.Task[None] | None = None
        # Both would parse markup; leaving their widgets out also makes every screen two widgets lighter.
        self._disable_tooltips = True
        self._disable_notifications = True

    def serve(self) -> int:
        """Run until the end; returns the exit code (1 after a crash).

        Raises nothing and prints nothing but the one sentence: tracebacks quote values, and library logs do too.
        """
        logging.disable(logging.CRITICAL)
        sys.excepthook = threading.excepthook = sys.unraisablehook = _say_nothing
        try:
            self.run(mouse=False)
        except Exception:
            self._return_code = 1
            self._fatal_error()
            self._print_error_renderables()
        finally:
            child.kill_all()
        return self.return_code or 0

    # -- ends -----------------------------------------------------------------------------------------------------

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """End the app, at once: a keyring that hangs would hold up the thread that waits for it, and that the loop."""
        super().exit(result, return_code, message)
        child.kill_all()

    def last_words(self) -> None:
        """What has to be done before the process ends, from a signal handler or a crash. Never raises."""
        with contextlib.suppress(Exception):
            self._save()
        with contextlib.suppress(Exception):
            child.kill_all()

    def on_crash(self) -> None:
        """Called once, before the sentence is shown."""
        self.last_words()

    def _fatal_error(self) -> None:
        """Textual's own prints a traceback with the locals of every frame, passwords among them."""
        self._return_code = 1
        if INTERNAL not in self._exit_renderables:
            self._exit_renderables[:] = [INTERNAL]
            self.on_crash()
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """What was to be shown is not: an error that renders itself shows values as well."""
        del renderables
        self._fatal_error()

    # -- the first paint ------------------------------------------------------------------------------------------

    def first_painted(self) -> None:
        """Called once, when the first frame is out: the place to import what the first frame did not need."""

    def post_display_hook(self) -> None:
        if self._painted:
            return
        self._painted = True
        if not gc.isenabled():  # off since tui.terminal.prepare_environment
            gc.freeze()  # what start-up made stays; looking through it again would be felt between two keys
            gc.enable()
        if not self.is_headless:
            here.forbid_core_dumps()
        if self._driver is not None:
            self._driver.write("\x1b[?25h")  # Textual hides the terminal's cursor; see _display
            self._driver.flush()
        self.call_later(self.first_painted)

    # -- keys, one at a time --------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes queue up; each works through the whole DOM before the next one starts.

        In Textual a key travels from widget to widget as a message, and a second key read at the same time starts
        before the first has moved the focus: of `user TAB secret` written at once, `secret` ends in the first field.
        """
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            self._typed.append(event)
            if self._typist is None or self._typist.done():
                self._typist = asyncio.create_task(self._type())
        else:
            await super().on_event(event)

    async def _type(self) -> None:
        try:
            while self._typed and self._running and not self._exit:
                with self._context():
                    await super().on_event(self._typed.popleft())
                await self._settled()
        except Exception as error:
            self._handle_exception(error)

    async def _settled(self) -> None:
        """Return once no pump of the DOM has a message left or in hand; new screens and their focus included."""
        turns, end = 0, time.monotonic() + _PATIENCE
        last: MessagePump | None = self
        while self._running and not self._exit and time.monotonic() < end:
            if last is None or not _busy(last):  # the one that was busy most often still is: the others are not asked
                last = next(filter(_busy, self._pumps()), None)
                if last is None:
                    return
            await asyncio.sleep(0 if turns < _BRISK_TURNS else _NAP)
            turns += 1

    def _pumps(self) -> Iterator[MessagePump]:
        yield self
        yield from self._registry

    # -- the cursor -----------------------------------------------------------------------------------------------

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Leave the terminal's own cursor on what has the focus: input methods open there, screen readers read there.

        Textual moves it when a value changes, but not when the field scrolls or the layout moves the field.
        """
        focused = self.focused
        if isinstance(focused, Input):
            self.cursor_position = focused.cursor_screen_offset
        elif focused is not None:
            self.cursor_position = focused.region.offset
        else:
            self.cursor_position = Offset(0, 0)
        super()._display(screen, renderable)

    # -- ways out that Textual leaves open ------------------------------------------------------------------------

    def copy_to_clipboard(self, text: str) -> None:
        """Never: OSC 52 hands the text to whatever terminal is at the other end."""

    def _set_pointer_shape(self, shape: str) -> None:
        """Never: there is no pointer, and a terminal that does not know the sequence shows it."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Never: the browser would open on this machine, with this user's rights."""

    def action_suspend_process(self) -> None:
        """Never: behind the app is a shell."""


def _busy(pump: MessagePump) -> bool:
    # A pump at rest waits for its queue's event; one that is not waiting is mounting, or has a message in hand.
    # One on its way out is not waited for: it may itself be waiting for what comes after it.
    if pump._closing or pump._closed or getattr(pump, "_pruning", False):
        return False
    queue: Queue[Message | None] = pump._message_queue
    return not queue.empty() or not queue.ready_event._waiters


def _say_nothing(*_: object) -> None: ...
