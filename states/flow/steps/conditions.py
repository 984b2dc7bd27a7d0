"""What several rows need that is no row of its own."""

from __future__ import annotations

from states.flow.edition import Condition
from states.flow.facts import STALE, Facts, age, is_
from states.flow.steps.certificate import usable

FOUND_BY = ("certificate", "reinstalled", "installed")


def _usable_certificate(f: Facts) -> bool:
    """Found by row 4, 4-2 or 4-3 on the chosen PC, and valid now."""
    return any(
        usable(name)(f) and not f.has(age(name), STALE) and not f.has(age(f"{name}_attested"), STALE)
        for name in FOUND_BY
    )


ELIGIBLE = Condition(
    "eligible",
    lambda f: not f.has("commissioned", "yes") and not f.has("partners", "unwilling"),
    mended_in=("eligibility",),
)
USABLE_CERTIFICATE = Condition(
    "usable_certificate",
    _usable_certificate,
    mended_in=("certificate", "reinstall_certificate", "careplan_certificate"),
)
# Known, and no longer temporary: needed by every step that logs in.
REAL_PASSWORD = Condition("real_password", is_("password", "known"), mended_in=("user_id",))
