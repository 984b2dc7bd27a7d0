"""The closed set of sentences, each in Japanese and English, and how a line is told to be one of them.

A slot in braces is named after what it holds: `{fact}`, `{value}` … (see `Lexicon.read`); it stands in 「」 or
in "", days and numbers stand bare. A line is matched by its skeleton, the text without what stands in the slots, so
that looking one up costs the same however many sentences there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from states.acceptance.world import World

GIVEN, WHEN, THEN = "Context", "Action", "Outcome"  # as Gherkin names the parts of a scenario
PARTS = {"C": GIVEN, "A": WHEN, "O": THEN}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the set.

    Args:
        parts: where it may stand: C given, A when, O then.
        does: what it does with what stands in its slots.
        ja, en: its forms; the first of each is the one that is written by the program.
        table: the columns of the table that belongs to it; those in brackets may be left out.
    """

    parts: str
    does: Callable[..., None]
    ja: tuple[str, ...]
    en: tuple[str, ...]
    table: tuple[str, ...] = ()

    def says(self, language: str, **slots: object) -> str:
        """The sentence with its slots filled."""
        form = (self.ja if language == "ja" else self.en)[0]
        return form.format(**{name: escaped(str(value)) for name, value in slots.items()})


def _s(parts: str, does: Callable[..., None], ja: str, en: str, *table: str) -> Sentence:
    return Sentence(parts, does, tuple(ja.split(" / ")), tuple(en.split(" / ")), table)


W = World
SENTENCES: dict[str, tuple[Sentence, ...]] = {
    "beginning": (
        _s("C", W.follow, "版は「{edition}」", 'the edition is "{edition}"'),
        _s("C", W.at_office, "事業所は「{number}」「{name}」", 'the office is "{number}" "{name}"'),
        _s("C", W.by, "担当者は「{name}」", 'the technician is "{name}"'),
        _s("C", W.usually, "この事業所では「{fact}」は「{value}」", 'at this office "{fact}" is "{value}"'),
        _s(
            "C",
            W.usually,
            "この事業所では「{fact}」は「{value}」、{day}まで",
            'at this office "{fact}" is "{value}" until {day}',
        ),
        _s("C", W.come_to, "「{place}」まで進んでいる", 'it has come to "{place}"'),
        _s("CA", W.finish, "「{step}」をいつものとおり済ませる", '"{step}" is done as usual'),
    ),
    "clock": (
        _s("CA", W.set_clock, "日時は{time}", "the time is {time}"),
        _s("CA", W.pass_days, "{n}日たつ", "{n} days pass / {n} day passes"),
        _s("CA", W.pass_hours, "{n}時間たつ", "{n} hours pass / {n} hour passes"),
        _s("CA", W.turn_back, "時計が{n}日戻る", "the clock goes back {n} days / the clock goes back {n} day"),
    ),
    "answers": (
        _s("CA", W.answer, "「{fact}」に「{value}」と答える", '"{fact}" is answered "{value}"'),
        _s("CA", W.answer, "「{fact}」に「{value}」、{day}までと答える", '"{fact}" is answered "{value}" until {day}'),
        _s(
            "CA",
            W.answer,
            "「{fact}」に「{value}」、詳しくは「{text}」と答える",
            '"{fact}" is answered "{value}" with "{text}"',
        ),
        _s("CA", W.answer_all, "次のとおり答える", "these are answered", "fact", "value", "(day)"),
        _s(
            "CA",
            W.answer_partners,
            "「{fact}」に次の相手を答える",
            '"{fact}" is answered with these',
            *("name", "office_kind", "intention"),
        ),
        _s("CA", W.measure, "「{fact}」を測ると「{value}」", '"{fact}" is measured as "{value}"'),
        _s(
            "CA", W.measure, "「{fact}」を測ると「{value}」、{day}まで", '"{fact}" is measured as "{value}" until {day}'
        ),
        _s(
            "CA",
            W.measure,
            "「{fact}」を測ると「{value}」、詳しくは「{text}」",
            '"{fact}" is measured as "{value}" with "{text}"',
        ),
        _s(
            "CA",
            W.measure,
            "「{fact}」を測ると「{value}」、{day}まで、詳しくは「{text}」",
            '"{fact}" is measured as "{value}" until {day} with "{text}"',
        ),
        _s(
            "CA",
            W.measure_there,
            "「{fact}」を別のPCで測ると「{value}」",
            '"{fact}" is measured on another PC as "{value}"',
        ),
        _s(
            "CA",
            W.measure_there,
            "「{fact}」を別のPCで測ると「{value}」、{day}まで",
            '"{fact}" is measured on another PC as "{value}" until {day}',
        ),
        _s("CA", W.arrive, "「{fact}」が「{value}」と届く", '"{fact}" arrives as "{value}"'),
        _s("CA", W.arrive, "「{fact}」が「{value}」、{day}までと届く", '"{fact}" arrives as "{value}" until {day}'),
        _s("CA", W.take_back, "「{fact}」の答えを取り消す", 'the answer to "{fact}" is taken back'),
        _s(
            "A",
            W.look,
            "「{fact}」を「{value}」に変えたらどうなるかを見る",
            'changing "{fact}" to "{value}" is looked at',
        ),
        _s("CA", W.chase, "「{fact}」を聞いたが、まだ来ない", '"{fact}" was asked for again and has not come'),
    ),
    "movements": (
        _s("CA", W.move_to, "「{step}」へ移る", 'the technician goes to "{step}"'),
        _s("CA", W.move_next, "次へ進む", "the technician goes on"),
        _s("CA", W.move_back, "前へ戻る", "the technician goes back"),
        _s("CA", W.park, "今日はここまでにする", "that is all for today"),
        _s("CA", W.complete, "完了にする", "the introduction is completed"),
        _s("CA", W.refuse, "対象外として終える", "the introduction is refused"),
        _s("CA", W.abandon, "「{text}」という理由で中止する", 'the introduction is abandoned because "{text}"'),
        _s("A", W.abandon, "理由を書かずに中止する", "the introduction is abandoned without a reason"),
        _s("CA", W.reopen, "もう一度始める", "the introduction is reopened"),
    ),
    "sittings": (
        _s("CA", W.leave, "訪問を終える", "the visit ends"),
        _s("CA", W.come, "「{name}」が訪問して続ける", '"{name}" comes and goes on'),
        _s("CA", W.cut, "停電のあと、続きから始める", "after a power cut it goes on"),
        _s("CA", W.take_over, "「{name}」が引き継ぐ", '"{name}" takes over'),
    ),
    "where it stands": (
        _s("O", W.is_at, "手順は「{place}」", 'the step is "{place}"'),
        _s("O", W.has_ended, "「{end}」で終わっている", 'it has ended as "{end}"'),
        _s("O", W.has_status, "「{step}」の状態は「{status}」", 'the state of "{step}" is "{status}"'),
        _s("O", W.have_statuses, "手順の状態は次のとおり", "the states of the steps are", "step", "status"),
        _s("O", W.needs_first, "「{step}」には先に「{need}」が要る", '"{step}" first needs "{need}"'),
        _s(
            "O",
            W.decided_by,
            "「{step}」が要るかどうかは「{fact}」で決まる",
            '"{fact}" decides whether "{step}" applies',
        ),
        _s("O", W.next_leads, "次へ進むと「{place}」", 'going on leads to "{place}"'),
        _s("O", W.back_leads, "前へ戻ると「{place}」", 'going back leads to "{place}"'),
        _s("O", W.no_way_on, "「{code}」の理由で次へは進めない", 'there is no way on because of "{code}"'),
        _s("O", W.may_go, "「{step}」へ移れる", 'one may go to "{step}"'),
        _s(
            "O",
            W.may_not_go,
            "「{code}」の理由で「{step}」へは移れない",
            'one may not go to "{step}" because of "{code}"',
        ),
    ),
    "reasons": (
        _s(
            "O",
            W.why_only,
            "「{step}」が済まない理由は「{code}」だけ",
            'only "{code}" keeps "{step}" from being done',
        ),
        _s(
            "O",
            W.why_all,
            "「{step}」が済まない理由は次のすべて",
            'exactly these keep "{step}" from being done',
            "code",
        ),
        _s("O", W.why_among, "「{step}」が済まない理由に「{code}」がある", '"{code}" keeps "{step}" from being done'),
        _s("O", W.why_none, "「{step}」が済まない理由はない", 'nothing keeps "{step}" from being done'),
        _s("O", W.was_refused, "「{code}」の理由で断られる", 'it is refused because of "{code}"'),
        _s(
            "O",
            W.was_refused_for,
            "「{code}」の理由で断られ、要るのは「{need}」",
            'it is refused because of "{code}", which is "{need}"',
        ),
        _s(
            "O", W.was_refused_all, "次のすべての理由で断られる", "it is refused because of all these", "code", "(need)"
        ),
        _s("O", W.warns, "「{code}」の注意が出る", 'there is a warning of "{code}"'),
    ),
    "facts": (
        _s("O", W.stands_at, "「{fact}」は「{value}」", '"{fact}" is "{value}"'),
        _s("O", W.stands_at, "「{fact}」は「{value}」、{day}まで", '"{fact}" is "{value}" until {day}'),
        _s("O", W.is_unanswered, "「{fact}」は答えていない", '"{fact}" is not answered'),
        _s("O", W.is_at_rest, "「{fact}」は休んでいる", '"{fact}" is at rest'),
        _s("O", W.is_asked, "「{fact}」を聞かれる", '"{fact}" is asked'),
        _s("O", W.is_not_asked, "「{fact}」を聞かれない", '"{fact}" is not asked'),
        _s(
            "O",
            W.is_known_by,
            "「{fact}」の根拠は「{how}」、担当は「{name}」",
            '"{fact}" is known by "{how}" from "{name}"',
        ),
        _s(
            "O",
            W.is_known_by,
            "「{fact}」の根拠は「{how}」、担当は「{name}」、{day}",
            '"{fact}" is known by "{how}" from "{name}" on {day}',
        ),
        _s("O", W.was_before, "「{fact}」は前に「{value}」だった", '"{fact}" was "{value}" before'),
    ),
    "what a change does": (
        _s("O", W.withdraws, "やり直しになるのは次のすべて", "exactly these are to be done again", "fact"),
        _s("O", W.puts_to_rest, "休むのは次のすべて", "exactly these come to rest", "fact"),
        _s("O", W.closes, "届いて終わる依頼は次のすべて", "exactly these requests are closed", "fact"),
        _s("O", W.reopens, "済みでなくなる手順は次のすべて", "exactly these steps are no longer done", "step"),
        _s("O", W.changes_nothing_else, "ほかに変わるものはない", "nothing else changes"),
    ),
    "waits": (
        _s("O", W.awaits, "「{fact}」を待っていて、見込みは{day}", '"{fact}" is awaited by {day}'),
        _s("O", W.is_early, "「{fact}」はまだ見込みの日の前", '"{fact}" is not due yet'),
        _s("O", W.is_due, "「{fact}」は見込みの日が来た", '"{fact}" is due'),
        _s("O", W.is_overdue, "「{fact}」は遅れている", '"{fact}" is overdue'),
        _s("O", W.holds_nothing_up, "「{fact}」は先へ進む妨げにならない", '"{fact}" holds nothing up'),
        _s("O", W.awaits_nothing, "待っているものはない", "nothing is awaited"),
    ),
    "record": (
        _s("O", W.keeps_no_secret, "記録に秘密はない", "nothing secret is in the record"),
        _s("O", W.saw_clock_go_back, "時計が戻ったと分かる", "it is seen that the clock went back"),
        _s("O", W.is_onlooker, "「{name}」は見るだけになる", '"{name}" can only look'),
    ),
}

_QUOTED = "|".join(rf"{begin}(?:[^{end}\\]|\\.)*{end}" for begin, end in ("「」", "『』", '""', "“”"))
_SLOT = re.compile(
    rf"(?P<quoted>{_QUOTED})"
    r"|(?P<time>\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?)"
    r"|(?P<n>\d+)"
)
_BARE = {"day": "\x02", "time": "\x02", "n": "\x03"}  # a slot that stands without quotes


def skeleton(text: str) -> tuple[str, list[str]]:
    """A line without what stands in its slots, and that. Width, spaces and the marks 、。 make no difference."""
    found: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        found.append(_unescaped(match[0][1:-1]) if kind == "quoted" else match[0])
        return _BARE.get(kind, "\x01")

    return _plain(_SLOT.sub(keep, _outside(text))), found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], text)


def _outside(text: str) -> str:
    """The same with what stands outside of quotes made narrow."""
    parts = re.split(f"({_QUOTED})", text)
    return "".join(p if at % 2 else unicodedata.normalize("NFKC", p) for at, p in enumerate(parts))


def _plain(text: str) -> str:
    return re.sub(r"[\s、。，,.:]+", "", text).casefold()


def slots(form: str) -> list[str]:
    """The names in a form's braces, in order."""
    return re.findall(r"\{(\w+)\}", form)


def skeleton_of(form: str) -> str:
    """The skeleton of every line that has this form."""
    bare = re.sub(r'「\{\w+\}」|"\{\w+\}"', "\x01", form)
    return _plain(re.sub(r"\{(\w+)\}", lambda slot: _BARE[slot[1]], bare))


@cache
def forms() -> dict[str, tuple[Sentence, tuple[str, ...]]]:
    """By skeleton: the sentence, and its slots in the order in which that form has them."""
    found: dict[str, tuple[Sentence, tuple[str, ...]]] = {}
    for sentence in (sentence for group in SENTENCES.values() for sentence in group):
        for form in (*sentence.ja, *sentence.en):
            names = slots(form)
            key = skeleton_of(form)
            assert key not in found, f"{form} cannot be told from {found.get(key)}"
            found[key] = (sentence, tuple(names))
    return found


def written(language: str) -> list[str]:
    """Every form of one language, as it is documented."""
    return [f for group in SENTENCES.values() for s in group for f in (s.ja if language == "ja" else s.en)]


@cache
def by_skeleton(language: str) -> dict[str, str]:
    return {skeleton_of(form): form for form in written(language)}


def escaped(text: str) -> str:
    """As it may stand in quotes of either kind."""
    return re.sub(r"([\\」\"])", r"\\\1", text).replace("\n", "\\n")


def sentence_of(does: Callable[..., None], **slots_given: Any) -> Sentence:
    """The sentence that does this with exactly these slots."""
    every = (sentence for group in SENTENCES.values() for sentence in group)
    return next(s for s in every if s.does is does and set(slots(s.ja[0])) == set(slots_given))
