"""The fake vendor itself, asked directly: what the clients and the vendor take by themselves."""

from contextlib import ExitStack

from contenders.base import Contender, chat, post


class Direct(Contender):
    name = "direct"
    uses_stores = False

    @property
    def description(self) -> str:
        return "the vendor itself, nobody between"

    def start(self, stack: ExitStack) -> None:
        self.address = self.ground.vendor_url.removeprefix("http://")

    def wait(self) -> None:
        """It served before anybody else started."""

    def request(self, number: int, *, is_streamed: bool) -> bytes:
        return STREAMED if is_streamed else WHOLE

    @property
    def cpu_s(self) -> float:
        return 0.0

    @property
    def memory_mb(self) -> float:
        return 0.0


WHOLE, STREAMED = (
    post("/v1/chat/completions", chat(is_streamed=is_streamed)) for is_streamed in (False, True)
)
