"""4: whether this PC already holds a certificate the system accepts."""

from __future__ import annotations

from collections.abc import Callable

from states.flow.edition import Applies, Step
from states.flow.facts import Fact, Facts, Holds, Test, Value, Who, always, blocked, either, fine, fix, is_

FOUND_BAD = ("none", "wrong_kind", "no_key")


def look_at_certificate(
    name: str, about: tuple[str, ...], when: Test = always, *, must_be_there: bool
) -> tuple[Fact, Fact]:
    """The pair of facts with which a certificate on this PC is looked at: measured, and attested where that is unclear.

    Args:
        name: of the measured fact; the other one is `<name>_attested`.
        must_be_there: whether "not there" is to be mended in this step, or is just what was found.
    """

    def bad(value: str) -> Value:
        return fix(value) if must_be_there else fine(value)

    return (
        Fact(
            name=name,
            values=(
                fine("usable", dated=True),
                fine("unclear"),
                *map(bad, FOUND_BAD),
                blocked("expired", Who.OFFICE),  # ▲ renewal at 電子請求受付システム is outside this flow
            ),
            when=when,
            about=about,
            holds=Holds.NOT_AFTER,
            dated=("usable",),
            check="certificate",
        ),
        # No rule decides: a person looks and compares, and says until when it is valid.
        Fact(
            name=f"{name}_attested",
            values=(fine("usable", dated=True), bad("not_usable")),
            when=is_(name, "unclear"),
            about=(name,),
            holds=Holds.NOT_AFTER,
            dated=("usable",),
        ),
    )


def usable(name: str) -> Test:
    """Whether the certificate that this pair of facts found may be used, its date left aside."""
    return either(is_(name, "usable"), is_(f"{name}_attested", "usable"))


NOT_USABLE = either(is_("certificate", *FOUND_BAD), is_("certificate_attested", "not_usable"))


def missing(f: Facts) -> Applies:
    """Whether this PC lacks a usable certificate, by the fact that says so."""
    if f.has("certificate", None):
        return Applies(None, "certificate")
    if f.has("certificate", "unclear"):
        if f.has("certificate_attested", None):
            return Applies(None, "certificate_attested")
        return Applies(f.has("certificate_attested", "not_usable"), "certificate_attested")
    return Applies(not f.has("certificate", "usable"), "certificate")


def from_place(*places: str) -> Callable[[Facts], Applies]:
    """A row applies when the certificate is missing here and the office has it in one of these places."""

    def applies(f: Facts) -> Applies:
        here = missing(f)
        if not here.verdict:
            return here
        if f.has("certificate_elsewhere", None):
            return Applies(None, "certificate_elsewhere")
        return Applies(f.has("certificate_elsewhere", *places), "certificate_elsewhere")

    return applies


CERTIFICATE = Step(
    name="certificate",
    item="4",
    needs=("terminal",),
    asks=(
        *look_at_certificate("certificate", about=("pc",), must_be_there=False),
        # ▲ "It was on this very PC" is row 4-2 as well: it can be downloaded again.
        Fact(
            name="certificate_elsewhere",
            values=(fine("other_pc"), fine("this_pc_before"), fine("no")),
            when=NOT_USABLE,
        ),
    ),
)
