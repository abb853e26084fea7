"""A real JupyterLab for tests, started as `do.py lab` starts it, with settings of nobody."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--no-browser", "--allow-root", "--IdentityProvider.token=", "--ServerApp.port_retries=0")


@contextmanager
def lab(study: Path, home: Path) -> Iterator[str]:
    """The address of a JupyterLab on a study that has a `do.py` of its own."""
    shutil.copyfile(ROOT / "do.py", study / "do.py")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    nobody |= {"IPYTHONDIR": str(home / "ipython"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    command = [sys.executable, *_command(study, [*FLAGS, "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"])]
    log = home / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=study, env={**os.environ, **nobody}, stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for("jupyter lab", lambda: server.poll() is not None or asked(f"{address}/api") is not None)
        assert server.poll() is None, log.read_text(encoding="utf-8")
        yield address
    finally:
        server.terminate()
        server.wait()


def _command(study: Path, flags: list[str]) -> list[str]:
    """What `do.py lab` of this checkout becomes."""
    found = importlib.util.spec_from_file_location("do_of_lab", study / "do.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return list(module.command("lab", flags))


def wait_for(what: str, ready: Callable[[], bool]) -> None:
    """Return once something is ready; fail the test when it never is."""
    for _ in range(600):
        if ready():
            return
        time.sleep(0.2)
    pytest.fail(f"waited in vain for {what}")


def asked(address: str) -> Any:
    """What the server says on an address of its interface; None while it does not answer."""
    try:
        with urllib.request.urlopen(address) as answer:
            return json.load(answer)
    except OSError:
        return None


def connected(address: str, notebook: str) -> bool:
    """Whether a notebook's kernel is idle and the page is connected with it: until then the menu would ask for one."""
    kernels = [one["kernel"] for one in asked(f"{address}/api/sessions") or [] if one["path"].endswith(notebook)]
    return any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels)


def choose(page: Any, menu: str, entry: str) -> Any:
    """Open a menu of the menu bar; return one of its entries, which may show a shortcut after its name."""
    page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{menu}$")).click()
    return page.locator(".lm-Menu-item", has=page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")))
