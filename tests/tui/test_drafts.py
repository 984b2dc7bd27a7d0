"""What stands half-typed in a field is there again, whatever ended the program; a secret never is."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from states.storage.embedded import Embedded
from tests.tui.offices import NO_CERTIFICATE, READY, USER_ID, drafts, prepare
from tests.tui.technician import Technician

NOW = "2026-11-22T09:00"
SECRET = "canary-7d1e-ひみつ"


@dataclass(frozen=True)
class Half:
    """A field, and what is typed in it.

    Args:
        open: the way to its page, from the step the technician stands in.
        text: what is typed.
        name: under which it is stored.
    """

    open: Callable[[Technician], None]
    text: str
    name: str


def field(step: str, fact: str, *choices: str) -> Callable[[Technician], None]:
    """To the page of a fact, by the text ids of what is chosen on the way."""

    def go(t: Technician) -> None:
        t.press("g")
        t.choose_step(step)
        t.step(step)
        t.open_field(fact)
        for choice in choices:
            t.choose(t.texts(choice))
        t.terminal.wait(lambda: any(row.startswith("  >") for row in t.terminal.screen()))

    return go


def words(t: Technician) -> None:
    t.press("x")
    t.wait(t.texts("ui.ends.title"))
    t.press("3")
    t.wait(t.texts("ui.field.words")[:6])


HALVES = (
    Half(field("terminal", "pc"), "事務", "pc"),
    Half(field("user_id", "kj_id"), "KJ13", "kj_id"),
    Half(field("certificate", "certificate", "value.certificate.usable"), "2028-0", "certificate"),
    Half(field("certificate", "certificate", "ui.choice.check.certificate"), "/media/cert", "certificate"),
    Half(words, "事業所の都", "words"),
    Half(field("eligibility", "partners"), "もみ", "partners"),
)


def half_type(t: Technician, half: Half) -> None:
    half.open(t)
    t.retype(half.text)
    t.wait(f"> {half.text}")


def until_kept(t: Technician, kept: Callable[[], bool]) -> None:
    """The draft of the page that is still open gets into the store by itself."""
    t.terminal.wait(kept)
    assert t.terminal.exit_code is None


@pytest.mark.timeout(180)
def test_half_typed_text_survives_a_power_cut_wherever_it_stands(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, **NO_CERTIFICATE)
    with Technician(store, NOW) as t:
        t.open_first()
        for half in HALVES:
            t.wait(t.texts("key.park"))
            half_type(t, half)
            if half.name == "partners":  # and two more have been added already
                for name, intention in (("かえで", "1"), ("けやき", "4")):
                    t.retype(name)
                    t.press("enter", intention)
                t.retype(half.text)
                until_kept(t, lambda: "けやき" in drafts(store, id).get("partners.list", ""))
            until_kept(t, lambda half=half: drafts(store, id).get(half.name) == half.text)  # type: ignore[misc]
            if half is not HALVES[-1]:
                t.press("f3")
        t.power_cut()
    with Technician(store, "2026-11-22T10:00") as t:
        t.open_first()
        t.wait(t.texts("key.park"))
        for half in HALVES:
            if half.text == "2028-0":
                continue  # the path was typed for the same fact since
            half.open(t)
            t.wait(f"> {half.text}")
            if half.name == "partners":
                t.wait("かえで")
                t.wait("けやき")
            t.press("f3")
            t.wait(t.texts("key.park"))
        assert t.stored().answers["pc"].detail == "受付PC"
        # Answered, they are forgotten; the answer stands in the field next time.
        HALVES[-1].open(t)
        t.retype("")
        t.press("enter")
        t.until("partners", "さくら")
        assert not {"partners", "partners.list"} & set(drafts(store, id))
        assert [p["name"] for p in t.stored().answers["partners"].detail] == ["さくら訪問介護", "かえで", "けやき"]


@pytest.mark.parametrize(("number", "half"), [(signal.SIGTERM, HALVES[0]), (signal.SIGHUP, HALVES[2])])
def test_half_typed_text_is_flushed_by_a_last_signal_even_under_another_page(
    number: signal.Signals, half: Half, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, **NO_CERTIFICATE)
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("issuing_password")
        half.open(t)
        t.press("f1")
        t.wait(t.texts("ui.help.title"))
        t.press("f3")
        t.retype(half.text)
        t.wait(f"> {half.text}")
        t.press("f1")
        t.wait(t.texts("ui.help.title"))
        t.terminal.kill(number)
        assert t.terminal.wait_exit() == 128 + number
    assert drafts(store, id)[half.name] == half.text
    with Technician(store, "2026-11-22T10:00") as t:
        t.open_first()
        t.wait(t.texts("key.park"))
        half.open(t)
        t.wait(f"> {half.text}")


def test_a_lost_line_loses_nothing_of_a_new_office(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Technician(store, NOW) as t:
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.terminal.send("13720\rあお")
        t.wait("> あお")
        t.terminal.hang_up()
        end = time.monotonic() + 30
        while t.terminal.exit_code is None:
            assert time.monotonic() < end
            time.sleep(0.01)
    with Technician(store, NOW) as t:
        t.press("n")
        t.wait("> あお")
        t.wait("> 13720")
        t.press("end")
        t.terminal.send("05678\r")
        t.wait("> 1372005678")
        t.press("end")
        t.terminal.send("ば")
        until_kept(t, lambda: drafts(store, Embedded.new_office).get("office_name") == "あおば")  # by itself
        t.power_cut()
    with Technician(store, NOW) as t:
        t.press("n")
        t.wait("> あおば")
        # Neither Esc, nor another language, nor another size takes anything away.
        t.press("f3")
        t.wait(t.texts("key.new"))
        t.press("n")
        t.wait("> あおば")
        t.language()
        t.wait(t.texts("ui.new.title"))
        t.terminal.resize(60, 20)
        t.terminal.wait(lambda: "-" * 60 in t.terminal.screen() and "> あおば" in t.screen)
        t.press("f10")
        t.step("eligibility")
        t.press("p")
        t.wait(t.texts("ui.card.title"))
        t.press("0")
        t.wait(t.texts("key.new"))
        assert drafts(store, Embedded.new_office) == {}
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.wait_gone("1372005678")  # the next office begins with an empty form


def test_esc_a_language_and_a_size_take_nothing_half_typed_away(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="terminal")
    with Technician(store, NOW) as t:
        t.open_first()
        HALVES[0].open(t)
        t.retype("事務室のP")
        t.wait("> 事務室のP")
        t.terminal.resize(120, 40)
        t.terminal.wait(lambda: "-" * 120 in t.terminal.screen())
        t.language()
        t.wait(t.texts("key.next_field"))
        t.wait("> 事務室のP")
        t.terminal.send("C")  # the cursor stands where it stood
        t.wait("> 事務室のPC\n")
        t.press("f3")
        t.wait(t.texts("key.park"))
        t.open_field("pc")
        t.wait("> 事務室のPC")
        assert t.stored().answers["pc"].detail == "受付PC"


def test_a_secret_is_never_a_draft(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID)
    for number in (signal.SIGTERM, signal.SIGKILL):
        with Technician(store, NOW) as t:
            t.open_first()
            t.open_field("password_kept")
            t.wait(t.texts("ui.keyring.no_service")[:16])
            t.choose(t.texts("ui.secret.visit"))
            t.wait(t.texts("ui.secret.type")[:10])
            t.terminal.send(f"山田\r{SECRET}")
            t.wait("*" * len(SECRET))
            if number == signal.SIGTERM:
                t.terminal.kill(number)
                t.terminal.wait_exit()
                continue
            # The certificate's path is a draft, its password beside it is none.
            t.press("f3")
            field("certificate", "certificate", "ui.choice.check.certificate")(t)
            t.retype("/a/path")
            t.press("enter")
            t.terminal.send(SECRET)
            t.wait("*" * len(SECRET))
            until_kept(t, lambda: drafts(store, id) == {"certificate": "/a/path"})
            t.press("f1")
            t.wait(t.texts("ui.help.title"))
            t.power_cut()
        assert SECRET.encode() not in t.terminal.raw
    assert drafts(store, id) == {"certificate": "/a/path"}
    everything = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    for told in (SECRET, json.dumps(SECRET)[1:-1], SECRET.encode("utf-16-le").decode("latin-1")):
        assert told.encode() not in everything
