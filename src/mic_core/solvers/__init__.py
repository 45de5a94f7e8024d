"""Solvers beside the kernel, each with an extra of its own, loaded on first use."""

from mic_core.solvers.cp_sat import CpSat

__all__ = ["CpSat"]
