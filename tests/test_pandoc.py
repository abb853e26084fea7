"""One pandoc makes all documents of a run: it outlives what it cannot make, and another takes its place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pypandoc
import pytest

from buddy_eval.publish import pandoc
from buddy_eval.publish.page import ReportError
from buddy_eval.publish.pandoc import converted

TEXT = '<p>Said by Jane Doe \u2014 r\u00e9sum\u00e9 \U0001f600\n"quoted" \\ back</p>'


def test_a_document_is_what_pandoc_alone_makes_of_it(tmp_path: Path) -> None:
    alone = [pypandoc.get_pandoc_path(), "--from=html", "--to=typst", "--wrap=none"]
    by_itself = subprocess.run(alone, input=TEXT.encode(), check=True, capture_output=True).stdout
    assert converted(TEXT, "html", "typst", tmp_path).rstrip() == by_itself.rstrip()


def test_what_pandoc_cannot_make_is_said_without_its_text_and_the_next_is_made(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no \.pdf of it: pandoc cannot make it$"):
        converted(TEXT, "no such form", "typst", tmp_path)
    assert b"Jane Doe" in converted(TEXT, "html", "typst", tmp_path)


def test_a_pandoc_that_was_stopped_costs_no_document_but_the_one_in_its_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted(TEXT, "html", "typst", tmp_path)
    pandoc._started(os.getpid()).kill()
    pandoc._started(os.getpid()).wait()
    assert b"Jane Doe" in converted(TEXT, "html", "typst", tmp_path)
    monkeypatch.setattr(pandoc, "_running", lambda: pandoc._started(os.getpid()))  # it dies after it was looked at
    pandoc._started(os.getpid()).kill()
    pandoc._started(os.getpid()).wait()
    with pytest.raises(ReportError, match="pandoc has stopped"):
        converted(TEXT, "html", "typst", tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_whoever_was_interrupted_does_not_read_the_answer_later(tmp_path: Path) -> None:
    """The next document would be taken for the one before it."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(KeyboardInterrupt):
        converted("<p>Held for long.</p>" * 200_000, "html", "typst", tmp_path)
    signal.signal(signal.SIGALRM, before)
    assert b"Jane Doe" in converted(TEXT, "html", "typst", tmp_path)


def test_pandoc_needs_no_folder_of_the_machine_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "not there"))
    pandoc._end(pandoc._started(os.getpid()))
    assert b"Jane Doe" in converted(TEXT, "html", "typst", tmp_path)


def test_a_table_in_markdown_is_as_wide_as_pandoc_alone_makes_it(tmp_path: Path) -> None:
    table = f"| a | {'b' * 66} |\n|---|---|\n| 1 | {'word ' * 14}|\n"
    alone = [pypandoc.get_pandoc_path(), "--from=markdown", "--to=typst"]
    by_itself = subprocess.run(alone, input=table.encode(), check=True, capture_output=True).stdout
    assert converted(table, "markdown", "typst", tmp_path).split() == by_itself.split()


def test_pandoc_ends_with_the_run(tmp_path: Path) -> None:
    says = f"""if True:
        import os
        from pathlib import Path
        from buddy_eval.publish import pandoc
        pandoc.converted("<p>a</p>", "html", "typst", Path({str(tmp_path)!r}))
        print(pandoc._started(os.getpid()).pid)
    """
    run = subprocess.run([sys.executable, "-W", "error", "-c", says], check=True, capture_output=True, text=True)
    assert run.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(run.stdout), 0)
