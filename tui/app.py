"""The app: which page is shown, in which language, at whose visit. It decides nothing about the flow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from locales import LANGUAGES, Texts
from states.fault import Fault
from tui import portable
from tui.base import KioskApp
from tui.content import fault_lines
from tui.ladder import LEAST
from tui.screens.home import HomePage
from tui.screens.page import Page, Reading

if TYPE_CHECKING:
    from states.desk import Desk
    from states.visit import Visit, Who
    from states.wording import Wording

T = TypeVar("T")
RELOCK_EVERY = 30.0  # seconds between two looks whether the vault has been idle for long enough
FOLLOW_EVERY = 2.0  # seconds between two looks at what somebody else did to the session that is shown


class SmallPage(Screen[None]):
    """A sentence, where there is no room for a page; it goes when there is.

    Args:
        told: what is said.
    """

    def __init__(self, told: str) -> None:
        super().__init__()
        self.told = told

    def compose(self) -> ComposeResult:
        yield Static(self.told, markup=False)


class SetupApp(KioskApp):
    """careplan-setup on the full screen.

    Args:
        desk: the opened store.
        language: `ja` or `en`.
        who: the technician, where the command line named one.
        visit: one to go on with, from line mode.
    """

    CSS_PATH = Path(__file__).with_name("kiosk.tcss")

    def __init__(
        self,
        desk: Desk,
        language: str,
        who: Who | None = None,
        papers: Path | None = None,
        visit: Visit | None = None,
    ) -> None:
        super().__init__(flush=self._keep_drafts)
        self.desk, self.who, self.papers = desk, who, papers
        self.texts = Texts(language)
        self.visit = visit
        self.to_line_mode = False
        self._wording: Wording | None = None
        self._noticed = 0
        self._looking = False

    def get_default_screen(self) -> Screen[Any]:
        """The list itself: over an empty screen it would be painted second, and later."""
        return HomePage()

    def on_mount(self) -> None:
        self._following = self.set_interval(FOLLOW_EVERY, self._follow, pause=True)
        if self.visit is not None:
            self.begin_visit(self.visit)
        self.call_after_refresh(self._look_through)
        self.set_interval(RELOCK_EVERY, self._lock_idle_vault)

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < LEAST[0] or event.size.height < LEAST[1]
        if small and not isinstance(self.screen, SmallPage):
            self.push_screen(SmallPage(self.texts("ui.small", columns=LEAST[0], rows=LEAST[1])))
        elif not small and isinstance(self.screen, SmallPage):
            self.pop_screen()

    @property
    def wording(self) -> Wording:
        from states.wording import Wording

        assert self.visit is not None
        if (
            self._wording is None
            or self._wording.texts is not self.texts
            or self._wording.edition != self.visit.edition
        ):
            self._wording = Wording(self.texts, self.visit.edition, self.desk.site.hints)
        return self._wording

    @property
    def page(self) -> Page[Any] | None:
        """The page that is shown; None for another screen, and at the end, which what runs aside may outlive."""
        stack = self.screen_stack
        return stack[-1] if stack and isinstance(stack[-1], Page) else None

    # -- a visit

    def begin_visit(self, visit: Visit) -> None:
        self.visit = visit
        self._following.resume()
        self.show_state(fresh=True)
        self.call_later(self._say_what_is_odd)
        if visit.read_only is not None:
            return
        self.aside(visit.custody.keyring_state)  # its self-test, so that its state is known when it is needed
        if visit.custody.left_behind():  # a kill between an answer and the wipe it called for
            self.aside(visit.custody.wipe_left_behind)

    def _lock_idle_vault(self) -> None:
        if self.visit is not None and self.visit.custody.vault is not None:
            self.visit.custody.vault.lock_if_idle()

    def _say_what_is_odd(self) -> None:
        """What a technician has to know before the first key of a visit."""
        if self.visit is None:
            return
        if self.visit.read_only is not None and self.page is not None:
            self.page.say_fault(self.visit.read_only)
            return
        visit = self.visit
        from tui.content.odd import odd

        if self.page is not None and any(odd(visit, self.wording)):
            self.page.say(lambda: odd(visit, self.wording, "ui.edition.past_key"))
        self.say_notices()

    def _follow(self) -> None:
        if self.visit is not None and not self._looking:
            self._looking = True
            self.run_worker(self._look(self.visit))

    async def _look(self, visit: Visit) -> None:
        """See what somebody else did to this session."""
        try:
            moved_on = await asyncio.to_thread(visit.moved_on)
            page = self.page
            if visit is self.visit and page is not None and page.painted:
                self._take_in(visit, page, moved_on=moved_on)
        except Fault as fault:
            if self.page is not None:
                self.page.say_fault(fault)
        finally:
            self._looking = False

    def _take_in(self, visit: Visit, page: Page[Any], *, moved_on: bool) -> None:
        """Who was overtaken is told, and only looks on from there."""
        held = visit.read_only is None
        changed = moved_on and visit.follow()
        if changed and held and visit.read_only is not None:
            page.say_fault(visit.read_only)
        elif changed and held:
            names = ", ".join(watcher.replace("\n", " ") for watcher in visit.watchers)
            page.say(lambda: [self.texts("ui.watched", names=names)] if names else [])
        at_the_visit = len(self.screen_stack) == 2  # the list, and the page of the visit over it
        if at_the_visit and (changed or not isinstance(page, _page_of(visit.state))):
            self.show_state()
        elif changed and isinstance(page, Reading):
            page.repaint()

    def say_on_page(self, lines: Callable[[], Iterable[str]]) -> None:
        """Say something on the page that is shown by now."""
        if self.page is not None:
            self.page.say(lines)

    def _look_through(self) -> None:
        """Behind the first paint: see whether the store is whole; what is not is mended, and the list shown anew."""

        def shown(_: None) -> None:
            page = self.page
            if self.desk.notices[self._noticed :] and isinstance(page, HomePage) and page.painted:
                page.repaint()
                self.say_notices()

        self.aside(self.desk.check, shown)
        self.aside(portable.read_in)

    def say_notices(self) -> None:
        """Say, once, what the store has to tell: that it was mended, or is less safe than it should be."""
        new = self.desk.notices[self._noticed :]
        if new and self.page is not None:
            self._noticed += len(new)
            self.page.say(lambda: [line for notice in new for line in fault_lines(self.texts, notice)])

    def end_visit(self) -> None:
        """Close the sitting and show the list again. A store that fails here has lost nothing: all was acknowledged."""
        assert self.visit is not None
        fault: Fault | None = None
        if self.visit.custody.vault is not None:
            self.visit.custody.vault.lock()
        try:
            self.visit.leave()
        except Fault as met:
            fault = met
        self._show_list(fault)

    def visit_left(self, lines: Callable[[], Iterable[str]]) -> None:
        """The sitting has ended in another way: show the list again, and say how."""
        self._show_list(None)
        self.call_later(self.say_on_page, lines)

    def _show_list(self, fault: Fault | None) -> None:
        self.visit = None
        self._following.pause()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        home = self.screen
        if isinstance(home, HomePage):
            home.repaint()
            self.say_notices()
            if fault is not None:
                home.say_fault(fault)

    def show_state(self, *, fresh: bool = False) -> None:
        """Show the page for where the session stands: a step, the lobby, an end."""
        assert self.visit is not None
        kind = _page_of(self.visit.state)
        if fresh:
            self.push_screen(kind())
        elif isinstance(self.screen, kind):
            self.screen.repaint()
        else:
            self.switch_screen(kind())

    def aside(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        failed: Callable[[Fault], None] | None = None,
    ) -> None:
        """Do something that may take a while off the screen's thread; what fails is said on the page.

        Args:
            then: called with what `work` returned, if the page that asked is still there by then.
            failed: called with its fault in place of saying it, if that page is still there.
        """
        asked_by = self.screen

        async def run() -> None:
            try:
                result = await asyncio.to_thread(work)
            except Fault as fault:
                if failed is not None and asked_by in self.screen_stack:
                    failed(fault)
                elif self.page is not None:
                    self.page.say_fault(fault)
                return
            if asked_by not in self.screen_stack:  # left meanwhile
                if self.page is not None and self.page.painted:
                    self.page.repaint()
            elif then is not None:
                then(result)

        self.run_worker(run())

    def show_end(self) -> None:
        """Show an end just come to, whatever was open over the step."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.show_state()

    # -- everywhere

    def action_language(self) -> None:
        other = LANGUAGES[(LANGUAGES.index(self.texts.language) + 1) % len(LANGUAGES)]
        self.texts = Texts(other)
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.repaint()

    def action_line(self) -> None:
        """Go on without a full screen; what is half-typed is kept, and stands there."""
        self._keep_drafts()
        self.to_line_mode = True
        self.exit(0)

    def quit(self) -> None:
        """The way out of the list."""
        self.exit(0)

    def action_help(self) -> None:
        from tui.screens.help import HelpPage

        if not isinstance(self.screen, HelpPage) and isinstance(self.screen, Page):
            self.push_screen(HelpPage(self.screen.HELP))

    async def run_action(self, *args: Any, **kwargs: Any) -> bool:
        """A fault met by a key is said on the page it was pressed on."""
        try:
            return await super().run_action(*args, **kwargs)
        except Fault as fault:
            if isinstance(self.screen, Page):
                self.screen.say_fault(fault)
            return True

    def _keep_drafts(self) -> None:
        """What stands half-typed in a field is stored before the process ends."""
        for screen in self.screen_stack:  # a page may lie under its help, or under a preview
            keep = getattr(screen, "keep_draft", None)
            if keep is not None:
                keep()


def _page_of(state: str) -> type[Page[None]]:
    """The kind of page for where a session stands; each is imported when it is first shown."""
    from states.flow.board import ENDS, WAITING

    if state in ENDS:
        from tui.screens.end import EndPage

        return EndPage
    if state == WAITING:
        from tui.screens.card import CardPage

        return CardPage
    from tui.screens.step import StepPage

    return StepPage
