"""The view in which one person codes by hand: what the coder may see, a small server on this computer, a page."""
