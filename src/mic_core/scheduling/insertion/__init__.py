"""Insertion: where one session can go, and its insertion cost there."""
