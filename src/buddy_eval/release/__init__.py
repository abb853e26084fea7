"""The open release: what anybody may have, described so that a machine and a stranger can use it."""

from buddy_eval.release.contents import make_release, refuse_closed
