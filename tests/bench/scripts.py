"""The acceptance suite through the machine, beside behave reading the same scripts with steps that do nothing."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter

from states.acceptance.load import load
from states.acceptance.run import Player

SUITE = Path(__file__).parents[1] / "acceptance"
ROUNDS = 9


def rates() -> tuple[float, float]:
    """Scenarios a second: ours, and behave's. In turn, the median of each; reading the scripts is not counted."""
    paths = sorted(SUITE.rglob("*.feature"))
    scripts = [load(path) for path in paths]
    count = sum(len(script.scenarios) for script in scripts)
    ours, others = [], []
    for _ in range(ROUNDS):
        start = perf_counter()
        results = list(Player().play_all(scripts))
        ours.append(perf_counter() - start)
        assert not any(result.failure for result in results)
        others.append(_behave([str(path) for path in paths]))
    return count / median(ours), count / median(others)


def _behave(paths: list[str]) -> float:
    from behave import step, use_step_matcher
    from behave.configuration import Configuration
    from behave.runner import Context, Runner
    from behave.runner_util import parse_features
    from behave.step_registry import registry

    if not any(registry.steps.values()):
        use_step_matcher("re")
        step(".*")(lambda _: None)
    runner = Runner(Configuration(["--format", "null", "--no-summary"], load_config=False))
    runner.features = parse_features(paths)
    runner.context, runner.formatters = Context(runner), []
    start = perf_counter()
    failed = runner.run_model()
    assert not failed
    return perf_counter() - start
