"""Solvers beside the kernel, each in an extra of its own and loaded on first use."""

from mic_core.solvers.cp_sat import CpSat

__all__ = ["CpSat"]
