"""A secret on the screen: where it may be kept and why not elsewhere, typed, shown for seconds, wiped at the end.

There is no session bus here, as over SSH: the vault is what is left, and the page says why.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.storage.vault import Vault
from tests.terminal import Terminal
from tests.tui.offices import APPLIED, CERTIFICATE, CLIENT, READY, USER_ID, prepare
from tests.tui.technician import Technician

NOW = "2026-11-22T09:00"
PASSPHRASE, SECRET = "correct horse 7", "canary-5d20e1"


@pytest.fixture(params=["ja", "en"])
def t(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Technician]:
    store = tmp_path / "store"
    prepare(store, **READY, **USER_ID)
    with Technician(store, NOW, request.param) as technician:
        technician.open_first()
        technician.step("user_id")
        yield technician


def open_page(t: Technician) -> None:
    t.open_field("password_kept")
    t.wait("(KEYRING-NO-SERVICE)")


def make_vault(t: Technician) -> None:
    open_page(t)
    t.choose(t.texts("ui.secret.vault"))
    t.wait(t.texts("ui.vault.create"))
    t.terminal.send(f"{PASSPHRASE}\r{PASSPHRASE}\r")
    t.wait(t.texts("ui.secret.type"))


def keep(t: Technician) -> None:
    make_vault(t)
    t.terminal.send(f"鈴木\r{SECRET}\r")
    t.until("password_kept", t.texts("value.password_kept.vault"))


def seen(terminal: Terminal) -> bool:
    return SECRET in terminal.text


def kinds(t: Technician) -> list[str]:
    return [event.kind for event in t.stored().log]


def test_without_a_keyring_it_is_said_why_and_the_vault_keeps_it_across_a_power_cut(t: Technician) -> None:
    keep(t)
    assert SECRET.encode() not in t.terminal.raw
    consent = next(event.body for event in t.stored().log if event.kind == "consented")
    assert consent == {"fact": "password_kept", "place": "vault", "by": "鈴木"}
    t.power_cut()
    with Technician(t.store, NOW, t.texts.language) as again:
        again.open_first()
        open_page(again)
        again.choose(again.texts("ui.secret.show"))
        again.wait(again.texts("ui.show.title"))
        again.press("enter")  # the office's person is named already
        again.wait(again.texts("ui.vault.open"))
        again.terminal.send("not this one\r")
        again.wait("(VAULT-WRONG-PASSPHRASE)")
        again.terminal.send(f"{PASSPHRASE}\r")
        again.terminal.wait(lambda: seen(again.terminal))
        assert kinds(again)[-1] == "shown"


def test_it_is_shown_for_ten_seconds_and_hides_by_itself(t: Technician) -> None:
    keep(t)
    open_page(t)
    t.choose(t.texts("ui.secret.show"))
    t.wait(t.texts("ui.show.title"))
    t.press("enter")
    t.terminal.wait(lambda: seen(t.terminal))
    begin = time.monotonic()
    t.terminal.wait(lambda: not seen(t.terminal))
    assert 8 < time.monotonic() - begin < 14
    t.wait(t.texts("ui.show.hidden"))
    t.press("enter")
    t.wait(t.texts("ui.secret.show"))
    t.choose(t.texts("ui.secret.show"))
    t.wait(t.texts("ui.show.title"))
    t.press("enter")
    t.terminal.wait(lambda: seen(t.terminal))
    t.press("esc")  # at once
    t.terminal.wait(lambda: not seen(t.terminal))
    assert kinds(t).count("shown") == 2
    assert b"\x1b]52" not in t.terminal.raw


def test_nobody_is_shown_anything_who_does_not_say_who_looks_on(t: Technician) -> None:
    keep(t)
    open_page(t)
    t.choose(t.texts("ui.secret.show"))
    t.wait(t.texts("ui.show.title"))
    t.press("end", *["backspace"] * 2, "enter")
    t.wait("(SECRET-NOBODY)")
    assert "shown" not in kinds(t)


def test_what_is_typed_is_seen_only_while_a_key_is_held_and_kept_as_typed(t: Technician) -> None:
    make_vault(t)
    t.terminal.send(f"鈴木\r {SECRET}Ａ")
    t.wait(t.texts("note.secret.spaces")[:12])
    t.wait(t.texts("note.secret.full_width")[:12])
    assert not seen(t.terminal)
    t.press("f4")
    t.terminal.wait(lambda: seen(t.terminal))
    t.terminal.wait(lambda: not seen(t.terminal))
    t.press("enter")
    t.until("password_kept", "[x]")


def test_a_passphrase_is_refused_when_short_or_not_typed_twice_alike_and_can_be_changed(t: Technician) -> None:
    open_page(t)
    t.choose(t.texts("ui.secret.vault"))
    t.wait(t.texts("ui.vault.create"))
    t.terminal.send("eleven char\releven char\r")
    t.wait("(VAULT-PASSPHRASE-SHORT)")
    t.terminal.send(f"{PASSPHRASE}\r{PASSPHRASE}!\r")
    t.wait("(VAULT-PASSPHRASE-DIFFERS)")
    t.terminal.send(f"{PASSPHRASE}\r{PASSPHRASE}\r")
    t.wait(t.texts("ui.secret.type"))
    t.press("esc")
    open_page(t)
    t.choose(t.texts("ui.secret.passphrase"))
    t.wait(t.texts("ui.vault.change"))
    t.terminal.send(f"{PASSPHRASE}\rbattery staple 8\rbattery staple 8\r")
    t.wait(t.texts("ui.vault.changed"))
    t.power_cut()
    from states.fault import Fault
    from states.storage.secrets import Secret

    vault = Vault.beside(t.store)
    with pytest.raises(Fault, match=r"vault\.wrong_passphrase"):
        vault.open(Secret(PASSPHRASE))
    vault.open(Secret("battery staple 8"))


def test_a_replaced_password_leaves_no_old_one(t: Technician) -> None:
    keep(t)
    t.open_field("password")
    t.choose(t.texts("value.password.temporary"))
    t.terminal.wait(lambda: t.texts("ui.preview.title") in t.screen)
    t.press("2")
    t.terminal.wait(lambda: "wiped" in kinds(t))
    wiped = next(event.body for event in t.stored().log if event.kind == "wiped")
    assert wiped == {"fact": "password_kept", "place": "vault"}


def test_at_the_hand_over_wiped_means_wiped_and_read_back(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, **USER_ID, **CERTIFICATE, **APPLIED, **CLIENT, stand="user_id")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("user_id")
        keep(t)
        t.press("f2")
        t.wait(t.texts("ui.steps.title"))
        t.choose_step("handover")
        t.step("handover")
        t.open_field("secrets")
        t.choose(t.texts("value.secrets.none"))
        t.wait("(SECRET-STILL-KEPT)")
        t.open_field("secrets")
        t.choose(t.texts("value.secrets.wiped"))
        t.until("secrets", "[x]")
        assert kinds(t)[-3:] == ["vault", "wiped", "answered"]
    from states.storage.secrets import Secret

    vault = Vault.beside(store)
    vault.open(Secret(PASSPHRASE))
    assert vault.names() == []
