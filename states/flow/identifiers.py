"""Numbers that people type: the office number, the user ID, and a partner list judged as a whole.

Nothing here is a stop but what cannot be such a number at all; a check digit that does not fit is a warning to read the
notice again, for genuine numbers are known that fit neither rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

OFFICE_LENGTH, ID_LENGTH, ISDN_LENGTH = 10, 14, 12
REIWA = 2018  # 令和 1 is 2019
YEARS = range(2000, 2100)
SHORT_RULE_KINDS = "13456"  # kinds whose check digit may be taken over the last six digits alone
DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−ー－"), None)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was typed, put straight, and what is to be said about it.

    Args:
        value: for a user ID: `kj`, `hd`, `isdn`, `malformed`; for an office number `office` or `malformed`.
        text: half-width, upper case, without spaces and hyphens.
        notes: codes of what was changed or looks odd; none of them stops anybody.
    """

    value: str
    text: str
    notes: tuple[str, ...] = ()


def straighten(raw: str) -> str:
    """Full-width to half-width, upper case, without spaces and hyphens. Look-alikes are left as typed."""
    text = unicodedata.normalize("NFKC", raw).translate(DASHES)
    return "".join(text.split()).upper()


def judge_office(raw: str) -> Judged:
    """An office number (介護保険事業所番号): prefecture 2, kind 1, district 2, serial 4, check 1."""
    text = straighten(raw)
    notes = _changed(raw, text)
    if not _shaped_like_office(text):
        return Judged("malformed", text, notes)
    if not "01" <= text[:2] <= "47":
        notes += ("office.prefecture",)
    if not check_digit_fits(text):
        notes += ("office.check_digit",)
    return Judged("office", text, notes)


def check_digit_fits(number: str) -> bool:
    """Whether the tenth character fits the other nine, by the general rule or (for some kinds) the short one."""
    return number[9] == _check_digit(number[:9]) or (
        number[2] in SHORT_RULE_KINDS and number[9] == _check_digit(number[3:9])
    )


def judge_user_id(raw: str, office: str) -> Judged:
    """A user ID of 電子請求受付システム: `KJ`, the prefecture, the office number; 14 characters.

    Args:
        raw: as typed.
        office: this session's office number, to warn when the ID is another office's.
    """
    text = straighten(raw)
    notes = _changed(raw, text)
    if text.startswith("HD"):  # a proxy's: whatever its length, that is what has to be said
        return Judged("hd", text, notes)
    if len(text) == ISDN_LENGTH and text.startswith("J") and text.isascii() and text.isalnum():
        return Judged("isdn", text, notes)
    if len(text) != ID_LENGTH or not text.startswith("KJ") or not (text.isascii() and text.isalnum()):
        return Judged("malformed", text, notes)
    number = text[4:]
    if set(text[2:]) & set("OI"):
        notes += ("id.look_alike",)
    if text[2:4] != number[:2]:
        notes += ("id.prefecture",)
    if number != office:
        notes += ("id.other_office",)
    elif not check_digit_fits(number) and number.isdigit():
        notes += ("id.check_digit",)
    return Judged("kj", text, notes)


def judge_partners(partners: Iterable[Mapping[str, str]]) -> str | None:
    """The value of a partner list: one that uses it or is willing is enough; None for an empty list.

    Args:
        partners: each with `intention`: using, willing, undecided, unwilling.
    """
    intentions = {partner["intention"] for partner in partners}
    if not intentions:
        return None
    if "using" in intentions or "willing" in intentions:
        if "undecided" in intentions:
            return "some"
        return "using" if "using" in intentions else "willing"
    return "undecided" if "undecided" in intentions else "unwilling"


def _shaped_like_office(text: str) -> bool:
    return (
        len(text) == OFFICE_LENGTH
        and text.isascii()
        and text[:2].isdigit()
        and (text[2].isdigit() or (text[2].isalpha() and text[2] not in "IOQ"))
        and text[3:].isdigit()
    )


def _check_digit(digits: str) -> str:
    """Modulus 10 with weights 2, 1, 2, 1 … from the right, the digits of each product added; A counts 10, B 11 …"""
    total = 0
    for place, character in enumerate(reversed(digits)):
        number = int(character) if character.isdigit() else ord(character) - ord("A") + 10
        total += sum(map(int, str(number * (1 if place % 2 else 2))))
    return str(-total % 10)


def _changed(raw: str, text: str) -> tuple[str, ...]:
    return ("text.straightened",) if raw.strip() != text else ()


def read_day(raw: str, today: date) -> date | None:
    """A day as people type it: `2026-12-08`, `2026/12/8`, `20261208`, `12/8` (the next one), `R8.12.8` (令和).

    None for what is no day of the calendar, or of no year that this can be about.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    era = re.match(r"(?:令和|R|r)\s*(?:\d{1,2}|元)(?!\d)", text)
    digits = re.findall(r"\d+", text.replace("元", "1"))
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    if any(len(number) > 4 for number in digits):
        return None
    numbers = list(map(int, digits))
    if len(numbers) == 3:
        year = numbers[0] + REIWA if era else numbers[0]
        return _day(year, *numbers[1:]) if year in YEARS else None
    if len(numbers) == 2 and not era:
        days = (_day(year, *numbers) for year in (today.year, today.year + 1))
        return next((found for found in days if found and found >= today), None)
    return None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
