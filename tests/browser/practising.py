"""What the tests of the practice room share: a voice, and a person who practises."""

from __future__ import annotations

import wave
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from ai.providers.base import SpeechRequest
from ai.providers.piper import PiperSpeech
from interviews.models import Interview, Turn
from tests.live import wait_until

SAID = (
    "In my last job our checkout failed for one customer in ten. I read the logs for two days, "
    "found a timeout in the payment service, and added a retry. Failed orders fell by eighty "
    "percent."
)
SILENCE_S = 1
REPLY_MS = 40_000

# Tells of each buffer of sound how long it is and whether there is anything in it, and how many of
# them were ended early.
HEAR = """
window.heard = [];
window.silenced = 0;
const stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.stop = function (...rest) {
  silenced += 1;
  return stop.apply(this, rest);
};
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...rest) {
  const samples = this.buffer.getChannelData(0);
  heard.push({seconds: this.buffer.duration, loudest: Math.max(...samples.map(Math.abs))});
  return start.apply(this, rest);
};
"""


def record_answer(path: Path, text: str = SAID) -> Path:
    """An answer as a file that Chromium's fake microphone says over and over."""
    voice = PiperSpeech()
    pcm = b"".join(voice.synthesize(SpeechRequest(model="piper", text=text)))
    voice.close()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PiperSpeech.sample_rate)
        file.writeframes(pcm + bytes(2 * SILENCE_S * PiperSpeech.sample_rate))
    return path


def microphone_arguments(answer: Path) -> list[str]:
    """What Chromium is started with to hear that file, and to let the page listen."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={answer}",
    ]


class Room:
    """A person in the practice room of an interview."""

    def __init__(self, page: Page, interview: Interview) -> None:
        self.page = page
        self.interview = interview
        self.path = f"/practice/{interview.pk}/"

    @property
    def control(self) -> Locator:
        return self.page.locator("[data-part=control]")

    @property
    def status(self) -> Locator:
        return self.page.locator("[data-part=status]")

    @property
    def trouble(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def said(self) -> Locator:
        """Each turn on the page."""
        return self.page.get_by_role("log", name="What was said").get_by_role("listitem")

    @property
    def answers(self) -> list[Turn]:
        return list(self.interview.turns.filter(speaker=Turn.Speaker.CANDIDATE))

    def open(self) -> None:
        self.page.goto(self.path)

    def begin(self) -> None:
        self.open()
        self.page.get_by_role("button", name="Begin the interview").click()
        self.expect_turns(1)

    def start_answer(self) -> None:
        self.control.click()
        expect(self.control).to_have_text("Finish your answer")

    def speak_for(self, seconds: int) -> None:
        """Until the room's own timer shows so many seconds."""
        expect(self.page.get_by_role("timer")).to_have_text(f"0:{seconds:02}", timeout=REPLY_MS)

    def finish_answer(self) -> None:
        self.control.click()

    def type_answer(self, text: str) -> None:
        self.page.get_by_role("textbox", name="Your answer").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def do(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect_turns(self, count: int) -> None:
        """So many turns are on the page, and all of them are there in words."""
        expect(self.said).to_have_count(count, timeout=REPLY_MS)
        expect(self.page.locator(".turn:is(.waiting, .pending)")).to_have_count(0)

    def expect_ready(self) -> None:
        expect(self.status).to_have_text("Take your time", timeout=REPLY_MS)

    def expect_kept(self, count: int) -> None:
        """So many answers are kept in the browser."""
        wait_until(lambda: self._kept() == count)

    def _kept(self) -> int:
        count: int = self.page.evaluate(
            """async () => {
              const { Kept } = await import("/static/js/practice/kept.js");
              return (await new Kept().all()).length;
            }"""
        )
        return count
