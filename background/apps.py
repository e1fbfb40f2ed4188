from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "background"

    def ready(self) -> None:
        from background import checks  # noqa: F401  (registers the system checks)
