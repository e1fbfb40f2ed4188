from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        # They register the system checks.
        from interview_trainer import checks as server_checks  # noqa: F401
        from users import checks  # noqa: F401
        from users.limits import checks as limit_checks  # noqa: F401
