"""The pages of practising: whole, readable by everyone, steady, small, and each person's own."""

import gzip
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, Response, expect

from interviews.models import Interview, Turn
from interviews.services.conduct import pause_interview, start_interview
from tests.browser.conftest import Console
from tests.browser.practising import Room
from users.models import User

ROOM_MAX_BYTES = 100_000
HEADERS_BYTES = 800


@pytest.mark.parametrize("path", ["/practice/", "/practice/new/", "/practice/check/"])
def test_a_page_suits_everyone(signed_in_page: Page, check_every_look, path):
    check_every_look(signed_in_page, path)


def test_the_list_suits_everyone(signed_in_page: Page, interview: Interview, check_every_look):
    start_interview(interview=interview)
    check_every_look(signed_in_page, "/practice/")


def test_the_plan_suits_everyone(signed_in_page: Page, interview: Interview, check_every_look):
    check_every_look(signed_in_page, f"/practice/{interview.pk}/")


@pytest.mark.parametrize("is_paused", [False, True])
def test_the_room_suits_everyone(
    signed_in_page: Page, interview: Interview, check_every_look, is_paused
):
    asked = start_interview(interview=interview)
    Turn.objects.create(
        interview=interview,
        question=asked.question,
        sequence=2,
        revision=2,
        speaker="candidate",
        kind="answer",
        state="answered",
        turn_id="9b2f3f6e-6d0f-4f0e-9d0b-0d5a3c1e7f11",
        text="I read the logs. " * 30,
        duration_s=42.5,
    )
    if is_paused:
        pause_interview(interview=interview)
    check_every_look(signed_in_page, f"/practice/{interview.pk}/")


def test_typing_and_asking_to_end_suit_everyone(room: Room, check_accessibility):
    room.begin()
    room.do("Type")
    check_accessibility(room.page)
    room.do("End")
    check_accessibility(room.page)


def test_the_room_is_small(signed_in_page: Page, interview: Interview):
    """With its sound and all its scripts, compressed as collected files are."""
    start_interview(interview=interview)
    sizes: dict[str, int] = {}
    signed_in_page.on("response", lambda response: sizes.update(compressed_size(response)))
    signed_in_page.goto(f"/practice/{interview.pk}/", wait_until="networkidle")
    assert sum(sizes.values()) < ROOM_MAX_BYTES, sizes
    announced = signed_in_page.locator("link[rel=modulepreload], script[type=module]")
    named = announced.evaluate_all("(all) => all.map((one) => one.href ?? one.src)")
    assert {url for url in sizes if url.endswith(".js")} == set(named)


def compressed_size(response: Response) -> dict[str, int]:
    return {response.url: len(gzip.compress(response.body())) + HEADERS_BYTES}


def test_nobody_opens_the_room_of_another(
    page: Page,
    interview: Interview,
    other_user: User,
    sign_in: Callable[[User], None],
    console: Console,
):
    console.expect("status of 404")
    sign_in(other_user)
    for path in ("", "delete/"):
        response = page.request.get(f"/practice/{interview.pk}/{path}")
        assert response.status in (404, 405)
    page.goto(f"/practice/{interview.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")
    page.goto("/practice/")
    expect(page.get_by_role("heading", name="Practise your first interview")).to_be_visible()


def test_who_is_not_signed_in_signs_in_and_comes_back(page: Page, interview: Interview):
    page.goto(f"/practice/{interview.pk}/")
    expect(page).to_have_url(f"/sign-in/?next=/practice/{interview.pk}/")


def test_a_deleted_interview_is_gone(signed_in_page: Page, interview: Interview):
    page = signed_in_page
    page.goto("/practice/")
    page.get_by_role("button", name="Delete: backend developer").click()
    page.get_by_role("button", name="Keep it").click()
    assert Interview.objects.filter(pk=interview.pk).exists()
    page.get_by_role("button", name="Delete: backend developer").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("The interview and its recordings are deleted.")).to_be_visible()
    assert not Interview.objects.filter(pk=interview.pk).exists()


def test_an_interview_is_fitted_to_a_job(signed_in_page: Page, owner: User):
    page = signed_in_page
    page.goto("/practice/new/")
    page.get_by_label("What kind of work is it?").select_option("Nurse")
    page.get_by_text("Fit it to a job or to your CV").click()
    page.get_by_label("Job description", exact=False).first.fill(
        "Ward nurse. You give medication, watch patients who get worse, and hand over shifts."
    )
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_text("Chosen by the words")).to_be_visible()
    interview = Interview.objects.get(user=owner)
    assert interview.matched_by == "terms"
    word = next(word for question in interview.questions.all() for word in question.matched)
    expect(page.get_by_text(word).first).to_be_visible()


def test_a_file_that_cannot_be_read_is_said_kindly(signed_in_page: Page):
    page = signed_in_page
    page.goto("/practice/new/")
    page.get_by_text("Fit it to a job or to your CV").click()
    page.get_by_label("Your CV as a file").set_input_files(
        {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 nothing"}
    )
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_role("alert")).to_contain_text("Your CV as a file")
    assert not Interview.objects.exists()


def test_a_huge_form_is_refused_before_it_is_read(owner: User, client):
    client.force_login(owner)
    huge = SimpleUploadedFile("cv.txt", b"a" * 12_000_000)
    response = client.post("/practice/new/", {"resume_file": huge})
    assert response.status_code == 413
    assert not Interview.objects.exists()


def test_the_wait_for_a_plan_is_announced(signed_in_page: Page):
    page = signed_in_page
    page.goto("/practice/new/")
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_role("status").filter(has_text="Choosing your questions")).to_be_visible()
