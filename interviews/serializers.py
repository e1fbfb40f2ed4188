"""The shapes of interviews, questions and turns. docs/interviews.md lists them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils import html

from ai.audio import ENCODINGS
from ai.coach.bank import load_bank
from ai.serializers import ReceiptSerializer, check_length, read_upload
from interview_trainer.fields import StrictCharField, StrictChoiceField, StrictIntegerField
from interviews.models import Interview, Question, Turn
from interviews.models.interview import ENGLISH
from interviews.planning.notes import plan_notes
from interviews.services.following import LATEST
from interviews.services.quoting import quote_interview

# Some 3,500 words: more than twenty minutes of speech.
ANSWER_MAX_CHARACTERS = 20_000

LARGEST_ID = 2**63 - 1


class NumberField(StrictIntegerField):
    """A number; in a form, where all values are text, its digits."""

    def get_value(self, dictionary: Any) -> Any:
        sent = super().get_value(dictionary)
        return int(sent) if html.is_html_input(dictionary) and is_digits(sent) else sent


def is_digits(data: Any) -> bool:
    return isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20


class DocumentField(serializers.Field[Any, Any, Any, Any]):
    """A text, or a file to be read by `interviews.services.documents`."""

    default_error_messages = {"invalid": "Send a text or a file."}

    def to_internal_value(self, data: Any) -> str | UploadedFile[bytes]:
        if not isinstance(data, str | UploadedFile):
            self.fail("invalid")
        return data


class InterviewPlanSerializer(serializers.Serializer[Any]):
    """What to practise. `length` is the number of questions."""

    role = StrictCharField(max_length=40)
    level = StrictChoiceField(choices=Interview.Level.choices)
    type = StrictChoiceField(choices=Interview.Type.choices)
    length = NumberField(min_value=1)
    language = StrictCharField(default=ENGLISH)
    rubric = StrictCharField(default="core", max_length=40)
    job_description = DocumentField(default="")
    resume = DocumentField(default="")

    def validate_length(self, length: int) -> int:
        most = settings.INTERVIEW_MAX_QUESTIONS
        if length > most:
            raise serializers.ValidationError(f"At most {most} questions.", code="max_value")
        return length

    def validate_language(self, language: str) -> str:
        if language != ENGLISH:
            raise serializers.ValidationError(
                "Interviews can only be held in English (en) so far.", code="unsupported_language"
            )
        return language


class RetakePlanSerializer(serializers.Serializer[Any]):
    retake_of = NumberField(min_value=1, max_value=LARGEST_ID, help_text="A question's id.")


class RoleSerializer(serializers.Serializer[Any]):
    """A role that there are questions for."""

    id = serializers.CharField()
    title = serializers.CharField()
    field = serializers.CharField()


class RubricReferenceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="rubric")
    version = serializers.IntegerField(source="rubric_version")


class InterviewSerializer(serializers.ModelSerializer[Interview]):
    """An interview without what was said. Takes rows of `Interview.objects.for_showing()`."""

    rubric = RubricReferenceSerializer(source="*")
    role_title = serializers.CharField()
    length = serializers.SerializerMethodField()
    position = serializers.SerializerMethodField()
    open_turn_id = serializers.SerializerMethodField()
    report_state = serializers.SerializerMethodField()

    class Meta:
        model = Interview
        fields: tuple[str, ...] = (
            "id",
            "role",
            "role_title",
            "level",
            "type",
            "language",
            "state",
            "length",
            "position",
            "revision",
            "turn_count",
            "matched_by",
            "rubric",
            "retake_of",
            "created_at",
            "started_at",
            "finished_at",
            "open_turn_id",
            "report_state",
        )

    def get_length(self, interview: Interview) -> int:
        return len(interview.questions.all())

    def get_position(self, interview: Interview) -> int:
        """The number of the last question that was put; 0 before the first."""
        put = (q.position for q in interview.questions.all() if q.state != Question.State.PENDING)
        return max(put, default=0)

    def get_open_turn_id(self, interview: Interview) -> str | None:
        return next((str(turn.turn_id) for turn in interview.turns.all() if turn.is_open), None)

    def get_report_state(self, interview: Interview) -> str | None:
        try:
            return interview.report.state
        except ObjectDoesNotExist:
            return None


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """The text of a question that was not put yet is withheld."""

    competency_name = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = (
            "id",
            "position",
            "kind",
            "competency",
            "competency_name",
            "text",
            "state",
            "matched",
        )

    def get_competency_name(self, question: Question) -> str:
        known = load_bank().competencies.get(question.competency)
        return known.name if known else question.competency

    def get_text(self, question: Question) -> str | None:
        return None if question.state == Question.State.PENDING else question.text


class SpokenWordSerializer(serializers.Serializer[Any]):
    """One of a turn's stored words."""

    text = serializers.CharField(source="0")
    start_s = serializers.FloatField(source="1")
    end_s = serializers.FloatField(source="2")

    def to_representation(self, word: Any) -> dict[str, Any]:
        return {"text": word[0], "start_s": word[1], "end_s": word[2]}


class TurnSerializer(serializers.ModelSerializer[Turn]):
    """Takes rows with `question` and `recording` at hand (`select_related`)."""

    question = serializers.SerializerMethodField()
    words = SpokenWordSerializer(many=True)
    has_recording = serializers.SerializerMethodField()

    class Meta:
        model = Turn
        fields = (
            "sequence",
            "speaker",
            "kind",
            "question",
            "text",
            "turn_id",
            "state",
            "words",
            "duration_s",
            "has_recording",
            "asks_for",
            "model",
            "created_at",
        )

    def get_question(self, turn: Turn) -> int | None:
        """The question's position."""
        return turn.question.position if turn.question else None

    def get_has_recording(self, turn: Turn) -> bool:
        """Only what was spoken has a length, so nothing is looked up for other turns."""
        return turn.duration_s is not None and hasattr(turn, "recording")


class QuotePartSerializer(serializers.Serializer[Any]):
    capability = serializers.CharField()
    model = serializers.CharField()
    units = serializers.IntegerField()
    credits = serializers.IntegerField()
    assumes = serializers.CharField()


class InterviewQuoteSerializer(serializers.Serializer[Any]):
    """What an interview costs at most, if it goes as its parts assume."""

    credits = serializers.IntegerField()
    balance = serializers.IntegerField()
    is_enough = serializers.BooleanField()
    parts = QuotePartSerializer(many=True)


class WholeInterviewSerializer(InterviewSerializer):
    """An interview with its questions and all that was said; before its start with its quote."""

    questions = QuestionSerializer(many=True)
    turns = TurnSerializer(many=True)
    notes = serializers.SerializerMethodField()
    quote = serializers.SerializerMethodField()

    class Meta(InterviewSerializer.Meta):
        fields = (*InterviewSerializer.Meta.fields, "questions", "turns", "notes", "quote")

    def get_notes(self, interview: Interview) -> list[str]:
        return plan_notes(interview, list(interview.questions.all()))

    @extend_schema_field(InterviewQuoteSerializer(allow_null=True))
    def get_quote(self, interview: Interview) -> dict[str, Any] | None:
        if interview.state != Interview.State.PLANNED:
            return None
        quote: dict[str, Any] = InterviewQuoteSerializer(quote_interview(interview=interview)).data
        return quote


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer as it is sent: `text`, or `audio` (a file), or neither for one that is stored."""

    turn_id = serializers.UUIDField()
    text = StrictCharField(required=False)
    audio = serializers.FileField(required=False, allow_empty_file=True)

    def validate_text(self, text: str) -> str:
        return check_length(text, ANSWER_MAX_CHARACTERS)

    def validate_audio(self, audio: Any) -> bytes:
        return read_upload(audio)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if "text" in sent and "audio" in sent:
            raise serializers.ValidationError("Send text or audio, not both.", code="invalid")
        return sent


class SkipSerializer(serializers.Serializer[Any]):
    """`question` is the position of the question to be skipped: then a skip sent twice is one."""

    question = NumberField(required=False, min_value=1)


class SpokenSerializer(serializers.Serializer[Any]):
    """How the interviewer's words are wanted. `speak` is None where the person's choice holds."""

    speak = serializers.BooleanField(allow_null=True, default=None)
    format = serializers.ChoiceField(choices=list(ENCODINGS), default="mp3")


class AfterSerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=0, max_value=LATEST, default=0)


class PaidSerializer(serializers.Serializer[Any]):
    """What a paid operation cost."""

    capability = serializers.CharField()
    model = serializers.CharField()

    def to_representation(self, paid: Any) -> dict[str, Any]:
        return {**super().to_representation(paid), **ReceiptSerializer(paid.receipt).data}


class OutcomeSerializer(serializers.Serializer[Any]):
    """What a request brought: the candidate's turn, the interviewer's, the state after it."""

    turn = TurnSerializer(allow_null=True)
    reply = TurnSerializer(allow_null=True)
    interview = InterviewSerializer()
    receipts = PaidSerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    interview = InterviewSerializer()
    turns = TurnSerializer(many=True)
