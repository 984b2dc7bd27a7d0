"""Writes the technician's guide `docs/guide.ja.md` from the app: `make guide`. No sentence of a step stands here.

The words are the catalogue's, the pictures are the app's own screens, and a test says when the page is not what this
would write. Only the titles of the troubles are told here; what to do about each is the remedy of its code.
Pictures need rsvg-convert and pngquant (Debian: librsvg2-bin, pngquant, fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from locales import Texts
from states.desk import Desk
from states.fault import shown_code
from states.flow import editions
from states.flow.edition import Edition
from states.flow.events import JAPAN
from states.flow.facts import Form
from states.flow.proof.routes import usual_answers
from states.visit import Visit, Who
from states.wording import Wording
from tests.pictures import svg
from tests.tui.technician import Technician
from tui.words import cell_len

ROOT = Path(__file__).resolve().parent.parent
GUIDE, PICTURES = ROOT / "docs" / "guide.ja.md", ROOT / "docs" / "pictures" / "guide"
TEXTS = Texts("ja")
NOW = "2026-11-20T10:00"
BRANCH = {  # what has to be unusual for a row to apply
    "issuing_password": {"certificate": "none", "certificate_elsewhere": "no"},
    "reinstall_certificate": {"certificate": "none", "certificate_elsewhere": "other_pc"},
    "careplan_certificate": {"certificate": "none", "certificate_elsewhere": "no"},
}
DETAILS: dict[Form, Any] = {
    Form.TEXT: "事務室PC",
    Form.USER_ID: "KJ131372005678",
    Form.PARTNERS: [{"name": "さくら居宅", "kind": "home_care_support", "intention": "willing"}],
}
# What trips people up, the most frequent first; the step it is met in, and the reasons that the app gives for it.
TROUBLES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("どのIDか分からない(KJ、HD、J)", "user_id", ("kj_id.hd", "kj_id.isdn", "kj_id.malformed")),
    ("仮パスワードのまま", "user_id", ("password.temporary",)),
    ("IDやパスワードをなくし、郵便を待つ", "user_id", ("id_request.unanswered", "security_mail.reissue_online")),
    ("3回まちがえて、ロックされた", "application", ("login.locked",)),
    ("セキュリティ用メールの登録がない", "user_id", ("security_mail.not_registered", "security_mail.not_sure")),
    (
        "証明書がない、種類が違う、期限切れ",
        "certificate",
        ("installed.none", "installed.wrong_kind", "certificate.expired"),
    ),
    ("証明書発行用パスワードが分からない", "issuing_password", ("issuing_request.unanswered",)),
    ("請求を任せていて、だれもログインしたことがない", "user_id", ("billing.contradicts_billing_pc", "login.failed")),
    ("利用申請が通ったのか分からない", "application", ("completion.unknown", "completion.not_seen")),
    ("一台のPCに、いくつもの事業所がある", "terminal", ("other_pcs.some",)),
    ("介護ソフトが対応していない、一部だけ対応", "care_software", ("interface.no", "patterns.partly")),
    ("連携先がまだ使っていない", "eligibility", ("partners.unwilling", "partner_asked.unanswered")),
    ("FAXと並行して、二重になる", "client_app", ("partner_asked.overdue",)),
    ("取り込むファイルの組がそろわない", "web_exchange", ("web_exchange.failed", "exported.failed")),
    ("ポータル、WEBサービス、今のシステムを取り違える", "first_registration", ("uses_system.no", "portal.not_opened")),
)


def steps() -> Iterator[tuple[Edition, str]]:
    """Every step of the introduction in force, then those that the move alone has."""
    newest, move = editions.find(editions.NEWEST), editions.find(editions.MOVE)
    yield from ((newest, step) for step in newest.order)
    yield from ((move, step) for step in move.order if step not in newest.step)


def page() -> str:
    """The guide."""
    lines = [
        "# 技術者の手引き",
        "",
        "この文書は、アプリの画面と文から作られています(`make guide`)。直すときは、アプリの文を直します。",
        "",
    ]
    for name in (editions.NEWEST, editions.MOVE):
        about = TEXTS(f"edition.{name}.about").replace("\n", "")
        lines += [f"- {TEXTS(f'edition.{name}')}: {about}"]
    of: Edition | None = None
    for edition, step in steps():
        if edition is not of:
            of = edition
            lines += ["", f"## {TEXTS(f'edition.{edition.name}')}", ""]
        lines += list(_step(edition, step))
    lines += [
        "## よくある15の困りごと",
        "",
        "多いものから順です。かっこの中は、画面に出る記号です。電話で伝えると早く分かります。",
        "",
    ]
    for number, (title, step, codes) in enumerate(TROUBLES, 1):
        lines += list(_trouble(number, title, step, codes))
    return "\n".join(line for part in lines for line in _broken(part)).rstrip() + "\n"


def _step(edition: Edition, step: str) -> Iterator[str]:
    wording = Wording(TEXTS, edition)
    yield from (f"### {wording.step(step)}", "", wording.own(f"step.{step}.title") + "。", "")
    yield from (f"![{wording.step(step)}の画面](pictures/guide/{step}.png)", "")
    yield from (f"- {line}" for line in wording.own(f"step.{step}.do").split("\n"))
    yield ""
    for paragraph in wording.own(f"step.{step}.help").split("\n\n"):
        yield from (f"{line}  " for line in paragraph.split("\n"))
        yield ""
    for fact in edition.step[step].asks:
        hint = wording.hint(fact.name)
        yield f"- {wording.fact(fact.name)}{f': {hint}' if hint else ''}"
    yield ""


def _trouble(number: int, title: str, step: str, codes: tuple[str, ...]) -> Iterator[str]:
    edition = next(found for found, name in steps() if name == step)
    yield from (f"### {number}. {title}", "", f"出るところ: {Wording(TEXTS, edition).step(step)}", "")
    for code in codes:
        where = next(e for e, _ in steps() if code.partition(".")[0] in e.facts)
        wording = Wording(TEXTS, where)
        said, remedy = wording.own(f"reason.{code}"), wording.own(f"reason.{code}.remedy")
        for name, fact in (("{fact}", code.partition(".")[0]), ("{other}", "billing_pc")):
            said = said.replace(name, wording.fact(fact))
        said = said.replace("遅れの日数: {days}", "").strip()
        yield f"- {said} {remedy} ({shown_code(code)})"
    yield ""


def _broken(line: str) -> Iterator[str]:
    """A line as it fits the page; broken behind a sentence, for Japanese has no spaces."""
    while cell_len(line) > 220 and "。" in line[:100]:
        at = line[:100].rindex("。") + 1
        yield line[:at]
        line = "  " + line[at:].lstrip() if line.strip() else ""
    yield line


# -- pictures


def visit_at(desk: Desk, edition: Edition, step: str) -> Visit:
    """An office that has come to a step by usual answers."""
    wanted = {**usual_answers(edition), **BRANCH.get(step, {})}
    visit = desk.begin("1372005678", "あおば訪問介護", edition.name, Who("佐藤", "pc", ""))
    for earlier in edition.order[: edition.order.index(step)]:
        if visit.state != earlier and visit.move(f"go_{earlier}"):
            continue
        asked: set[str] = set()
        while fact := next((f for f in visit.questions() if f.name not in asked and f.form is not Form.SECRET), None):
            asked.add(fact.name)
            value = fact.value(wanted[fact.name])
            visit.answer(
                fact.name, value.name, DETAILS.get(fact.form, ""), until=date(2028, 3, 31) if value.dated else None
            )
    if visit.state != step:
        assert not visit.move(f"go_{step}"), step
    return visit


def pictures() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for edition, step in steps():
        with tempfile.TemporaryDirectory(dir="/var/tmp" if sys.platform != "win32" else None) as folder:
            desk = Desk.open(Path(folder) / "store", lambda: datetime.fromisoformat(NOW).replace(tzinfo=JAPAN))
            visit_at(desk, edition, step).leave()
            desk.close()
            with Technician(Path(folder) / "store", NOW) as t:
                t.open_first()
                t.wait(Wording(TEXTS, edition).own(f"step.{step}.title")[:10])
                assert t.terminal.quiet_for(0.3)
                drawn = Path(folder) / "step.svg"
                drawn.write_text(svg(t.terminal), encoding="utf-8")
            place = PICTURES / f"{step}.png"
            subprocess.run(["rsvg-convert", "--zoom", "0.8", drawn, "-o", place], check=True)
            subprocess.run(["pngquant", "--force", "--ext", ".png", "16", place], check=True)
            print(place.name)


if __name__ == "__main__":
    GUIDE.write_text(page(), encoding="utf-8")
    if missing := [name for name in ("rsvg-convert", "pngquant") if shutil.which(name) is None]:
        sys.exit(f"needed for the pictures: {', '.join(missing)} (Debian: librsvg2-bin, pngquant, fonts-noto-cjk)")
    pictures()
