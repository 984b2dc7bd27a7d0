"""Who answered what, when and how; what was superseded stays, and says so."""

from __future__ import annotations

from states.flow.events import Event, moment
from states.flow.session import Answer, How
from tui.screens.page import Reading


class HistoryPage(Reading):
    """The whole record, the newest first."""

    HELP = "help.history"

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts("ui.history.title")

    def lines(self) -> list[str | tuple[str, str]]:
        log = self.visit.session.log
        gone = self._superseded(log)
        lines: list[str | tuple[str, str]] = []
        for at in range(len(log) - 1, -1, -1):
            event = log[at]
            said = self._line(event)
            if at in gone:
                said += f" ({self.texts('ui.history.superseded')})"
            lines.append((f"{moment(event.at):%m/%d %H:%M} {event.actor}  {said}", "dim" if at in gone else ""))
        return lines

    def _superseded(self, log: list[Event]) -> set[int]:
        """Places in the log of answers that no longer stand."""
        standing: dict[str, int] = {}
        gone: set[int] = set()
        for at, event in enumerate(log):
            if event.kind != "answered":
                continue
            for name in (*event.body.get("withdrawn", ()), *event.body.get("closed", ()), event.body["fact"]):
                if name in standing:
                    gone.add(standing.pop(name))
            standing[event.body["fact"]] = at
        return gone

    def _line(self, event: Event) -> str:
        body, wording = event.body, self.wording
        if event.kind == "answered":
            until = body.get("until")
            answer = Answer(body["value"], body.get("detail", ""), event.at, event.actor)
            said = f"{wording.fact(body['fact'])}: {wording.answer(body['fact'], answer)}"
            said += f" {self.texts('ui.until', day=until)}" if until else ""
            how = body.get("how", How.ATTESTED)
            more = [self.texts(f"how.{how}")] if body["value"] else []
            for kind in ("withdrawn", "closed"):
                if body.get(kind):
                    names = ", ".join(map(wording.fact, body[kind]))
                    more.append(self.texts(f"ui.history.{kind}", facts=names))
            return f"{said} [{'; '.join(more)}]" if more else said
        if event.kind == "moved":
            words_said = f" 「{body['words']}」" if body.get("words") else ""
            return f"-> {wording.step(body['dest'])}{words_said}"
        if event.kind in ("chased", "wiped"):
            return self.texts(f"ui.history.{event.kind}", fact=wording.fact(body["fact"]))
        if event.kind in ("consented", "shown"):
            fact, place = wording.fact(body["fact"]), wording.value(body["fact"], body["place"])
            return self.texts(f"ui.history.{event.kind}", fact=fact, by=body["by"], place=place)
        if event.kind == "vault":
            return self.texts("ui.history.vault", n=body["generation"])
        if event.kind == "edition":
            old, new = (self.texts(f"edition.{body[name]}") for name in ("from", "to"))
            said = self.texts("ui.history.edition", old=old, new=new)
            aside = ", ".join(map(wording.fact, body["aside"]))
            return f"{said} [{self.texts('ui.history.aside', facts=aside)}]" if aside else said
        if event.kind == "created" and body.get("carried"):
            return self.texts("ui.history.continued", facts=", ".join(map(wording.fact, body["carried"])))
        if event.kind == "visit":
            return self.texts("ui.history.visit", host=body.get("host", ""), terminal=body.get("terminal", ""))
        if event.kind in ("created", "left"):
            return self.texts(f"ui.history.{event.kind}")
        return event.kind
