"""Scheduling: the rules of the timetable, and the verbs that plan, judge, repair and explain it."""
