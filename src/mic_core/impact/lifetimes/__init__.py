"""Lifetimes: survival curves of enterprises and of seats, from the tables of their lives."""
