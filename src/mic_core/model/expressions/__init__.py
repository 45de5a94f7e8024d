"""Expressions: Boolean trees over facts, and measures over fact tables, as comparable values."""
