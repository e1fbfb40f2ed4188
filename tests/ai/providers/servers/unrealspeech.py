"""Unreal Speech, version 8."""

from tests.ai.providers.servers.base import Asked, Reply, VendorServer, json_reply
from tests.ai.providers.servers.sound import cut, mp3

POLLS = 2


class UnrealSpeechServer(VendorServer):
    """The `/files/` are its storage, which is another host in life."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = mp3(2.0)
        self.sound_type = "audio/mpeg"
        self.file_url = f"{self.url}/files/1.mp3"
        self.task_status = "completed"
        self.polls_left = POLLS

    def is_spoilt(self, asked: Asked) -> bool:
        """The sound itself, however it is come by."""
        return asked.path in {"/stream", "/files/1.mp3"}

    def reply(self, asked: Asked) -> Reply:
        if asked.path == "/speech":
            return json_reply({"OutputUri": self.file_url, "TimestampsUri": f"{self.url}/1.json"})
        if asked.path == "/synthesisTasks":
            return json_reply({"SynthesisTask": {"TaskId": "task-1", "TaskStatus": "scheduled"}})
        if asked.path == "/synthesisTasks/task-1":
            self.polls_left -= 1
            status = "inProgress" if self.polls_left > 0 else self.task_status
            task = {"TaskId": "task-1", "TaskStatus": status, "OutputUri": self.file_url}
            return json_reply({"SynthesisTask": task})
        return Reply(cut(self.sound, 500), self.sound_type, filler=b"\0\0")
