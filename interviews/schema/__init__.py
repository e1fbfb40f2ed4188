"""How the routes of interviews show in the OpenAPI document."""

from interviews.schema.interviews import INTERVIEWS, ROLES

__all__ = ["INTERVIEWS", "ROLES"]
