"""The figures of the standards, as ratios inside one run: `python -m tests.bench`. Machines differ, ratios less."""
