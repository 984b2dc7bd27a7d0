"""Every kind of page: whole at 80×24, in both languages, and nothing of the one left after a switch to the other."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from locales import Texts
from states.flow import editions
from states.flow.edition import Step
from states.flow.facts import GIVEN, Fact, Form, Who, fine, fix
from states.visit import Who as Sitting
from states.visit import mover
from tests.certificates import make_pfx
from tests.terminal import PATIENCE, Terminal, python
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
    prepare,
    stored,
)
from tests.tui.technician import Technician
from tui import words
from tui.app import SetupApp
from tui.screens.step import StepPage

NOW = "2026-11-22T09:00"
ID = re.compile(r"\b(ui|key|help|step|fact|value|reason|fault|finding|paper|status|sign|move|note|wait|who)\.[a-z_]")
OWN = re.compile(
    r"/\S+\s+\S*/papers|/\S+/papers|-20261122\.(ja|en)|"
    r"\d\d:\d\d|disk free \S+|/dev/pts/\d+|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}|/\S+/(ja|en)/store"
)


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
        lost: dict[str, Any] = {
            "billing": "agent",
            "kj_id": ("kj", "KJ131372001234"),
            "password": "lost",
            "id_request": "sent",
        }
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


STEP_KEYS = keys("fields", "jump", "steps", "address", "again", "measures", "history", "help", "back", "park", "end")


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
    t.choose(t.texts("ui.secret.visit"))
    t.wait(t.texts("ui.secret.type")[:12])
    t.terminal.send("鈴木")
    t.press("enter")


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


def measures_running(t: Technician) -> None:
    t.press("f3", "m")
    t.wait(t.texts("ui.progress", done=5, all=6))


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
    Place("secret", secret_page, keys("decide", "look_again", "back", "language")),
    Place("secret, typing", secret_typing, keys("decide", "glimpse", "back", "language")),
    Place("secret, refused", secret_empty, keys("decide", "glimpse", "back", "language")),
    Place("check, finished", system_result, keys("again", "back", "language")),
    Place("check, running", sites_running, keys("cancel", "language")),
    Place("measures", measures_running, keys("detail", "stop", "back", "language")),
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


# -- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_any_size_is_drawn_and_nothing_is_lost_by_it(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare_offices(store)
    with Technician(store, NOW) as t:
        ways: tuple[Callable[[Technician], None], ...] = (
            at_home,
            lambda t: seek(t, "1372005678"),
            lambda t: go_to(t, "terminal"),
            leave("1", then=lambda t: t.retype("事務室のいちばん新しいPC")),
            leave("enter", then=lambda t: t.wait(t.texts("ui.preview.again")[:10])),
            leave("1", then=leave("f3", then=press("g", then="ui.steps.title"))),
            leave("f3", then=press("n", then="ui.reasons.title")),
            leave("f3", then=press("h", then="ui.history.title")),
            leave("f3", then=press("t", then="ui.address.title")),
            leave("f3", then=press("x", then="ui.ends.title")),
            leave("f3", then=press("?", then="ui.help.title")),
            leave("f3", then=press("p", then="ui.card.title")),
        )
        for go in ways:
            go(t)
            t.terminal.wait(lambda: t.terminal.screen()[1] == "-" * 80)
            assert t.terminal.quiet_for(0.2)
            before = shown(t)
            for columns, rows in ((40, 12), (1, 1), (9, 3), (120, 40)):
                t.terminal.resize(columns, rows)
                if rows > 5:
                    t.terminal.wait(lambda columns=columns: "-" * columns in t.terminal.screen())  # type: ignore[misc]
            t.terminal.resize(80, 24)
            t.terminal.wait(lambda before=before: shown(t) == before)  # type: ignore[misc]
        t.press("0")
        t.wait(t.texts("key.new"))
        assert t.terminal.exit_code is None


# -- what the screens do ---------------------------------------------------------------------------------------------


def log_of(store: Path, id: str) -> int:
    return len(stored(store, id).log)


@pytest.mark.timeout(120)
def test_a_changed_answer_is_shown_before_it_is_given_and_stays_in_the_history(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, "2026-11-21T10:00", **READY, **USER_ID, **NO_CERTIFICATE, stand="terminal")
    with Technician(store, NOW, name="田中") as t:
        t.open_first()
        t.step("terminal")
        t.answer("sites", "reached")  # yesterday's no longer holds
        t.until("sites", "[x]")
        events = log_of(store, id)
        for no in ("1", "f3"):
            t.open_field("pc")
            t.wait(t.texts("key.next_field"))
            t.retype("事務室PC")
            t.press("enter")
            t.wait(t.texts("ui.preview.again")[:10])
            t.wait(t.texts("ui.preview.stays"))
            for fact in ("windows", "certificate"):
                t.wait(t.texts(f"fact.{fact}")[:8])
            t.press(no)
            t.wait("> 事務室PC")
            assert log_of(store, id) == events
            t.press("f3")
            t.step("terminal")
            assert "受付PC" in t.field("pc")
        t.open_field("pc")
        t.wait("> 事務室PC")
        t.press("enter")
        t.wait(t.texts("ui.preview.again")[:10])
        t.press("2")
        t.until("pc", "事務室PC")
        t.until("windows", "[ ]")
        assert not {"windows", "edge", "sites", "certificate"} & set(stored(store, id).answers)
        # Taken back, an answer is asked for again.
        t.answer("edge", "newest")
        t.open_field("edge")
        t.choose(t.texts("ui.choice.clear"))
        t.until("edge", "[ ]")
        assert "edge" not in stored(store, id).answers
        # Who, when, and what no longer counts: the newest first.
        t.press("h")
        t.wait(t.texts("ui.history.title"))
        t.wait_gone("| 1")  # a frame comes in pieces
        said = " ".join(row.strip() for row in t.screen.split("\n"))
        gone, changed = t.texts("ui.history.superseded"), f"{t.texts('fact.pc')}: 事務室PC"
        assert re.search(rf"11/22 09:\d\d 田中 +{changed}", said), said
        assert t.texts("ui.history.withdrawn", facts="")[:8] in said
        assert said.index(t.texts("ui.answer.none")) < said.index(changed)
        t.press("end")
        t.wait(t.texts("ui.history.created"))
        t.wait_gone(t.texts("ui.answer.none"))
        said = " ".join(row.strip() for row in t.screen.split("\n"))
        assert re.search(rf"11/21 10:00 佐藤 +{t.texts('fact.pc')}: 受付PC \[[^]]*\] \({gone}\)", said), said


@pytest.mark.timeout(120)
def test_waits_are_chased_asked_again_and_parked_from_the_screen(tmp_path: Path) -> None:
    store = tmp_path / "store"
    lost = {"billing": "agent", "kj_id": ("kj", "KJ131372005678"), "password": "lost", "id_request": "sent"}
    id = prepare(store, "2026-11-06T10:00", **READY, **lost)
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("user_id")
        # Parked with work left: what is still open is said, and one goes on where one stood.
        t.press("p")
        t.wait(t.texts("ui.card.title"))
        open_now = t.texts("ui.card.still_open", steps="").partition(":")[0]
        t.wait(open_now[:8])
        t.wait(t.texts("step.terminal"))
        assert stored(store, id).state == "user_id"
        t.press("[")
        t.step("user_id")
        # Due since the 20th: asked in vain, it is late; asked for again, it begins anew.
        t.open_field("id_request")
        t.choose(t.texts("ui.choice.chase"))
        t.wait("OVERDUE")
        assert stored(store, id).answers["id_request"].chased is not None
        t.open_field("id_request")
        label = t.texts("value.id_request.sent")
        t.choose(t.texts("ui.choice.again", label=label))
        t.terminal.wait(lambda: "OVERDUE" not in t.screen)
        t.wait("12/06")
        assert stored(store, id).answers["id_request"].chased is None
        t.press("h")
        t.wait(t.texts("ui.history.chased", fact=t.texts("fact.id_request"))[:12])


@pytest.mark.timeout(120)
def test_an_unknown_outcome_is_looked_up_though_the_password_is_lost(tmp_path: Path) -> None:
    store = tmp_path / "store"
    facts = READY | USER_ID | NO_CERTIFICATE | {"careplan_applied": "unknown"}
    id = prepare(store, "2026-11-22T08:00", **facts, stand="user_id")
    with Technician(store, NOW) as t:
        t.open_first()
        t.open_field("password")
        t.choose(t.texts("value.password.lost"))
        t.wait(t.texts("key.change"))
        t.press("2")
        t.until("password", "[~]")
        t.press("g")
        t.choose_step("careplan_certificate")
        t.step("careplan_certificate")
        t.open_field("careplan_applied")
        t.choose(t.texts("value.careplan_applied.issued"))
        t.until("careplan_applied", "[x]")
        assert stored(store, id).answers["careplan_applied"].value == "issued"
        # What is not an outcome stays closed, and says why.
        t.open_field("installed")
        t.said_reason("MOVE-NEEDS")
        assert "installed" not in stored(store, id).answers


@pytest.mark.timeout(120)
def test_an_end_is_chosen_said_and_opened_again(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, "2026-11-22T08:00", office_kind="both")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("eligibility")
        t.press("x")
        t.wait(t.texts("ui.ends.title"))
        t.press("1")  # complete: not now, and nothing happens
        t.step("eligibility")
        assert stored(store, id).state == "eligibility"
        t.press("x")
        t.wait(t.texts("ui.ends.title"))
        t.press("3")
        t.wait(t.texts("ui.field.words")[:6])
        t.press("enter")
        t.wait("MOVE-REASON-MISSING")
        t.terminal.send("事業所が移転する\r")
        t.wait(t.texts("ui.end.abandoned"))
        t.wait("事業所が移転する")
        t.press("esc")
        t.press("enter", "h")  # neither ends the visit
        t.wait(t.texts("ui.history.title"))
        t.press("f3")
        t.wait(t.texts("ui.end.abandoned"))
        t.press("o")
        t.wait_gone(t.texts("ui.end.abandoned"))
        assert stored(store, id).state not in ("abandoned", "refused", "complete")
        t.press("g")
        t.choose_step("eligibility")
        t.step("eligibility")
        t.answer("commissioned", "yes")
        t.wait("COMMISSIONED-YES")
        t.press("x")
        t.wait(t.texts("ui.ends.title"))
        t.press("2")
        t.wait(t.texts("ui.end.refused"))
        t.wait("COMMISSIONED-YES")
        t.press("0")
        t.wait(t.texts("key.new"))
        t.wait(t.texts("ui.about.refused")[:10])
        t.open_first()
        t.wait(t.texts("ui.end.refused"))
        t.press("o")
        t.wait_gone(t.texts("ui.end.refused"))
        assert stored(store, id).state != "refused"


def children_of(pid: int) -> list[int]:
    """The processes that `pid` has started and that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(path.parent.name))
    return found


def test_what_comes_after_its_page_was_left_hurts_nobody(tmp_path: Path) -> None:
    """The keyring is looked at, and a check runs, in a process of its own; the page may be gone when it answers."""
    store = tmp_path / "store"
    prepare(store, "2026-11-22T08:00", **READY, **USER_ID, stand="user_id")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("user_id")
        for step, fact, choices in (
            ("user_id", "password_kept", ()),
            ("terminal", "windows", (t.texts("ui.choice.check.system"),)),
        ):
            for _ in range(3):
                go_to(t, step)
                t.open_field(fact)
                for choice in choices:
                    t.choose(choice)
                with contextlib.suppress(AssertionError):  # one that is too quick to be seen does no harm
                    t.terminal.wait(lambda: children_of(t.terminal.pid), 2)
                t.press("f3", "g")  # the next page is being built when the answer comes
                t.wait(t.texts("ui.steps.title"))
                t.terminal.wait(lambda: not children_of(t.terminal.pid))
                t.press("f3", "h")
                t.wait(t.texts("ui.history.title"))
                t.press("f3")
                t.wait(t.texts("key.park"))
        assert t.terminal.exit_code is None


# -- a crash ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plant", ["paint", "key", "thread", "timer"])
def test_a_crash_leaves_one_sentence_and_no_value(plant: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY)
    command = python("-m", "tests.tui.apps.planted", "--store", store, "--now", NOW, "--lang", "ja", "--name", "佐藤")
    env = {"CAREPLAN_TEST_PLANT": plant, "PYTHONPATH": str(Path(__file__).parents[2])}
    with Terminal(command, env=env) as terminal:
        texts = Texts("ja")
        terminal.wait(texts("key.new"))
        terminal.key("enter")
        terminal.wait(texts("key.park"))
        terminal.key("h")
        assert terminal.wait_exit() == 1
        assert "INTERNAL-1" in terminal.text
        left = terminal.raw.rpartition(b"\x1b[?1049l")[2]
        for told in ("1372005678", "あおば", "what was in hand", "Traceback", "RuntimeError", "ひびきケア"):
            assert told.encode() not in left
            assert told not in terminal.text
    assert stored(store, id).answers["pc"].detail == "受付PC"


def test_the_planted_app_without_its_error_shows_the_history(tmp_path: Path) -> None:
    """Else the test above would show nothing."""
    store = tmp_path / "store"
    prepare(store, **READY)
    command = python("-m", "tests.tui.apps.planted", "--store", store, "--now", NOW, "--lang", "ja", "--name", "佐藤")
    env = {"CAREPLAN_TEST_PLANT": "none", "PYTHONPATH": str(Path(__file__).parents[2])}
    with Terminal(command, env=env) as terminal:
        terminal.wait(Texts("ja")("key.new"))
        terminal.key("enter")
        terminal.wait(Texts("ja")("key.park"))
        terminal.key("h")
        terminal.wait(Texts("ja")("ui.history.title"))


# -- another edition -------------------------------------------------------------------------------------------------

EXTRA = "2099-04-01"
ONE_OF_EACH = {
    Form.CHOICE: Fact(name="extra_choice", values=(fine("yes"), fine("no"))),
    Form.TEXT: Fact(name="extra_text", form=Form.TEXT, values=GIVEN),
    Form.DATE: Fact(name="extra_date", form=Form.DATE, values=GIVEN),
    Form.USER_ID: Fact(name="extra_user_id", form=Form.USER_ID, values=(fine("kj"), fix("malformed", Who.OFFICE))),
    Form.PARTNERS: Fact(name="extra_partners", form=Form.PARTNERS, values=(fine("using"), fine("undecided"))),
    Form.SECRET: Fact(name="extra_secret", form=Form.SECRET, values=(fine("visit"), fine("not_kept"))),
}
TYPED = {
    Form.TEXT: (("x", "y"), "xy"),
    Form.DATE: (tuple("2027-01-31"), "2027-01-31"),
    Form.USER_ID: (tuple("KJ131372005678"), "KJ131372005678"),
}


@pytest.fixture
def extra_edition(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The edition and one step more, with a question of every form there is."""
    step = Step(name="extra", item="8", asks=tuple(ONE_OF_EACH.values()))
    before = editions.find(editions.NEWEST)
    edition = replace(before, name=EXTRA, steps=(*before.steps[:-1], step, before.steps[-1]))
    monkeypatch.setitem(editions.KNOWN, EXTRA, "extra")
    module = ModuleType("states.flow.editions.extra")
    module.EDITION = edition  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    yield EXTRA
    editions.find.cache_clear()
    mover.cache_clear()


def test_an_edition_with_a_step_more_needs_no_page_more(tmp_path: Path, extra_edition: str) -> None:
    """Only texts are missing, and where one is, its id stands."""
    assert set(ONE_OF_EACH) == set(Form)

    async def walk() -> None:
        with desk_at(tmp_path / "store", "2026-11-22T09:00") as desk:
            app = SetupApp(desk, "ja", Sitting("佐藤", "tablet", "pts/0"))
            async with app.run_test(size=(80, 24)) as pilot:
                assert app.who is not None
                visit = desk.begin("1372005678", "あおば", extra_edition, app.who)
                app.begin_visit(visit)
                await pilot.pause()
                assert not visit.move("go_extra")
                app.show_state()
                await pilot.pause()
                assert isinstance(app.screen, StepPage)
                assert [fact.form for fact in app.screen.fields] == list(ONE_OF_EACH)
                for number, (form, fact) in enumerate(ONE_OF_EACH.items(), 1):
                    await pilot.press(str(number))
                    await pilot.pause()
                    if form is Form.CHOICE:
                        await pilot.press("1")
                    elif form in TYPED:
                        keys, detail = TYPED[form]
                        await pilot.press(*keys, "enter")
                        await pilot.pause()
                        assert visit.session.answers[fact.name].detail == detail
                    elif form is Form.PARTNERS:
                        await pilot.press("a", "enter", "1", "f10")
                    else:
                        await pilot.press("escape")
                    await pilot.pause()
                    assert isinstance(app.screen, StepPage), form
                    assert (fact.name in visit.session.answers) == (form is not Form.SECRET), form
                visit.leave()

    asyncio.run(walk())


def test_what_was_looked_for_aside_may_come_when_there_is_no_page_any_more(tmp_path: Path) -> None:
    async def walk() -> None:
        with desk_at(tmp_path / "store", "2026-11-22T09:00") as desk:
            app = SetupApp(desk, "ja", Sitting("佐藤", "tablet", "pts/0"))
            assert app.who is not None
            async with app.run_test(size=(80, 24)) as pilot:
                visit = desk.begin("1372005678", "あおば", editions.FIRST, app.who)
                app.begin_visit(visit)
                await pilot.pause()
                assert app.page is app.screen
            assert app.page is None
            await app._look(visit)
            app.say_on_page(lambda: ["nobody hears"])
            visit.leave()

    asyncio.run(walk())
