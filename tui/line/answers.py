"""One question, by whatever form it has: chosen, typed, measured, listed."""

from __future__ import annotations

import json
import platform
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from states.fault import Fault
from states.flow.events import day
from states.flow.facts import Fact, Form
from states.flow.guards import Reason
from states.flow.identifiers import judge_partners, judge_user_id, read_day
from states.flow.session import Answer
from tui.content import asking
from tui.content.asking import Choice
from tui.content.measured import found_lines, outcome, takeable
from tui.content.pages import change
from tui.line.keeping import Keeping
from tui.line.talk import BACK

if TYPE_CHECKING:
    from states.checks.result import CheckResult
    from tui.line.mode import LineMode

CSV_NAMES, PROBE = "csv_names", "probe"  # under which a path is kept


class Answers:
    """Asks, and records what was answered over the preview where that re-opens something.

    Args:
        mode: at whose visit.
    """

    def __init__(self, mode: LineMode) -> None:
        self.mode, self.talk, self.visit = mode, mode.talk, mode.the_visit
        self.keeping = Keeping(self)

    @property
    def texts(self) -> Any:
        return self.talk.texts

    def ask(self, fact: Fact) -> str:
        """Ask one question; returns the name of another one, or of a step, that it leads to."""
        reasons = self.visit.closed_to(fact.name)
        if reasons:
            self.refused(reasons)
            return ""
        self.talk.say("", f"== {self.mode.wording.fact(fact.name)}", *self._hint(fact))
        if fact.form is Form.CHOICE:
            return self._choice(fact)
        forms: dict[Form, Callable[[Fact], None]] = {
            Form.TEXT: self._words,
            Form.DATE: lambda fact: self._day(fact, fact.values[0].name),
            Form.USER_ID: self._user_id,
            Form.PARTNERS: self._partners,
            Form.SECRET: self.keeping.ask,
        }
        forms[fact.form](fact)
        return ""

    def _hint(self, fact: Fact) -> list[str]:
        hint = self.mode.wording.hint(fact.name)
        return [hint] if hint else []

    def _choice(self, fact: Fact) -> str:
        found = asking.choices(self.visit, self.mode.wording, fact, asking.reasons(self.visit, self.mode.wording))
        at = self.talk.pick([choice.label for choice in found], "key.not_now")
        return self._chosen(fact, found[at]) if at is not None else ""

    def _chosen(self, fact: Fact, choice: Choice) -> str:
        if choice.kind == "check":
            self.check(fact)
        elif choice.kind == "probe":
            self.probe()
        elif choice.kind == "arrived":
            return choice.value
        elif choice.kind == "chase":
            self.refused(self.visit.chase(fact.name))
        elif choice.kind == "clear":
            self.give(fact, None)
        elif fact.value(choice.value).dated:
            self._day(fact, choice.value)
        else:
            self.give(fact, choice.value)
        return ""

    # -- recording

    def refused(self, reasons: tuple[Reason, ...]) -> bool:
        """Say why something was not done; whether there was a reason."""
        for reason in reasons:
            told = self.mode.wording.reason(reason, self.visit.session, self.visit.now)
            self.talk.say(f"! {told.sentence} {told.remedy} ({told.code})")
        return bool(reasons)

    def agreed(self, fact: str, value: str | None, detail: Any = "") -> bool:
        """Whether it re-opens nothing, or that has been seen and agreed to."""
        consequences = self.visit.consequences(fact, value, detail)
        if not consequences.worth_asking:
            return True
        lines = change(self.visit, self.mode.wording, fact, Answer(value or "", detail), consequences)
        return self.talk.agree([self.texts("ui.preview.title"), *lines], "key.keep", "key.change")

    def give(self, fact: Fact, value: str | None, detail: Any = "", until: date | None = None) -> bool:
        """Give an answer; whether it was stored."""
        if self.visit.custody.to_wipe(fact.name, value):
            self.talk.say_text("ui.secret.wiping")
            self.keeping.with_vault(self.visit.custody.wipe_all)
        if not self.agreed(fact.name, value, detail):
            return False
        if self.refused(self.visit.answer(fact.name, value, detail, until=until)):
            return False
        self.stored(fact.name)
        return True

    def stored(self, fact: str) -> None:
        """Say that it is stored, and what stands now."""
        if self.visit.custody.left_behind():
            self.visit.custody.wipe_left_behind()
        answer, wording = self.visit.answer_to(fact), self.mode.wording
        shown = wording.answer(fact, answer) if answer else self.texts("ui.not_yet")
        saved = self.texts("ui.saved", time=wording.clock(self.visit.session.log[-1].at))
        self.talk.say(f"{wording.fact(fact)}: {shown}", saved)

    # -- typing

    def typed(self, label: str, first: str, draft: str = "", limit: int = 500) -> str | None:
        """What was typed, or what stood there; None where the field was left.

        Args:
            draft: the name under which it is kept while it is half-typed.
        """
        if first:
            self.talk.say(self.texts("ui.line.stands", text=first))
        self.talk.say_text("ui.line.leave")
        keep = (lambda half: self.visit.keep_draft(draft, half)) if draft else (lambda _: None)
        typed = self.talk.ask(f"{label}:", keep, limit) or first
        return None if typed in (BACK, "") else typed

    def _words(self, fact: Fact) -> None:
        typed = self.typed(self.mode.wording.fact(fact.name), asking.first_typed(self.visit, fact), fact.name)
        if typed:
            self.give(fact, "given", typed)

    def _user_id(self, fact: Fact) -> None:
        label = f"{self.mode.wording.fact(fact.name)} ({self.texts('ui.line.no_id')})"
        typed = self.typed(label, asking.first_typed(self.visit, fact), fact.name)
        if typed is None:
            return
        if typed in ("0", "０"):
            self.give(fact, "none")
            return
        self.talk.say(*asking.user_id_notes(self.visit, self.mode.wording, fact, typed))
        judged = judge_user_id(typed, self.visit.session.office_number)
        self.give(fact, judged.value, judged.text)

    def _day(self, fact: Fact, value: str) -> None:
        self.talk.say(*asking.day_hint(self.texts, fact, value).split("\n"))
        first = asking.first_typed(self.visit, fact)
        typed = self.typed(self.texts("ui.day"), first if asking.looks_like_a_day(first) else "", fact.name)
        if typed is None:
            return
        found = read_day(typed, day(self.visit.now))
        if found is None:
            self.talk.say_fault(Fault("answer.no_day", text=typed[:20]))
        elif fact.form is Form.DATE:
            self.give(fact, value, found.isoformat())
        elif found < day(self.visit.now):
            self.talk.say_fault(Fault("answer.past_day", day=found.isoformat()))
        else:
            self.talk.say(*asking.day_notes(self.visit, self.texts, typed))
            self.give(fact, value, "", found)

    def _partners(self, fact: Fact) -> None:
        """The list with what each intends: add by name, change by number, decide by 20."""
        partners, draft = asking.first_partners(self.visit, fact), asking.partner_drafts(fact)
        while True:
            for at, partner in enumerate(partners, 1):
                kind = self.texts(f"office_kind.{partner['kind']}")
                self.talk.say(f"{at} {partner['name']} {kind} {self.texts('intention.' + partner['intention'])}")
            judged = judge_partners(partners)
            self.talk.say(self.mode.wording.value(fact.name, judged) if judged else self.texts("ui.partner.none"))
            self.talk.say_text("ui.line.partners")
            typed = self.talk.ask(
                f"{self.texts('ui.line.partner')}:", lambda half: self.visit.keep_draft(fact.name, half), 60
            )
            number = typed.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
            if number in (BACK, "0"):
                return
            if number in ("", "20"):
                if judged is None:
                    self.talk.say_fault(Fault("partners.none"))
                elif self.give(fact, judged, partners):
                    self.visit.keep_draft(draft, "")
                    return
                continue
            if number.isdigit() and len(number) < 3:
                if 0 < int(number) <= len(partners) and not self._partner(partners[int(number) - 1]):
                    del partners[int(number) - 1]
            else:
                partner = {"name": typed, "kind": asking.partner_kinds(self.visit)[0], "intention": asking.UNDECIDED}
                partners.append(partner)
                self._partner(partner)
            self.visit.keep_draft(draft, json.dumps(partners, ensure_ascii=False))

    def _partner(self, partner: dict[str, str]) -> bool:
        """What one partner intends, or its kind; False where it is to be taken off the list."""
        entries = [self.texts(f"intention.{intention}") for intention in asking.INTENTIONS]
        kinds = [kind for kind in asking.partner_kinds(self.visit) if kind != partner["kind"]]
        entries += [f"{self.texts('key.kind')}: {self.texts(f'office_kind.{kind}')}" for kind in kinds]
        self.talk.say(partner["name"])
        at = self.talk.pick([*entries, self.texts("key.remove")])
        if at is None:
            return True
        if at < len(asking.INTENTIONS):
            partner["intention"] = asking.INTENTIONS[at]
        elif at < len(entries):
            partner["kind"] = kinds[at - len(asking.INTENTIONS)]
        return at < len(entries)

    # -- measuring

    def check(self, fact: Fact) -> None:
        """Measure, and take the result as the answer, or not. A certificate is asked for its file first."""
        reasons = self.visit.closed_to(fact.name)
        if self.refused(reasons):
            return
        request: dict[str, Any] = {}
        if fact.check == "certificate":
            self.talk.say_text("ui.certificate.how")
            draft = self.visit.drafts().get(fact.name, "")
            first = "" if asking.looks_like_a_day(draft) else draft
            path = self.talk.ask(self._with(self.texts("ui.field.path"), first), limit=1000) or first
            if path == BACK:
                return
            self.visit.keep_draft(fact.name, path)
            password = self.talk.ask_hidden(self.texts("ui.field.file_password"))
            request = {"path": path.strip('"'), "password": password or None}
        while request is not None:
            result = self._measure(fact, request)
            if result is None:
                return
            request = self._after(fact, result, request)  # type: ignore[assignment]

    def _with(self, label: str, first: str) -> str:
        return f"{label} [{first}]:" if first else f"{label}:"

    def _measure(self, fact: Fact, request: Mapping[str, Any]) -> CheckResult | None:
        cancel = threading.Event()
        self.talk.say_text("ui.line.measuring")
        with self.talk.cancelled_by(cancel.set):
            result = self.visit.run_check(
                fact.check, request, progress=lambda line: self.talk.say(f"  {line}"), cancel=cancel
            )
        if cancel.is_set():
            return None
        self.talk.say(*outcome(self.mode.wording, fact.name, result))
        self._found(result)
        return result

    def _found(self, result: CheckResult) -> None:
        lines = found_lines(self.texts, result.findings, self.talk.columns)
        self.talk.say(*(line.rstrip("\n") for said in lines if (line := said if isinstance(said, str) else said[0])))

    def _after(self, fact: Fact, result: CheckResult, request: dict[str, Any]) -> dict[str, Any] | None:
        """What is done with a result; a request where it is to be measured again."""
        sites = fact.check == "sites"
        names = (
            (["take_result"] if result.value is not None else []) + ["again"] + (["proxy", "request"] if sites else [])
        )
        at = self.talk.pick([self.texts(f"key.{name}") for name in names])
        name = names[at] if at is not None else ""
        if name == "again":
            return request
        if name == "proxy":
            return self._proxy(request)
        if name == "request":
            from states.handover.allow import write

            visit = self.visit
            self.mode.wrote(
                write(visit.edition.sites, result, platform.node(), visit.now, self.texts, self.mode.papers)
            )
        elif name == "take_result":
            self._take(fact.name, result)
        return None

    def _take(self, fact: str, result: CheckResult) -> bool:
        """Take a measurement as the answer; whether it was stored."""
        if not self.agreed(fact, result.value, result.detail) or self.refused(self.visit.record_check(fact, result)):
            return False
        self.stored(fact)
        return True

    def measures(self) -> None:
        """Measure all that the edition measures, side by side; what answers this step's questions may be taken."""
        cancel = threading.Event()
        self.talk.say_text("ui.line.measuring")
        facts = self.visit.measured_facts()
        with self.talk.cancelled_by(cancel.set):
            results = self.visit.run_checks(progress=lambda *_: None, ended=lambda *_: None, cancel=cancel)
        if cancel.is_set():
            return
        for name, result in results.items():
            self.talk.say("", f"== {self.texts(f'cli.check.{name}')}")
            self.talk.say(*outcome(self.mode.wording, facts[name].name, result))
            self._found(result)
        answers = takeable(self.visit, results)
        if not answers:
            self.talk.say_text("ui.line.no_answer")
            return
        self.talk.say(*(self.mode.wording.fact(fact) for fact, _ in answers))
        if self.talk.pick([self.texts("key.take_result")]) is not None:
            self._take_all(answers)

    def _take_all(self, results: list[tuple[str, CheckResult]]) -> None:
        for name, result in results:
            if not self._take(name, result):
                return

    def _proxy(self, request: dict[str, Any]) -> dict[str, Any]:
        from states.checks.proxies import without_credentials

        self.talk.say_text("ui.proxy.how")
        typed = self.talk.ask(f"{self.texts('ui.field.proxy')}:", limit=200)
        try:
            return {**request, "proxy": without_credentials(typed) if typed else ""}
        except ValueError:
            raise Fault("proxy.malformed", text=typed[:40]) from None

    def probe(self) -> None:
        """What another PC has measured, taken whole or not at all."""
        self.talk.say_text("ui.probe.how")
        path = self.typed(self.texts("ui.field.probe"), self.visit.drafts().get(PROBE, ""), PROBE, 1000)
        if path is None:
            return
        self.visit.keep_draft(PROBE, path)
        results = self.visit.import_probe(path.strip('"'))
        self.talk.say(next(iter(results.values())).seen[0])
        for name, result in results.items():
            self.talk.say(*outcome(self.mode.wording, name, result))
            self._found(result)
        if self.talk.pick([self.texts("key.take_result")]) is None:
            return
        self._take_all(list(results.items()))

    def files(self) -> None:
        """What the names of exported files say."""
        self.talk.say_text("ui.files.how")
        path = self.typed(self.texts("ui.field.files"), self.visit.drafts().get(CSV_NAMES, ""), CSV_NAMES, 1000)
        if path is None:
            return
        self.visit.keep_draft(CSV_NAMES, path)
        result = self.visit.check_names(path.strip('"'))
        self.talk.say(self.texts(f"check.outcome.{result.outcome}"))
        self._found(result)
        self.talk.say(*(f"   {line}" for line in result.seen))
