"""Receipts of this computer's own: what was written elsewhere, or changed since, is not believed.

A manifest that comes with a study could be forged together with the tables it vouches for, hashes and all. So it
carries a seal that only this user of this computer can make; without it everything is made again.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic

LENGTH = 32  # bytes of the key


def seal(content: bytes) -> str:
    """Return the seal of some bytes: HMAC-SHA-256 under this user's key."""
    return hmac.new(_key(), content, hashlib.sha256).hexdigest()


def sealed(content: bytes, mark: object) -> bool:
    """Tell whether a seal is this user's, over exactly these bytes."""
    return isinstance(mark, str) and mark.isascii() and hmac.compare_digest(seal(content), mark)


@functools.cache
def _key() -> bytes:
    """The key, made once a user; where it cannot be kept, one for this process, so that the next run begins anew."""
    path = _folder() / "buddy_eval" / "receipts.key"
    try:
        if not path.is_file() or path.stat().st_size != LENGTH:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomic(path, secrets.token_bytes(LENGTH))
            path.chmod(0o600)
        return path.read_bytes()
    except (OSError, BuddyError):
        return secrets.token_bytes(LENGTH)


def _folder() -> Path:
    """Where programs keep what is theirs, outside of any study."""
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home
        home = Path(os.devnull)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or home)
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
