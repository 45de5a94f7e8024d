"""Admission: requirements, calls and selection; who gets a seat, attends and completes."""
