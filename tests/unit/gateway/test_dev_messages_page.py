"""What would have been sent, for a browser; JSON for everybody else."""

from __future__ import annotations

from typing import Any

MESSAGE = {
    "id": "1", "channel": "sms", "recipient": "13900000001", "template": "verification_code",
    "at": "2026-03-05T14:30:00+08:00",
    "text": "【i志愿】<您的>验证码是246810", "shortened": [],
}  # fmt: skip


def test_a_browser_gets_a_page_with_the_newest_first_and_nothing_that_runs(site: Any) -> None:
    gateway = site()
    gateway.rpc.answers["notify.list_simulated_messages"] = {
        "items": [MESSAGE, {**MESSAGE, "text": "新", "shortened": ["<title>"]}]
    }
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = gateway.http.get('/v1/dev/messages?recipient="><b>', headers=browser)

    assert answer.headers["content-type"].startswith("text/html")
    assert "script" not in answer.headers["content-security-policy"]
    assert answer.text.index("新") < answer.text.index("&lt;您的&gt;验证码是246810")
    assert '"><b>' not in answer.text
    assert answer.text.count("已截短") == 1
    assert "&lt;title&gt;" in answer.text
    assert gateway.http.get("/v1/dev/messages").json()["items"][0] == MESSAGE
