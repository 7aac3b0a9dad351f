"""The composition root: the one place that names concrete parts and joins them; starts in order, stops in reverse."""

from flowaudit.bootstrap.demo import DemoOptions, DemoResult, run_demo
from flowaudit.bootstrap.doctor import DoctorReport, run_doctor
from flowaudit.bootstrap.reference import reference_topology
from flowaudit.bootstrap.service import read_state, run_service, run_snapshot
from flowaudit.bootstrap.simulation import run_simulation
from flowaudit.bootstrap.worker import run_worker

__all__ = [
    "DemoOptions",
    "DemoResult",
    "DoctorReport",
    "read_state",
    "reference_topology",
    "run_demo",
    "run_doctor",
    "run_service",
    "run_simulation",
    "run_snapshot",
    "run_worker",
]
