"""Numbers and days as people type them: what is refused, what is put straight, what is only worth a second look."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations

import pytest

from states.flow.identifiers import (
    Judged,
    check_digit_fits,
    judge_office,
    judge_partners,
    judge_user_id,
    read_day,
    straighten,
)
from tests.flow.stories import KJ_ID, OFFICE

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # those that may stand in the third place
HYPHENS = "-‐‑–—−－ー"  # the last two: as Japanese keyboards give them


def full_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def luhn(digits: str, *, general: bool = True) -> str:
    """The check digit, worked out by a table instead of by arithmetic on digits."""
    doubled = {n: sum(map(int, str(2 * n))) for n in range(36)}
    plain = {n: sum(map(int, str(n))) for n in range(36)}
    taken = digits if general else digits[-6:]
    total = sum((doubled, plain)[at % 2][int(c, 36)] for at, c in enumerate(taken[::-1]))
    return str((10 - total % 10) % 10)


def numbers(seed: int, many: int, kinds: str) -> list[str]:
    chance = random.Random(seed)
    return [
        f"{chance.randint(1, 47):02}{chance.choice(kinds)}{chance.randint(0, 999_999):06}" for _ in range(many)
    ]  # without the check digit


class TestOfficeNumber:
    def test_one_that_is_right_has_nothing_to_be_said_about_it(self) -> None:
        assert judge_office(OFFICE) == Judged("office", OFFICE)

    @pytest.mark.parametrize(
        ("number", "digit"),
        [("137200123", "8"), ("13A200123", "1"), ("13B200123", "9"), ("13Z200123", "6"), ("010000000", "9")],
    )
    def test_the_check_digit_worked_out_by_hand(self, number: str, digit: str) -> None:
        """13A…: from the right 6 2 2 0 0 2, A is 10, doubled 20, 2 + 0; then 3 and 2: 19, so 1."""
        assert [check_digit_fits(number + str(n)) for n in range(10)] == [str(n) == digit for n in range(10)]

    @pytest.mark.parametrize("kinds", ["2789", "0", LETTERS])
    def test_the_general_rule_alone_counts_for_most_kinds(self, kinds: str) -> None:
        for number in numbers(1, 300, kinds):
            fitting = {str(n) for n in range(10) if check_digit_fits(f"{number}{n}")}
            assert fitting == {luhn(number)}, number

    def test_some_kinds_may_have_it_over_the_last_six_alone(self) -> None:
        twice = 0
        for number in numbers(2, 300, "13456"):
            fitting = {str(n) for n in range(10) if check_digit_fits(f"{number}{n}")}
            assert fitting == {luhn(number), luhn(number, general=False)}, number
            twice += len(fitting) == 2
        assert twice > 100

    def test_one_that_fits_neither_rule_is_a_warning_and_no_stop(self) -> None:
        for number in numbers(3, 100, "0123456789" + LETTERS):
            for digit in range(10):
                judged = judge_office(f"{number}{digit}")
                assert judged.value == "office"
                fits = str(digit) in {luhn(number)} | ({luhn(number, general=False)} if number[2] in "13456" else set())
                assert judged.notes == (() if fits else ("office.check_digit",))

    @pytest.mark.parametrize("letter", "IOQ")
    def test_letters_that_look_like_digits_are_none(self, letter: str) -> None:
        assert judge_office(f"13{letter}2001238").value == "malformed"

    @pytest.mark.parametrize("letter", LETTERS)
    def test_any_other_letter_may_stand_in_the_third_place_and_nowhere_else(self, letter: str) -> None:
        number = f"13{letter}200123"
        assert judge_office(number + luhn(number)) == Judged("office", number + luhn(number))
        for place in (*range(2), *range(3, 10)):
            spoilt = OFFICE[:place] + letter + OFFICE[place + 1 :]
            assert judge_office(spoilt).value == "malformed", spoilt

    @pytest.mark.parametrize("prefecture", ["00", "48", "99"])
    def test_a_prefecture_that_does_not_exist_is_a_warning(self, prefecture: str) -> None:
        judged = judge_office(prefecture + OFFICE[2:])
        assert judged.value == "office"
        assert "office.prefecture" in judged.notes

    def test_every_prefecture_there_is_passes(self) -> None:
        for prefecture in range(1, 48):
            number = f"{prefecture:02}7200123"
            assert judge_office(number + luhn(number)).notes == ()

    @pytest.mark.parametrize(
        "raw", ["", " ", "137234560", "13723456011", "13-7234-560", "事業所", "①③⑦②③④⑤⑥⓪①X", "13723456O1", "\x00" * 10]
    )
    def test_what_cannot_be_one_is_refused(self, raw: str) -> None:
        assert judge_office(raw).value == "malformed"


class TestStraightening:
    def test_full_width_is_read_as_half_width_and_said_so(self) -> None:
        assert judge_office(full_width(OFFICE)) == Judged("office", OFFICE, ("text.straightened",))
        assert judge_user_id(full_width(KJ_ID.lower()), OFFICE) == Judged("kj", KJ_ID, ("text.straightened",))

    def test_spaces_and_hyphens_anywhere_make_no_difference(self) -> None:
        chance = random.Random(4)
        for _ in range(200):
            typed = list(chance.choice((str, full_width, str.lower))(KJ_ID))
            for _ in range(chance.randint(1, 4)):
                typed.insert(chance.randint(0, len(typed)), chance.choice(HYPHENS + " \u3000\u00a0\t"))
            assert judge_user_id("".join(typed), OFFICE).text == KJ_ID, typed
            assert judge_user_id("".join(typed), OFFICE).value == "kj"

    def test_blanks_around_it_are_not_worth_a_word(self) -> None:
        assert judge_user_id(f"  {KJ_ID}\n", OFFICE).notes == ()

    def test_putting_straight_twice_changes_nothing_more(self) -> None:
        for raw in (KJ_ID, full_width("kj 13-1372"), "ｋｊ１３ー１３７", "Ⅷ㍿", "ｶﾅ"):
            assert straighten(straighten(raw)) == straighten(raw)


class TestUserId:
    def test_one_that_is_right_has_nothing_to_be_said_about_it(self) -> None:
        assert judge_user_id(KJ_ID, OFFICE) == Judged("kj", KJ_ID)

    @pytest.mark.parametrize("raw", ["HD131372345601", "hd131372345601", "ＨＤ１３", "HD", "HD1313723456011234"])
    def test_a_proxys_id_is_named_as_such_whatever_its_length(self, raw: str) -> None:
        assert judge_user_id(raw, OFFICE).value == "hd"

    @pytest.mark.parametrize("raw", [f"J{OFFICE}1", f"j{OFFICE}A", full_width(f"J{OFFICE}9")])
    def test_an_id_of_isdn_days_is_named_as_such(self, raw: str) -> None:
        assert judge_user_id(raw, OFFICE).value == "isdn"

    @pytest.mark.parametrize(
        "raw",
        [
            f"J{OFFICE}",  # eleven
            f"J{OFFICE}12",  # thirteen
            "J事業所番号事業所番号事業所",
            f"KD13{OFFICE}",
            f"KI13{OFFICE}",
            f"XX13{OFFICE}",
            f"13{OFFICE}KJ",
            f"KJ13{OFFICE[:9]}",
            f"KJ13{OFFICE}1",
            "KJ13137234560_",
            "KJ13137234560あ",
            "",
            "   ",
        ],
    )
    def test_anything_else_is_refused(self, raw: str) -> None:
        assert judge_user_id(raw, OFFICE).value == "malformed"

    def test_of_all_lengths_only_fourteen_is_a_kj_id(self) -> None:
        for length in range(2, 31):
            judged = judge_user_id("KJ" + "1" * (length - 2), OFFICE)
            assert (judged.value == "kj") == (length == 14), length

    def test_another_prefecture_than_the_office_numbers_is_a_warning(self) -> None:
        assert judge_user_id(f"KJ14{OFFICE}", OFFICE) == Judged("kj", f"KJ14{OFFICE}", ("id.prefecture",))

    def test_another_offices_id_is_a_warning(self) -> None:
        assert judge_user_id("KJ131372001238", OFFICE) == Judged("kj", "KJ131372001238", ("id.other_office",))

    def test_an_office_number_whose_check_digit_does_not_fit_is_a_warning_here_too(self) -> None:
        odd = "1372345602"
        assert judge_user_id(f"KJ13{odd}", odd) == Judged("kj", f"KJ13{odd}", ("id.check_digit",))

    @pytest.mark.parametrize("typed", ["KJ13I372345601", "KJ1313723456O1", "KJI3O372345601"])
    def test_o_and_i_are_warned_of_and_never_swapped(self, typed: str) -> None:
        judged = judge_user_id(typed, OFFICE)
        assert judged.value == "kj"
        assert judged.text == typed
        assert "id.look_alike" in judged.notes

    def test_a_letter_in_the_office_numbers_third_place_is_no_look_alike(self) -> None:
        office = "13A2001231"
        assert judge_user_id(f"KJ13{office}", office) == Judged("kj", f"KJ13{office}")

    def test_nothing_that_is_typed_makes_it_fall_over(self) -> None:
        chance = random.Random(5)
        signs = "KJHD0123456789OIlー－-ＫＪ　 ①Ⅷあ漢\u200b\u0301\ud83d\x00²٣"
        for _ in range(3000):
            raw = "".join(chance.choices(signs, k=chance.randint(0, 20)))
            judged = judge_user_id(raw, OFFICE)
            assert judged.value in ("kj", "hd", "isdn", "malformed")
            assert judge_office(raw).value in ("office", "malformed")
            assert judged.value != "kj" or (len(judged.text) == 14 and judged.text.isascii())
            read_day(raw, date(2026, 11, 22))


class TestPartners:
    # Written from the rule: one that uses it or is willing is enough, though others be undecided.
    VERDICTS = {
        ("using",): "using",
        ("willing",): "willing",
        ("undecided",): "undecided",
        ("unwilling",): "unwilling",
        ("using", "willing"): "using",
        ("using", "undecided"): "some",
        ("using", "unwilling"): "using",
        ("willing", "undecided"): "some",
        ("willing", "unwilling"): "willing",
        ("undecided", "unwilling"): "undecided",
        ("using", "willing", "undecided"): "some",
        ("using", "willing", "unwilling"): "using",
        ("using", "undecided", "unwilling"): "some",
        ("willing", "undecided", "unwilling"): "some",
        ("using", "willing", "undecided", "unwilling"): "some",
    }

    def test_every_mix_of_intentions_in_any_order_and_number(self) -> None:
        intentions = ("using", "willing", "undecided", "unwilling")
        mixes = [mix for many in range(1, 5) for mix in combinations(intentions, many)]
        assert set(mixes) == set(self.VERDICTS)
        chance = random.Random(6)
        for mix in mixes:
            several = [*mix, *chance.choices(mix, k=3)]
            chance.shuffle(several)
            assert judge_partners([{"intention": one} for one in several]) == self.VERDICTS[mix], mix

    def test_an_empty_list_is_no_answer(self) -> None:
        assert judge_partners([]) is None


TODAY = date(2026, 11, 22)


class TestDays:
    @pytest.mark.parametrize(
        "raw",
        [
            "2026-12-08", "2026/12/8", "2026.12.8", "20261208", "2026年12月8日", "12/8", "12-8", "12月8日",
            "R8.12.8", "r8/12/8", "令和8年12月8日", "R08-12-08", "２０２６／１２／８", "１２月８日", "Ｒ８．１２．８",
            " 2026 12 8 ", "12月8日(火)",
        ],
    )  # fmt: skip
    def test_the_same_day_as_people_type_it(self, raw: str) -> None:
        assert read_day(raw, TODAY) == date(2026, 12, 8)

    def test_the_first_year_of_an_era_has_a_name_of_its_own(self) -> None:
        assert read_day("令和元年5月1日", TODAY) == date(2019, 5, 1)

    @pytest.mark.parametrize(
        ("raw", "day"),
        [
            ("11/22", date(2026, 11, 22)),
            ("11/21", date(2027, 11, 21)),
            ("12/31", date(2026, 12, 31)),
            ("1/1", date(2027, 1, 1)),
        ],
    )
    def test_without_a_year_the_next_such_day_is_meant(self, raw: str, day: date) -> None:
        assert read_day(raw, TODAY) == day

    def test_the_29th_of_february_of_the_coming_year_is_a_day(self) -> None:
        assert read_day("2/29", date(2027, 11, 22)) == date(2028, 2, 29)
        assert read_day("2/29", date(2028, 2, 29)) == date(2028, 2, 29)
        assert read_day("2/29", TODAY) is None

    @pytest.mark.parametrize(
        "raw",
        [
            "", "あした", "8", "2026", "202612", "2026-13-01", "2026-02-29", "2026/2/30", "2026-00-10", "13/1", "0/1",
            "12/32", "8.12.8", "26/12/8", "R8.12", "H30.4.1", "0001-01-01", "9999-12-31", "2026-12-08-1", "-", "//",
            "12/" + "9" * 30, "9" * 5000, "2026-12-" + "8" * 5000,
        ],
    )  # fmt: skip
    def test_what_is_no_day_or_not_clear_is_not_guessed(self, raw: str) -> None:
        assert read_day(raw, TODAY) is None

    def test_every_day_of_some_years_is_read_back_however_it_is_written(self) -> None:
        for ordinal in range(date(2026, 1, 1).toordinal(), date(2028, 12, 31).toordinal(), 3):
            day = date.fromordinal(ordinal)
            forms = (
                day.isoformat(),
                f"{day:%Y%m%d}",
                f"{day.year}年{day.month}月{day.day}日",
                f"R{day.year - 2018}.{day.month}.{day.day}",
                full_width(f"{day.year}/{day.month}/{day.day}"),
            )
            assert {read_day(form, TODAY) for form in forms} == {day}
            short = read_day(f"{day.month}/{day.day}", day)
            assert short == day
