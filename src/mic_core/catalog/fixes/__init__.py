"""Fixes: proposed changes that resolve a finding, each verified on a copy of the portfolio."""
