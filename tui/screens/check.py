"""A measurement: what it is doing, what it found, and whether that is taken as the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from states.fault import Fault
from states.flow.facts import Fact
from tui import words
from tui.content.asking import looks_like_a_day
from tui.content.measured import found_lines, outcome
from tui.screens.new import FormPage
from tui.screens.page import Page, text
from tui.screens.preview import with_preview
from tui.widgets.fields import Field, SecretField

if TYPE_CHECKING:
    from states.checks.result import CheckResult


def page_for_check(fact: Fact) -> Page[bool]:
    """A certificate is asked for its file first; the other checks start at once."""
    return CertificatePage(fact) if fact.check == "certificate" else CheckPage(fact, {})


def take_results(page: Page[Any], left: Sequence[tuple[str, CheckResult]], then: Callable[[], object]) -> None:
    """Record results as answers, one after the other, each over the preview where it re-opens something.

    Args:
        left: (fact, its result) of each; all have a value.
        then: called when all are recorded; a refusal or a fault is said on the page and ends it.
    """
    if not left:
        then()
        return
    (fact, result), *others = left

    def record() -> None:
        try:
            reasons = page.visit.record_check(fact, result)
        except Fault as fault:
            page.say_fault(fault)
            return
        if reasons:
            page.say_reasons(reasons)
        else:
            take_results(page, others, then)

    with_preview(page.kiosk, fact, result.value, result.detail, record)


class CheckPage(Page[bool]):
    """Runs one check off the screen's thread; it can be cancelled, repeated, and taken as the answer.

    Args:
        request: what is to be asked otherwise than the edition says.
        result: what has been measured already; without it, measuring begins at once.
    """

    BINDINGS = [
        Binding("f5,r,2", "again"),
        Binding("enter,1", "take"),
        Binding("f3,escape,3", "leave_page"),
        Binding("f6,p", "proxy"),
        Binding("f7,w", "request"),
    ]
    HELP = "help.check"

    def __init__(self, fact: Fact, request: Mapping[str, Any], result: CheckResult | None = None) -> None:
        super().__init__()
        self.fact, self.request = fact, request
        self.cancel = threading.Event()
        self.progress: list[str] = []
        self.result = result

    def body(self) -> Iterator[Widget]:
        yield Static("", id="lines", markup=False)

    def opened(self) -> None:
        if self.result is None:
            self.action_again()

    def head(self) -> tuple[str, str]:
        return f"{self.wording.step(self.fact.step)}  {self.wording.fact(self.fact.name)}", ""

    def keys(self) -> list[tuple[str, str]]:
        if self.result is None:
            return [("Esc/F3/3", "key.cancel"), ("F9/l", "key.language")]
        keys = [("F5/r/2", "key.again"), ("Esc/F3/3", "key.back"), ("F9/l", "key.language")]
        if self.fact.check == "sites":
            keys[1:1] = [("F6/p", "key.proxy"), ("F7/w", "key.request")]
        return [("Enter/1", "key.take_result"), *keys] if self.result.value is not None else keys

    def repaint(self) -> None:
        super().repaint()
        self.put("#lines", text(*self._on_the_way() if self.result is None else self._found(self.result)))

    def _on_the_way(self) -> Iterator[str | tuple[str, str]]:
        yield ("\n " + self.texts("ui.check.running") + "\n\n", "bold")
        for line in self.progress[-14:]:
            yield f"   {words.fit(line, self.columns - 4)}\n"

    def _found(self, result: CheckResult) -> Iterator[str | tuple[str, str]]:
        ended, *answer = outcome(self.wording, self.fact.name, result)
        yield (f"\n {ended}\n", "bold")
        yield from (f" {line}\n" for line in answer)
        yield "\n"
        yield from found_lines(self.texts, result.findings, self.columns)
        if result.seen:
            yield (f"\n {self.texts('ui.check.seen')}\n", "bold")
            for line in result.seen[:6]:
                yield f"   {words.fit(line, self.columns - 5)}\n"

    def action_again(self) -> None:
        self.cancel.set()
        self.cancel = threading.Event()
        self.result, self.progress = None, []
        self.repaint()
        cancel = self.cancel

        def heard(line: str) -> None:
            self.app.call_from_thread(self._heard, cancel, line)

        self.kiosk.aside(
            lambda: self.visit.run_check(self.fact.check, self.request, progress=heard, cancel=cancel),
            lambda result: self._measured(cancel, result),
        )

    def _heard(self, cancel: threading.Event, line: str) -> None:
        if cancel is self.cancel:
            self.progress.append(line)
            self.repaint()

    def _measured(self, cancel: threading.Event, result: CheckResult) -> None:
        if cancel is self.cancel:
            self.result = result
            self.repaint()

    def action_take(self) -> None:
        if self.result is not None and self.result.value is not None:
            take_results(self, [(self.fact.name, self.result)], lambda: self.dismiss(True))

    def action_proxy(self) -> None:
        if self.fact.check == "sites":
            from tui.screens.network import ProxyPage

            page = ProxyPage(str(self.request.get("proxy") or ""))
            self.app.push_screen(page, lambda given: self._through(page.address) if given else None)

    def _through(self, address: str) -> None:
        self.request = {**self.request, "proxy": address}
        self.action_again()

    def action_request(self) -> None:
        if self.fact.check == "sites" and self.result is not None:
            from tui.screens.network import write_request

            write_request(self, self.result)

    def action_leave_page(self) -> None:
        self.cancel.set()
        self.cancel = threading.Event()  # what the old one still says is no longer heard
        self.dismiss(False)


class CertificatePage(FormPage):
    """Which certificate file is read, and its password where it has one. The password goes nowhere else."""

    FIELDS = ("path",)
    TITLE_TEXT = "ui.certificate.title"
    HELP = "help.certificate"

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Static("", id="label_path", classes="line", markup=False)
            with Horizontal(classes="line"):
                yield Static("> ", classes="label", markup=False)
                yield Field(self.first_value("path"), id="path", max_length=1000)
            yield Static("", id="note_path", markup=False)
            yield Static("", id="label_password", classes="line", markup=False)
            with Horizontal(classes="line"):
                yield Static("> ", classes="label", markup=False)
                yield SecretField(id="password", max_length=1024)
            yield Static("", id="more", markup=False)

    def first_value(self, name: str) -> str:
        del name
        draft = self.visit.drafts().get(self.fact.name, "")
        return "" if looks_like_a_day(draft) else draft

    def repaint(self) -> None:
        super().repaint()
        self.put("#label_password", Content(self.texts("ui.field.file_password")))
        self.put("#more", Content("\n".join(words.wrap("\n" + self.texts("ui.certificate.how"), self.columns - 6))))

    def submitted(self, name: str) -> None:
        if name == "path":
            self.query_one("#password").focus()
        else:
            self.action_decide()

    def half_typed(self) -> dict[str, str]:
        return {self.fact.name: self.typed("path")}

    def action_decide(self) -> None:
        self.keep_draft()
        password = self.query_one("#password", SecretField).take()
        request = {"path": self.typed("path").strip().strip('"'), "password": password or None}
        self.app.push_screen(CheckPage(self.fact, request), self._taken)

    def _taken(self, taken: bool | None) -> None:
        if taken:
            self.settle()
            self.dismiss(True)

    def action_leave_page(self) -> None:
        self.query_one("#password", SecretField).take()
        super().action_leave_page()
