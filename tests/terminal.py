"""The terminal that `tui.pty` has, under the name the tests know it by."""

from __future__ import annotations

from tui.pty import KEYS, PATIENCE, Cell, Sent, Terminal, python, spawn

__all__ = ["KEYS", "PATIENCE", "Cell", "Sent", "Terminal", "python", "spawn"]
