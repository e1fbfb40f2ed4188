"""How the routes of interviews show in the OpenAPI document."""

from interviews.schema.interviews import INTERVIEWS, ROLES
from interviews.schema.reports import PROGRESS, REPORTS, RUBRICS

__all__ = ["INTERVIEWS", "PROGRESS", "REPORTS", "ROLES", "RUBRICS"]
