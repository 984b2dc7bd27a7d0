"""Every kind of page: whole at 80×24, in both languages, and nothing of the one left after a switch to the other."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import make_pfx
from tests.terminal import PATIENCE
from tests.tui.offices import (
    APPLIED,
    CERTIFICATE,
    CLIENT,
    HANDED_OVER,
    NO_CERTIFICATE,
    READY,
    USER_ID,
    desk_at,
    office,
)
from tests.tui.technician import Technician
from tui import words

NOW = "2026-11-22T09:00"
ID = re.compile(r"\b(ui|key|help|step|fact|value|reason|fault|finding|paper|status|sign|move|note|wait|who)\.[a-z_]")
OWN = re.compile(r"\d\d:\d\d|/dev/pts/\d+|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}|/\S+/(ja|en)/store")


@dataclass(frozen=True)
class Place:
    """A page, how to get to it from the one before, and what has to stand in its keys zone.

    Args:
        name: for the failure.
        go: the way; ends when the page is there, in the technician's language.
        keys: text ids.
    """

    name: str
    go: Callable[[Technician], None]
    keys: tuple[str, ...]


def shown(t: Technician) -> str:
    """The screen without what is each start's own: times, terminals, hashes, folders."""
    return OWN.sub("…", t.screen)


def whole(t: Technician, place: Place) -> None:
    """Three zones, no row too wide, every key named, and no id where a text should be."""
    t.terminal.wait(lambda: all(t.texts(name) in zone(t) for name in place.keys))
    rows = t.terminal.screen()
    assert len(rows) == 24, place.name
    assert all(words.cell_len(row) <= 80 for row in rows), place.name
    assert rows[0].strip(), place.name
    assert rows[1] == "-" * 80, f"{place.name}\n{t.screen}"
    assert "-" * 80 in rows[20:23], f"{place.name}: the keys zone has no rule, or more than three lines\n{t.screen}"
    assert not ID.search(t.screen), f"{place.name}\n{t.screen}"


def zone(t: Technician) -> str:
    """What stands under the last rule."""
    return t.screen.rpartition("-" * 80)[2]


class Twins:
    """The same walk by two technicians, one in each language, each in a store of its own."""

    def __init__(self, folder: Path, stack: ExitStack, env: dict[str, str]) -> None:
        self.both = []
        for lang in ("ja", "en"):
            store = folder / lang / "store"
            prepare_offices(store)
            self.both.append(stack.enter_context(Technician(store, NOW, lang, env=env)))

    def look(self, place: Place) -> None:
        """Switch one, then both: what is shown is what the other language shows by itself."""
        one, other = self.both
        for t in self.both:
            place.go(t)
            whole(t, place)
        one.language()
        english = self._alike(place)
        one.language()
        other.language()
        assert self._alike(place) != english, place.name
        other.language()
        whole(other, place)

    def _alike(self, place: Place) -> str:
        """Wait until both show the same, and return it."""
        one, other = self.both
        for t in self.both:
            whole(t, place)
        end = time.monotonic() + PATIENCE / 3
        while (screen := shown(one)) != shown(other):
            if time.monotonic() > end:
                told = f"{place.name}, {one.texts.language}:\n{screen}\nis not\n{shown(other)}"
                raise AssertionError(told)
            time.sleep(0.01)
        return screen


def prepare_offices(store: Path) -> None:
    """Six offices; on the list they stand in this order."""
    with desk_at(store, "2026-11-06T10:00") as desk:
        lost: dict[str, Any] = {"billing": "agent", "kj_id": ("kj", "KJ131372001234"), "password": "lost", "id_request": "sent"}
        certificate = {"certificate": "none", "certificate_elsewhere": "no"}
        visit = office(desk, number="1372001234", name="みどり居宅支援", **READY, **lost, **certificate)
        assert not visit.move("park")
        visit.leave()
    with desk_at(store, "2026-11-08T10:00") as desk:
        done = USER_ID | CERTIFICATE | APPLIED | CLIENT | HANDED_OVER
        visit = office(desk, number="1170400123", name="けやき居宅支援", **READY, **done)
        assert not visit.move("complete")
        visit.leave()
    with desk_at(store, "2026-11-08T11:00") as desk:
        visit = office(desk, number="1471100021", name="かもめデイ", office_kind="both", commissioned="yes")
        assert not visit.move("refuse")
        visit.leave()
    with desk_at(store, "2026-11-08T12:00") as desk:
        visit = office(desk, number="1472100021", name="すみれデイ", office_kind="both")
        assert not visit.move("abandon", "事業所の都合")
        visit.leave()
    with desk_at(store, "2026-11-08T13:00") as desk:
        office(desk, number="1473100021", name="もみじデイ", office_kind="both", commissioned="yes").leave()
    with desk_at(store, "2026-11-22T08:00") as desk:
        office(desk, **READY, **USER_ID, **NO_CERTIFICATE, careplan_applied="applied").leave()


def seek(t: Technician, number: str) -> None:
    """From home, open the office of that number."""
    t.press("/")
    t.terminal.send(number)
    t.terminal.wait(lambda: t.screen.count(number) >= 3)  # in the field, in the list, under it
    t.press("enter", "enter")
    t.wait_gone(t.texts("key.new"))
    t.wait(number)


def keys(*more: str) -> tuple[str, ...]:
    return tuple(f"key.{name}" for name in more)


def press(*names: str, then: str = "") -> Callable[[Technician], None]:
    """Press keys, then wait for a text; of a text id, what it says."""

    def go(t: Technician) -> None:
        t.press(*names)
        if then:
            t.wait(t.texts(then).partition("\n")[0][:24])

    return go


def leave(*names: str, then: Callable[[Technician], None]) -> Callable[[Technician], None]:
    """Leave a page by these keys, then go on."""

    def go(t: Technician) -> None:
        t.press(*names)
        then(t)

    return go


STEP_KEYS = keys("fields", "jump", "steps", "address", "again", "history", "help", "back", "park", "end")


def at_home(t: Technician) -> None:
    t.wait("1372001234")


def search_in_vain(t: Technician) -> None:
    t.press("/")
    t.terminal.send("zzz")
    t.wait(": zzz\n")
    t.wait(t.texts("ui.empty.search")[:8])


def new_office(t: Technician) -> None:
    t.press("f3", "n")
    t.wait(t.texts("ui.new.title"))
    t.terminal.send("１３７２００５６７８\rab")
    t.wait("> ab")
    t.wait(t.texts("ui.new.same")[:10])


def new_refused(t: Technician) -> None:
    t.press("up")
    t.retype("137")
    t.wait("> 137\n")
    t.press("f10")
    t.said("OFFICE-MALFORMED")


def opened(t: Technician) -> None:
    t.press("q")
    t.wait(t.texts("ui.card.title"))
    t.press("0")
    t.wait(t.texts("key.new"))
    seek(t, "1372005678")
    t.step("careplan_certificate")


def choosing(t: Technician) -> None:
    t.open_field("careplan_applied")
    t.wait(t.texts("ui.choice.clear"))


def closed_step(t: Technician) -> None:
    t.press("f3")
    t.wait(t.texts("key.new"))
    seek(t, "1473100021")
    t.step("eligibility")
    t.press("]")
    t.wait(t.texts("ui.closed_because")[:24])


def go_to(t: Technician, step: str) -> None:
    t.press("g")
    t.choose_step(step)
    t.step(step)


def text_page(t: Technician) -> None:
    t.press("f3")
    t.wait(t.texts("key.park"))
    go_to(t, "terminal")
    t.open_field("pc")
    t.wait(t.texts("key.next_field"))
    t.retype("事務室PC")
    t.wait("> 事務室PC")


def text_empty(t: Technician) -> None:
    t.retype("")
    t.press("enter")
    t.said("ANSWER-EMPTY")


def preview(t: Technician) -> None:
    t.retype("事務室PC")
    t.press("enter")
    t.wait(t.texts("ui.preview.again")[:10])


def user_id_page(t: Technician) -> None:
    t.press("1")
    t.wait(t.texts("key.next_field"))
    t.press("f3")
    go_to(t, "user_id")
    t.open_field("kj_id")
    t.wait(t.texts("key.no_id"))
    t.retype("ＫＪ１３１３７２ＯＯ５６７８")
    t.wait(t.texts("note.id.look_alike", text="").strip()[:6])


def secret_page(t: Technician) -> None:
    t.press("f3")
    t.open_field("password_kept")
    t.wait(t.texts("ui.keyring.no_service")[:20])


def secret_typing(t: Technician) -> None:
    t.press("1")
    t.wait(t.texts("ui.secret.type")[:12])


def secret_empty(t: Technician) -> None:
    t.press("enter")
    t.said("SECRET-EMPTY")


def system_result(t: Technician) -> None:
    t.press("f3", "f3")
    go_to(t, "terminal")
    t.open_field("windows")
    t.choose(t.texts("ui.choice.check.system"))
    t.terminal.wait(lambda: t.texts("ui.check.running") not in t.screen and t.texts("key.again") in t.screen)


def sites_running(t: Technician) -> None:
    t.press("f3")
    t.open_field("sites")
    t.choose(t.texts("ui.choice.check.sites"))
    t.wait(t.texts("ui.check.running")[:8])


def certificate_page(t: Technician) -> None:
    t.press("f3")
    t.step("terminal")
    go_to(t, "certificate")
    t.open_field("certificate")
    t.choose(t.texts("ui.choice.check.certificate"))
    t.wait(t.texts("ui.certificate.title"))
    t.retype(str(t.store.parent.parent / "expired.pfx"))
    t.press("enter")
    t.terminal.send("secret")
    t.wait("> ******")


def certificate_result(t: Technician) -> None:
    t.press("enter")
    t.wait(t.texts("check.outcome.fail"))
    t.wait(t.texts("key.take_result"))


def day_page(t: Technician) -> None:
    t.press("f3", "f3")
    t.step("certificate")
    t.open_field("certificate")
    t.choose(t.texts("value.certificate.usable"))
    t.wait(t.texts("ui.day.form")[:10])
    t.retype("R10.3.31")
    t.wait("2028-03-31")


def day_refused(t: Technician) -> None:
    t.retype("2026-02-30")
    t.press("enter")
    t.said("ANSWER-NO-DAY")


def partners_page(t: Technician) -> None:
    t.press("f3")
    t.step("certificate")
    go_to(t, "eligibility")
    t.open_field("partners")
    t.wait(t.texts("ui.partner.add")[:8])
    t.terminal.send("もみじ")
    t.wait("> もみじ")


def steps_page(t: Technician) -> None:
    t.press("f3")
    t.step("eligibility")
    t.press("g")
    t.wait(t.texts("ui.steps.title"))


def reasons_page(t: Technician) -> None:
    t.press("f3")
    go_to(t, "careplan_certificate")
    t.press("n")
    t.wait(t.texts("ui.reasons.title"))


def history_page(t: Technician) -> None:
    t.press("f3", "h")
    t.wait(t.texts("ui.history.title"))


def address_page(t: Technician) -> None:
    t.press("f3", "t")
    t.wait("https://www.kaigo.e-seikyuu.jp/KShinsei/main")


def lobby(t: Technician) -> None:
    t.press("0")
    t.wait(t.texts("key.new"))
    seek(t, "1372001234")
    t.wait(t.texts("ui.card.waits"))


def end_of(number: str, kind: str) -> Callable[[Technician], None]:
    def go(t: Technician) -> None:
        t.press("0")
        t.wait(t.texts("key.new"))
        seek(t, number)
        t.wait(t.texts(f"ui.end.{kind}")[:10])

    return go


FORM = keys("next_field", "decide", "back", "language")
ENTRY = FORM
WALK = (
    Place("home", at_home, keys("open", "new", "search", "language", "help", "quit")),
    Place("help", press("?", then="ui.help.title"), keys("back", "language")),
    Place("search", leave("f3", then=search_in_vain), keys("open", "new", "search", "language", "help", "quit")),
    Place("new", new_office, FORM),
    Place("new, refused", new_refused, FORM),
    Place("step, closed", closed_step, (*STEP_KEYS, "key.next_closed")),
    Place("step", opened, (*STEP_KEYS, "key.next")),
    Place("choosing", choosing, keys("choose", "not_now", "help")),
    Place("text", text_page, ENTRY),
    Place("text, refused", text_empty, ENTRY),
    Place("preview", preview, keys("decide", "keep", "change")),
    Place("user id", user_id_page, keys("decide", "no_id", "back", "language")),
    Place("secret", secret_page, keys("decide", "back", "language")),
    Place("secret, typing", secret_typing, keys("decide", "back", "language")),
    Place("secret, refused", secret_empty, keys("decide", "back", "language")),
    Place("check, finished", system_result, keys("again", "back", "language")),
    Place("check, running", sites_running, keys("cancel", "language")),
    Place("certificate", certificate_page, FORM),
    Place("certificate, read", certificate_result, keys("take_result", "again", "back", "language")),
    Place("day", day_page, ENTRY),
    Place("day, refused", day_refused, ENTRY),
    Place("partners", partners_page, keys("add_partner", "intention", "kind", "remove", "decide", "back")),
    Place("steps", steps_page, keys("decide", "pick", "back")),
    Place("reasons", reasons_page, keys("decide", "pick", "back")),
    Place("history", history_page, keys("back", "language")),
    Place("address", address_page, keys("next_address", "back", "language")),
    Place("help for a step", leave("f3", then=press("f1", then="ui.help.title")), keys("back", "language")),
    Place("ends", leave("f3", then=press("x", then="ui.ends.title")), keys("decide", "pick", "back")),
    Place("words", press("3", then="ui.field.words"), FORM),
    Place("words, refused", press("enter", then="MOVE-REASON-MISSING"), FORM),
    Place("card over a step", leave("f3", then=press("p", then="ui.card.title")), keys("close", "to_step", "papers")),
    Place("lobby", lobby, keys("close", "next", "to_step", "papers", "history", "steps", "end", "language")),
    Place("complete", end_of("1170400123", "complete"), keys("close", "papers", "history", "reopen", "language")),
    Place("refused", end_of("1471100021", "refused"), keys("close", "papers", "history", "reopen", "language")),
    Place("abandoned", end_of("1472100021", "abandoned"), keys("close", "papers", "history", "reopen", "language")),
    Place("papers", press("f7", then="ui.papers.written"), keys("close", "papers", "history", "reopen", "language")),
)


@pytest.fixture
def silence() -> Iterator[str]:
    """A proxy that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.timeout(240)
def test_a_language_switch_leaves_nothing_of_the_other_one(tmp_path: Path, silence: str) -> None:
    end = datetime(2026, 4, 1, tzinfo=UTC)
    make_pfx(tmp_path / "expired.pfx", not_after=end)
    env = {"HTTPS_PROXY": silence, "HTTP_PROXY": silence, "https_proxy": silence, "http_proxy": silence}
    with ExitStack() as stack:
        twins = Twins(tmp_path, stack, env)
        for place in WALK:
            twins.look(place)
