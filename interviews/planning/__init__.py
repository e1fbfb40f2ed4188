"""Choosing the questions of an interview. Pure: no database, no requests."""
