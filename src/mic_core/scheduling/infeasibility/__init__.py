"""Infeasibility: shortages by counting, and minimal conflict sets (MUS) by deletion filter."""
