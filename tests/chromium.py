"""The system's Chromium for tests of pages, and where this computer keeps its files."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PLACES = "|".join(re.escape(f"{place}/") for place in (tempfile.gettempdir(), Path.home()))  # no page may name one


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; without one the tests that ask for it are skipped, which the summary shows."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this computer")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
