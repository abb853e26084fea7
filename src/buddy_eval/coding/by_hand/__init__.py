"""What people do who code by hand: their journals, who codes what, where they disagree and what was decided."""
