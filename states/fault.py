"""The one type for "this could not be done": a stable code, values for its sentence, nothing else.

The sentences (what happened, why, what to do, who can do it) stand in the message catalogues under
`fault.<code>` and `fault.<code>.remedy`; the code is shown in both languages, for support by telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locales import Texts


class Fault(Exception):
    """Something a person has to be told.

    Args:
        code: dotted and stable, such as `store.full`; the catalogue key behind `fault.`.
        values: named values for the sentence; never a secret, for they reach screens and logs.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = {name: str(value) for name, value in values.items()}

    def __str__(self) -> str:
        return self.code + "".join(f" {name}={value}" for name, value in self.values.items())


def shown_code(code: str) -> str:
    """A code as it is shown and spoken on the telephone: `certificate.no_key` is CERTIFICATE-NO-KEY."""
    return code.upper().replace(".", "-").replace("_", "-")


def in_words(texts: Texts, fault: Fault) -> tuple[str, str, str]:
    """(sentence, remedy, code) of a fault; the fact it speaks of is named as the office knows it."""
    values = dict(fault.values)
    if "fact" in values:
        values["fact"] = texts.find(f"fact.{values['fact']}") or values["fact"]
    name = f"fault.{fault.code}"
    return texts(name, **values), texts(f"{name}.remedy", **values), shown_code(fault.code)
