"""The API in a browser, for signed-in staff."""

import pytest

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def browser(person_client, staff):
    return person_client(staff)


@pytest.mark.parametrize(
    "path",
    [
        "/api/users",
        "/api/users?email=ada@example.com",
        "/api/users/settings?email=ada@example.com",
        "/api/me",
        "/api/me/settings",
        "/api/me/credits",
        "/api/ai/models",
        "/api/debugging/get-all-users",
    ],
)
def test_staff_read_pages(browser, owner, path):
    response = browser.get(path, headers=PAGE)
    page = response.content.decode()
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert 'action="/api-auth/logout/' in page
    assert "https://" not in page.partition("<body")[0]


def test_a_user_s_pages_by_id(browser, owner):
    for path in (f"/api/users/{owner.pk}", f"/api/users/{owner.pk}/credits"):
        assert browser.get(path, headers=PAGE).status_code == 200


def test_a_person_signs_in_to_read_pages(anonymous, owner):
    assert anonymous.get("/api-auth/login/", headers=PAGE).status_code == 200
    sent = {
        "username": "ada@example.com",
        "password": "correct horse battery staple",
        "next": "/api/me",
    }
    response = anonymous.post("/api-auth/login/?next=/api/me", sent, format="multipart")
    assert (response.status_code, response["Location"]) == (302, "/api/me")
    assert anonymous.get("/api/me", headers=PAGE).status_code == 200


def test_programs_still_read_json(browser):
    assert browser.get("/api/me")["Content-Type"] == "application/json"
