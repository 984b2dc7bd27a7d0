"""What belongs to the check of the sites: a proxy that is typed, and the request to the office's network people."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from textual.content import Content

from states.fault import Fault
from tui import words
from tui.screens.new import FormPage

if TYPE_CHECKING:
    from states.checks.result import CheckResult
    from tui.screens.check import CheckPage


class ProxyPage(FormPage):
    """Through which proxy the sites are to be asked, in place of what this PC's settings say.

    Args:
        address: what the field begins with. When the page has been agreed to, it holds what was typed, without a name
            and password; "" for no proxy.
    """

    FIELDS = ("proxy",)
    TITLE_TEXT = "ui.proxy.title"
    HELP = "help.check"

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def first_value(self, name: str) -> str:
        del name
        return self.address

    def repaint(self) -> None:
        super().repaint()
        self.put("#more", Content("\n".join(words.wrap(self.texts("ui.proxy.how"), self.columns - 6))))

    def action_decide(self) -> None:
        from states.checks.proxies import without_credentials

        typed = self.typed("proxy").strip()
        try:
            self.address = without_credentials(typed) if typed else ""
        except ValueError:
            self.say_fault(Fault("proxy.malformed", text=typed[:40]))
            return
        self.dismiss(True)


def write_request(page: CheckPage, result: CheckResult) -> None:
    """Write the request in both forms beside the store, and say where."""
    from states.handover.allow import write

    app, visit = page.kiosk, page.visit
    folder = app.papers

    def work() -> list[str]:
        assert folder is not None
        return [str(p) for p in write(visit.edition.sites, result, platform.node(), visit.now, app.texts, folder)]

    app.aside(work, lambda paths: page.say(lambda: [page.texts("ui.papers.written"), *paths]))
