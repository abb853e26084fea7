"""The publish gate: reads what was built, as a stranger would, and refuses with the place and the remedy."""

from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import inspect, report_faults
from buddy_eval.publish.gate.rules import Known, known

__all__ = ["Known", "RefusedError", "inspect", "known", "notebook_faults", "report_faults"]
