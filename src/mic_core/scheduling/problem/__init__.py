"""Scheduling problems in whole numbers: what every solver reads."""

from mic_core.scheduling.problem.compile import STEP, compiled
from mic_core.scheduling.problem.solution import Placements, Progress, Solution, Solver
from mic_core.scheduling.problem.values import Placement, Problem

__all__ = [
    "STEP",
    "Placement",
    "Placements",
    "Problem",
    "Progress",
    "Solution",
    "Solver",
    "compiled",
]
