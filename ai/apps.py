from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai import checks  # noqa: F401  (registers the system checks)
        from ai.services.erasure import erase_speech
        from users.signals import person_erased

        person_erased.connect(erase_speech, dispatch_uid="erase_speech")
