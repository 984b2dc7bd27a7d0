"""Pages that are read, and lists that are picked from: the card, an end, the record, a change, steps, reasons, help."""

from __future__ import annotations

from states.flow.board import Status
from states.flow.events import Event, moment
from states.flow.session import Answer, Awaited, Consequences, How, kept_by
from states.handover.card import Card, card_of
from states.visit import Visit
from states.wording import Wording
from tui import words

Line = str | tuple[str, str]  # a line, or one and its style
NARROW = 72  # columns below which a row of waits takes two lines


# -- the next-visit card


def card_lines(visit: Visit, wording: Wording, columns: int) -> list[Line]:
    """What is awaited, when to come again, what to bring."""
    card, texts = card_of(visit.session, visit.row, visit.now), wording.texts
    lines: list[Line] = ["", (_first(card, wording), "bold")]
    if card.waits:
        headings = texts("ui.card.columns").split("|")
        lines += ["", (texts("ui.card.waits"), "bold"), *(_row(headings, columns) if columns >= NARROW else [])]
        for wait in card.waits:
            said = wording.awaited(wait, visit.now)
            note = texts(f"ui.card.{_lateness(wait, int(said['days']))}", days=said["days"])
            lines += _row([said["what"], said["whom"], said["since"], said["day"], note], columns)
    if card.blocked:
        lines += ["", (texts("ui.card.blocked"), "bold")]
        for reason in card.blocked:
            told = wording.reason(reason, visit.session, visit.now)
            lines += [f"  - {told.sentence} ({told.code})", f"    {told.remedy}"]
    bring = [line for name in card.bring for line in texts(f"bring.{name}").split("\n")]
    if bring:
        lines += ["", (texts("ui.card.bring"), "bold"), *(f"  - {line}" for line in dict.fromkeys(bring))]
    return [*lines, "", _record(wording, card.events, card.head)]


def _first(card: Card, wording: Wording) -> str:
    texts = wording.texts
    if card.work:
        return texts("ui.card.still_open", steps=", ".join(map(wording.step, card.work)))
    if card.next_day is not None:
        return texts("ui.card.done_today", day=texts.long(card.next_day))
    return texts("ui.card.nothing")


def _row(cells: list[str], columns: int) -> list[str]:
    what, whom, since, expected, late = cells
    if columns < NARROW:
        return [f"  {what}", f"    {whom} {since} - {expected} {late}"]
    room = columns - 4 - 12 - 10 - 8 - 18
    row = words.fit(what, room), words.fit(whom, 12), words.fit(since, 10), words.fit(expected, 8), words.fit(late, 17)
    return ["  " + "".join(row)]


def _lateness(wait: Awaited, days: int) -> str:
    if not wait.holds_up:
        return "listed"
    return "overdue" if wait.overdue or days > 0 else "due" if wait.due else "waiting"


def _record(wording: Wording, events: int, head: str) -> str:
    return wording.texts("ui.card.record", n=events, head=" ".join((head[:4], head[4:8], head[8:12])))


# -- an end


def end_lines(visit: Visit, wording: Wording) -> list[Line]:
    """Complete, refused or abandoned: why, and what remains to be remembered."""
    texts = wording.texts
    lines: list[Line] = ["", (texts(f"ui.end.{visit.state}"), "bold"), ""]
    last = next(event for event in reversed(visit.session.log) if event.kind == "moved")
    if last.body.get("words"):
        lines.append(texts("ui.end.words", words=last.body["words"], who=last.actor))
    for reason in visit.refusals():
        told = wording.reason(reason, visit.session, visit.now)
        lines += [f"- {told.sentence} ({told.code})", f"  {told.remedy}"]
    if visit.state == "complete":
        lines += [texts("ui.end.remember")]
        for what, when in visit.dates_to_remember():
            lines.append(f"- {texts.full(when)} {texts(f'paper.date.{what}')}")
        for wait in visit.waits():
            said = wording.awaited(wait, visit.now)
            lines.append(f"- {said['day']} {said['what']} ({said['whom']})")
    lines += ["", _record(wording, visit.row.version, visit.row.head.hex())]
    return [*lines, "", texts("ui.end.reopen")]


def ends(visit: Visit, wording: Wording) -> list[tuple[str, str]]:
    """(trigger, what is said of it) of each way to end; "" for one that is closed."""
    texts, found = wording.texts, []
    for trigger in ("complete", "refuse", "abandon"):
        closed = [r for r in visit.explain(trigger, "-") if r.code != "move.reason_missing"]
        said = texts(f"ui.ends.{trigger}")
        if closed:
            told = [wording.reason(reason, visit.session, visit.now) for reason in closed]
            said += f"\n{texts('ui.ends.closed')} {told[0].sentence}"
            if len(told) > 1:
                said += f" {texts('ui.ends.more', n=len(told) - 1)}"
        found.append(("" if closed else trigger, said))
    return found


# -- lists to pick from


def steps(visit: Visit, wording: Wording) -> list[tuple[str, str]]:
    """(step, what is said of it); a closed one says what it lacks before anyone tries."""
    texts, found = wording.texts, []
    for place in visit.standings():
        said = wording.status(place.status)
        if place.lacking:
            said = texts("ui.needs", needs=", ".join(map(wording.need, place.lacking)))
        elif place.by and place.status in (Status.SKIPPED, Status.UNTOLD):
            answer = visit.answer_to(place.by)
            why = wording.fact(place.by) + (f": {wording.answer(place.by, answer)}" if answer else "")
            said = f"{said} ({why})"
        here = f" {wording.sign('here')}" if place.step == visit.state else ""
        found.append((place.step, f"{words.fit(wording.step(place.step), 26)} {said}{here}"))
    return found


def all_reasons(visit: Visit, wording: Wording) -> list[tuple[str, str]]:
    """(what mends it, sentence and remedy) of every reason why this step is not done."""
    all_told = (wording.reason(reason, visit.session, visit.now) for reason in visit.reasons())
    return [(told.fact, f"{told.sentence} ({told.code})\n{told.remedy} [{told.who}]") for told in all_told]


# -- the record


def history(visit: Visit, wording: Wording) -> list[Line]:
    """Who answered what, when and how, the newest first; what was superseded stays, and says so."""
    log = visit.session.log
    gone = _superseded(log)
    lines: list[Line] = []
    for at in range(len(log) - 1, -1, -1):
        said = _event(log[at], wording)
        if at in gone:
            said += f" ({wording.texts('ui.history.superseded')})"
        lines.append((f"{moment(log[at].at):%m/%d %H:%M} {log[at].actor}  {said}", "dim" if at in gone else ""))
        for kept in reversed([*kept_by(log[at])] if log[at].kind == "joined" else []):
            lines.append((f"  | {moment(kept.at):%m/%d %H:%M} {kept.actor}  {_event(kept, wording)}", "dim"))
    return lines


def _superseded(log: list[Event]) -> set[int]:
    """Places in the log of answers that no longer stand."""
    standing: dict[str, int] = {}
    gone: set[int] = set()
    for at, event in enumerate(log):
        if event.kind == "joined" and event.body["goes_on"] == "tail":
            gone |= {place for place in standing.values() if place >= event.body["after"]}
        if event.kind != "answered":
            continue
        for name in (*event.body.get("withdrawn", ()), *event.body.get("closed", ()), event.body["fact"]):
            if name in standing:
                gone.add(standing.pop(name))
        standing[event.body["fact"]] = at
    return gone


def _event(event: Event, wording: Wording) -> str:
    body, texts = event.body, wording.texts
    if event.kind == "answered":
        until = body.get("until")
        answer = Answer(body["value"], body.get("detail", ""), event.at, event.actor)
        said = f"{wording.fact(body['fact'])}: {wording.answer(body['fact'], answer)}"
        said += f" {texts('ui.until', day=until)}" if until else ""
        how = body.get("how", How.ATTESTED)
        more = [texts(f"how.{how}")] if body["value"] else []
        for kind in ("withdrawn", "closed"):
            if body.get(kind):
                names = ", ".join(map(wording.fact, body[kind]))
                more.append(texts(f"ui.history.{kind}", facts=names))
        return f"{said} [{'; '.join(more)}]" if more else said
    if event.kind == "moved":
        words_said = f" 「{body['words']}」" if body.get("words") else ""
        return f"-> {wording.step(body['dest'])}{words_said}"
    if event.kind in ("chased", "wiped"):
        return texts(f"ui.history.{event.kind}", fact=wording.fact(body["fact"]))
    if event.kind in ("consented", "shown"):
        fact, place = wording.fact(body["fact"]), wording.value(body["fact"], body["place"])
        return texts(f"ui.history.{event.kind}", fact=fact, by=body["by"], place=place)
    if event.kind == "vault":
        return texts("ui.history.vault", n=body["generation"])
    if event.kind == "edition":
        old, new = (texts(f"edition.{body[name]}") for name in ("from", "to"))
        said = texts("ui.history.edition", old=old, new=new)
        aside = ", ".join(map(wording.fact, body["aside"]))
        return f"{said} [{texts('ui.history.aside', facts=aside)}]" if aside else said
    if event.kind == "created" and body.get("carried"):
        return texts("ui.history.continued", facts=", ".join(map(wording.fact, body["carried"])))
    if event.kind == "visit":
        return texts("ui.history.visit", host=body.get("host", ""), terminal=body.get("terminal", ""))
    if event.kind == "watched":
        return texts("ui.history.watched", by=body.get("by", ""), host=body["host"])
    if event.kind == "joined":
        return texts(f"ui.history.joined.{body['goes_on']}", n=len(body["tail"]))
    if event.kind in ("created", "left", "checked_out"):
        return texts(f"ui.history.{event.kind}")
    return event.kind


# -- before an answer is changed


def change(visit: Visit, wording: Wording, fact: str, new: Answer, consequences: Consequences) -> list[Line]:
    """What has to be done again, and what stays."""
    texts, now = wording.texts, visit.answer_to(fact)
    said = texts(
        "ui.preview.change",
        step=wording.step(visit.edition.facts[fact].step),
        fact=wording.fact(fact),
        old=wording.answer(fact, now) if now else texts("ui.not_yet"),
        new=wording.answer(fact, new),
    )
    lines: list[Line] = [said, ""]
    parts = ((consequences.withdrawn, "again"), (consequences.dormant, "rests"))
    for names, heading in parts:
        if names:
            lines += [(texts(f"ui.preview.{heading}"), "bold"), *_by_step(visit, wording, names)]
    gone = {visit.edition.facts[name].step for names, _ in parts for name in names}
    others = [step for step in consequences.reopened if step not in gone]
    if others:
        lines += [(texts("ui.preview.open"), "bold"), "  " + ", ".join(map(wording.step, others))]
    if consequences.stays:
        lines += ["", (texts("ui.preview.stays"), "bold")]
        lines.append("  " + ", ".join(map(wording.step, consequences.stays)))
    return lines


def _by_step(visit: Visit, wording: Wording, names: tuple[str, ...]) -> list[str]:
    """One line a step: the answers that go, each with the day it was given."""
    by_step: dict[str, list[str]] = {}
    for name in names:
        answer = visit.session.answers[name]
        said = f"{wording.fact(name)} {wording.evidence(answer).split(' ')[0]}"
        by_step.setdefault(visit.edition.facts[name].step, []).append(said)
    return [f"  {wording.step(step)}: {', '.join(said)}" for step, said in by_step.items()]


# -- help


def step_help(visit: Visit, wording: Wording) -> list[Line]:
    """What to look for in this step, and its official addresses; nothing outside a step."""
    if visit.state not in visit.edition.step:
        return []
    step = visit.state
    lines: list[Line] = [(wording.step(step), "bold"), wording.own(f"step.{step}.help"), ""]
    return [*lines, *visit.edition.step[step].sites, ""]
