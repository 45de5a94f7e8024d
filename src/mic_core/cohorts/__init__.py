"""Cohorts: retention, attendance, funnel, completion and comparison of editions."""
