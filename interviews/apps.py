from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "interviews"

    def ready(self) -> None:
        from interviews.services.deletion import erase_interviews
        from users.signals import person_erased

        person_erased.connect(erase_interviews, dispatch_uid="erase_interviews")
