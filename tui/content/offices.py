"""The list of offices: what is said of each, and what of the one that is marked."""

from __future__ import annotations

from datetime import date

from locales import Texts
from states.flow import editions
from states.flow.events import day
from states.storage.records import Row

ENDED = ("complete", "refused", "abandoned")


def due_of(row: Row, today: date) -> str:
    """The day that counts, marked where it has passed; "" where none does."""
    due = date.fromisoformat(row.listing.due) if row.listing.due else None
    if due is None or not row.listing.day:
        return ""
    return f"{due.month:02}/{due.day:02}{'!' if due < today else ' '}"


def step_of(row: Row, texts: Texts) -> str:
    """Where it stands."""
    state = row.listing.state
    # Another edition's names may have no text here; they are shown as they are.
    title = texts.find(f"step.{state}") or texts.find(f"status.{state}") or state
    return f"{texts.item(row.listing.item)} {title}".strip()


def awaited_of(row: Row, texts: Texts) -> str:
    """What it waits for, or that there is work."""
    if row.holder is not None and row.holder.away:
        return texts("ui.checked_out")
    if row.listing.status in ENDED:
        return ""
    if row.listing.awaiting:
        return texts.find(f"wait.{row.listing.awaiting}") or row.listing.awaiting
    return texts("ui.work_today")


def about(row: Row, texts: Texts, today: date) -> list[str]:
    """What can be done about it today."""
    listing = row.listing
    lines = [f"{row.office_number} {row.office_name}"]
    if row.holder is not None and row.holder.away:
        lines.append(texts("ui.about.checked_out", name=row.holder.name, since=texts.long(day(row.holder.since))))
    if row.edition not in editions.KNOWN:
        lines.append(texts("ui.about.edition", name=row.edition))
    elif listing.status in ENDED:
        lines.append(texts(f"ui.about.{listing.status}"))
    elif listing.awaiting and listing.due:
        due = date.fromisoformat(listing.due)
        late = (today - due).days
        name = "ui.about.late" if late > 0 else "ui.about.due" if late == 0 else "ui.about.awaited"
        lines.append(texts(name, what=texts(f"wait.{listing.awaiting}"), day=texts.long(due), days=late))
        if listing.work:
            lines.append(texts("ui.about.also_work", step=step_of(row, texts)))
    else:
        lines.append(texts("ui.about.work", step=step_of(row, texts)))
    return lines
