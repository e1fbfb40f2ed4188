from django.apps import AppConfig


class DebugToolsConfig(AppConfig):
    name = "debugtools"
    verbose_name = "Debugging tools"
