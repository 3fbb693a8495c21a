"""Somebody's fake, which offers one function. Here the embedded emulator plays its part."""

import json
from typing import Any

from werkzeug.test import Client

from trackstep.emulator import server


def handle(action: str, body: bytes, region: str) -> tuple[int, dict[str, Any]]:
    """One request: HTTP status and answer."""
    headers = {
        "X-Amz-Target": f"AmazonPersonalize.{action}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=t/20260101/{region}/personalize/aws4_request, "
        "SignedHeaders=host, Signature=0",
    }
    path = "/events" if action == "PutEvents" else "/"
    answer = Client(server.application).post(path, data=body, headers=headers)
    return answer.status_code, json.loads(answer.data or b"{}")
