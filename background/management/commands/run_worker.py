"""Run the tasks that requests leave for later."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from background.supervisor import Supervisor
from interview_trainer.metric_files import remove_folder


class Command(BaseCommand):
    help = (
        "Run tasks in the background, and what is to be done regularly, until SIGTERM: then the "
        "running tasks may end, for GRACEFUL_TIMEOUT_S at most."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes", type=int, default=1, help="how many tasks to run at once (1)"
        )
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="stop when this parent process is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Supervisor(processes=options["processes"], server_pid=options["beside"]).run()
        finally:
            remove_folder()
