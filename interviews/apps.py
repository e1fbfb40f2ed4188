from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "interviews"

    def ready(self) -> None:
        from interviews import checks  # noqa: F401  (registers the system checks)
        from interviews.services.deletion import erase_interviews
        from interviews.services.exporting import export_interviews
        from users.signals import person_erased, person_exported

        person_erased.connect(erase_interviews, dispatch_uid="erase_interviews")
        person_exported.connect(export_interviews, dispatch_uid="export_interviews")
