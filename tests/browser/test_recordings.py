"""A recording plays from any place in a browser, once it was turned into an MP3."""

import pytest
from playwright.sync_api import Page

from interviews.models import Recording
from interviews.services.sound import make_recordings_seekable
from tests.interviews.report.held import Said, hold_interview, webm
from tests.live import Service
from users.models import User

LENGTH_S = 40
# A browser may only play what it was told to: no one has touched this page.
SEEK = """async ([url, seconds]) => {
  const audio = new Audio(url);
  audio.muted = true;
  const once = (name) => new Promise((resolve, reject) => {
    audio.addEventListener(name, resolve, { once: true });
    audio.addEventListener("error", () => reject(audio.error.message), { once: true });
  });
  await once("canplay");
  const seeked = once("seeked");
  audio.currentTime = seconds;
  await seeked;
  await audio.play();
  await once("timeupdate");
  audio.pause();
  return [audio.duration, audio.seekable.end(0), audio.currentTime];
}"""


def test_it_plays_from_any_place(signed_in_page: Page, owner: User, service: Service):
    interview = hold_interview(owner, Said("I led it.", sound=webm(LENGTH_S)))
    make_recordings_seekable(interview=interview)
    recording = Recording.objects.get()
    turn_id = recording.turn.turn_id
    signed_in_page.goto("/")
    url = f"/api/interviews/{interview.pk}/turns/{turn_id}/audio"
    duration, seekable, at = signed_in_page.evaluate(SEEK, [url, 31.5])
    assert duration == pytest.approx(LENGTH_S, abs=0.5)
    assert seekable == pytest.approx(LENGTH_S, abs=0.5)
    assert 31.4 <= at < 33
