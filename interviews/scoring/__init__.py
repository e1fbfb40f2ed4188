"""Scores answers, and measures what can be measured. Pure: no database, no model, no clock.

What each level means is in `interviews/rubrics/`, how the rules come to one in `docs/scoring.md`.
"""
