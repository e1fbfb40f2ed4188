"""What may never be in a log line."""

from interview_trainer.logs import drop_request


def test_a_failure_is_logged_without_its_request(rf):
    request = rf.get("/api/users?email=ada@example.com")
    event = {"event": "Service Unavailable: /api/users", "request": request}
    assert drop_request(None, "error", event) == {"event": "Service Unavailable: /api/users"}
