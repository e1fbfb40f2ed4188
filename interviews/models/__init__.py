"""What practising is: an interview, its questions, what was said, and the report."""

from interviews.models.interview import Interview, Question
from interviews.models.report import Report
from interviews.models.turn import Recording, Turn

__all__ = ["Interview", "Question", "Recording", "Report", "Turn"]
