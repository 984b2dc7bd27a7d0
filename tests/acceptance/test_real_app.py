"""Scripts at the real app: screen, store and machine agree; where one of them says something else, it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from states.acceptance.load import Scenario, load
from states.acceptance.run import Player
from states.flow.session import Answer
from tests.acceptance.test_record import again, facts

if sys.platform == "win32":
    pytest.skip("there is no pty on this system", allow_module_level=True)

from tui.acceptance import RealApp

SUITE = Path(__file__).parent
TEXT = """# language: ja
機能: 本物の画面で

  シナリオ: 何週間かの導入
    前提 日時は2026-11-06 09:00
    かつ 「IDとパスワード」まで進んでいる
    もし 「介護保険の請求方法」に「代理人に委託」と答える
    かつ 「ユーザーID」に「KJ131372345601」と答える
    かつ 「パスワード」に「分からない」と答える
    かつ 「国保連への依頼」に「頼んだ」と答える
    かつ 14日たつ
    ならば 「国保連への依頼」は見込みの日が来た
    もし 「パスワード」が「仮パスワード」と届く
    かつ 停電のあと、続きから始める
    かつ 「対象の確認」へ移る
    かつ 「事業所の種類」に「介護サービス」と答える
    かつ 「データ連携先」に次の相手を答える:
      | 名前     | 種類         | 意向       |
      | さくら   | 居宅介護支援 | 利用する   |
      | ひまわり | 居宅介護支援 | 利用しない |
    かつ 「事業所の種類」を「両方」に変えたらどうなるかを見る
    ならば やり直しになるのは次のすべて:
      | 項目         |
      | データ連携先 |
    もし 完了にする
    ならば 「move.not_done」の理由で断られる
    もし 「田中」が引き継ぐ
    ならば 「佐藤」は見るだけになる
    もし 「事業所の都合」という理由で中止する
    かつ もう一度始める
    ならば 手順は「待っています」

  シナリオ: 短い話
    前提 「支払い」まで進んでいる
    もし 「支払い方法」に「給付費から差し引き」と答える
    ならば 「支払い」の状態は「済み」
"""


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, ...]:
    path = tmp_path_factory.mktemp("scripts") / "real.feature"
    path.write_text(TEXT, encoding="utf-8")
    script = load(path)
    assert script.problems == ()
    return script.scenarios


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_screen_store_and_machine_agree_and_what_was_done_can_be_recorded_and_played_again(
    language: str, scenarios: tuple[Scenario, ...], tmp_path: Path
) -> None:
    with RealApp(language) as app:
        player = Player(app)
        for scenario in scenarios:
            failure = player.play(scenario).failure
            assert failure is None, f"{failure.line.text}\n{failure.stood}"
            recorded = app.stored()
            replayed = again(recorded, tmp_path, language)
            assert (replayed.state, facts(replayed)) == (recorded.state, facts(recorded))


@pytest.mark.timeout(240)
def test_a_screen_that_says_something_else_is_found(
    scenarios: tuple[Scenario, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is made to believe another answer than the one that was given by keys."""
    monkeypatch.setattr("tui.acceptance.PATIENCE", 1.0)
    with RealApp("ja") as app:
        player = Player(app)
        honest = RealApp.answer

        def dishonest(self: RealApp, given: object) -> object:
            done = honest(self, given)  # type: ignore[arg-type]
            answers = self.machine.session.answers
            answers["payment"] = Answer("invoice", at=answers["payment"].at, by=answers["payment"].by)
            return done

        monkeypatch.setattr(RealApp, "answer", dishonest)
        failure = player.play(scenarios[1]).failure
    assert failure is not None
    assert failure.code == "accept.screen_differs"
    assert "the screen says of payment" in failure.stood
    assert "stored: payment" in failure.stood


def test_the_app_does_not_import_it() -> None:
    """Neither the parser nor the terminal is read by anybody who does not play scripts."""
    import subprocess

    code = (
        "import sys; import tui.cli, tui.app, states.visit, tui.screens.step; "
        "print([name for name in sys.modules if name.startswith(('gherkin', 'pyte', 'states.acceptance', 'tui.pty'))])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
