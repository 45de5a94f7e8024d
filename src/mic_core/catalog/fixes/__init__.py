"""Fixes: changes that make a finding go away, tried on a copy before they are offered."""
