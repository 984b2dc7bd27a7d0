"""An organisation's file: what it may add, every mistake by its line, and nothing by which a guard gets weaker."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from locales import Texts
from states.desk import Desk
from states.fault import Fault
from states.flow import editions
from states.flow.events import JAPAN
from states.site import Site, examine, read_site
from states.visit import Who
from states.wording import Wording
from tui.cli import main

GOOD = """\
[organisation]
name = "あおば支援センター"
help = "電話 03-0000-0000 (平日)"

[sites]
extra = ["proxy.example.jp"]

[hints]
kj_id = "通知書は青い封筒です"

[defaults]
technician = "佐藤"
language = "en"
edition = "2023-05-26"
product = "ひびきケア"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_an_organisation_may_say(tmp_path: Path) -> None:
    site = read_site(written(tmp_path, GOOD))
    assert site.help == "電話 03-0000-0000 (平日)"
    assert site.sites == ("proxy.example.jp",)
    assert (site.technician, site.language, site.edition) == ("佐藤", "en", "2023-05-26")
    assert site.texts == {"product": "ひびきケア"}
    hint = Wording(Texts("ja"), editions.find("2026-07"), site.hints).hint("kj_id")
    assert hint.startswith(Texts("ja")("fact.kj_id.hint"))  # added, not instead
    assert hint.endswith("通知書は青い封筒です")
    assert read_site(tmp_path / "none.toml") == Site()


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("[organisation]\nname = あおば\n", 2, "syntax"),
        ("[organisation]\n\nnames = 'x'\n", 3, "unknown"),
        ("[hints]\nkj_id = 'a'\nno_such_fact = 'b'\n", 3, "unknown"),
        ("[hints]\npassword_kept = 'a'\n", 2, "unknown"),  # nothing is said beside a secret
        ("[hints]\nkj_id = 7\n", 2, "value"),
        ("[hints]\nkj_id = 'a\\tb'\nedge = \"x\\u001b[2J\"\n", 3, "value"),
        ("[sites]\nextra = 'www.example.jp'\n", 2, "value"),
        ("[sites]\nextra = ['https://www.example.jp/']\n", 2, "host"),
        ("[defaults]\nedition = '2024'\n", 2, "choice"),
        ("[defaults]\nkj_id = 'KJ131372005678'\n", 2, "unknown"),  # no answer is given by a file
    ],
)
def test_every_mistake_is_told_by_its_line(text: str, line: int, code: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    _, wrong = examine(path)
    assert [(one.line, one.code) for one in wrong] == [(line, code)]
    with pytest.raises(Fault) as refused:
        read_site(path)
    assert refused.value.code == f"site.{code}"
    assert refused.value.values["line"] == str(line)


@pytest.mark.parametrize(
    "attempt",
    [
        "[guards]\neligible = false",
        "[steps.terminal]\nneeds = []",
        "[sites]\nremove = ['www.careplan-renkei.jp']",
        "[sites]\nonly = ['www.example.jp']",
        "[values]\n'sites.not_reached' = 'fine'",
        "[certificates]\nusable = ['代理人証明書']",
        "[editions]\nuntil = 2099-01-01",
        "[defaults]\nsites = 'reached'",
        "[defaults]\ncertificate = 'usable'",
        "[[hints]]\nkj_id = 'a'",
        "needs = []",
    ],
)
def test_no_guard_gets_weaker_by_it(attempt: str, tmp_path: Path) -> None:
    site, wrong = examine(written(tmp_path, GOOD.replace("[sites]", f"{attempt}\n[other]") + "\n" + attempt + "\n"))
    assert wrong
    assert site == Site()  # nothing of a file with a mistake counts
    site, wrong = examine(written(tmp_path, attempt + "\n"))
    assert [one.code for one in wrong] == ["unknown"]


def test_sites_are_measured_besides_those_of_the_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    store.mkdir(mode=0o700)
    written(store, GOOD)
    desk = Desk.open(store, lambda: datetime(2026, 11, 22, 9, tzinfo=JAPAN))
    visit = desk.begin("1372005678", "あおば訪問介護", "2026-07", Who("佐藤", "pc", ""))
    asked: list[str] = []
    monkeypatch.setattr("states.checks.run.run", lambda _, request, **__: asked.extend(request["sites"]))
    visit.run_check("sites", {})
    assert asked == [*visit.edition.sites, "proxy.example.jp"]
    desk.close()


def test_a_wrong_file_is_said_and_stops_nobody(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir(mode=0o700)
    written(store, "[guards]\n")
    desk = Desk.open(store, lambda: datetime(2026, 11, 22, 9, tzinfo=JAPAN))
    assert desk.site == Site()
    assert [notice.code for notice in desk.notices] == ["site.unknown"]
    desk.begin("1372005678", "あおば訪問介護", "2026-07", Who("佐藤", "pc", ""))
    desk.close()


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD)
    assert main(["site", str(path)]) == 0
    written(tmp_path, GOOD.replace("[hints]", "[guards]"))
    assert main(["--lang", "en", "site", str(path)]) == 1
    told = capsys.readouterr().out
    assert f"{path}, line 8: " in told
    assert "(SITE-UNKNOWN)" in told
    assert main(["site", str(tmp_path / "none.toml")]) == 0
