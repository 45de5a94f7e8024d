"""The solver in plain Python: states, what is allowed, ejection and local search."""

from mic_core.scheduling.kernel.chance import Chance
from mic_core.scheduling.kernel.ejection import eject, in_turn
from mic_core.scheduling.kernel.solver import Kernel
from mic_core.scheduling.kernel.state import State

__all__ = ["Chance", "Kernel", "State", "eject", "in_turn"]
