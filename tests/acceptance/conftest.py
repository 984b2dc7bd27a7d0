"""Makes every scenario of a `*.feature` file an item of pytest's; public API only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from locales import Texts
from states.acceptance.load import Scenario, Script, load
from states.acceptance.report import failure_told, problems_told
from states.acceptance.run import Failure, Player

PLAYER = Player()
TEXTS = Texts("ja")


class ScenarioFailedError(Exception):
    """A scenario failed; what is shown is told in `ScenarioItem.repr_failure`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".feature":
        return None
    script: ScriptFile = ScriptFile.from_parent(parent, path=file_path)
    return script


class ScriptFile(pytest.File):
    """A script; one with problems cannot be collected, and says them all."""

    def collect(self) -> Iterator[ScenarioItem]:
        script = load(self.path)
        if script.problems:
            raise self.CollectError("\n".join(problems_told(TEXTS, script.problems)))
        for scenario in script.scenarios:
            item: ScenarioItem = ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario, script=script)
            yield item


class ScenarioItem(pytest.Item):
    """One scenario, or one row of an outline."""

    def __init__(self, *, scenario: Scenario, script: Script, **more: Any) -> None:
        super().__init__(**more)
        self.scenario = scenario
        if script.fails:
            self.add_marker(pytest.mark.xfail(reason=script.fails, raises=ScenarioFailedError, strict=False))

    def runtest(self) -> None:
        failure = PLAYER.play(self.scenario).failure
        if failure is not None:
            raise ScenarioFailedError(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ScenarioFailedError):
            return "\n".join(failure_told(TEXTS, self.path, excinfo.value.failure))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.scenario.line - 1, self.scenario.name
