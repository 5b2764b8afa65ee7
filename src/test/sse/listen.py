"""Listens to a stream with sseclient-py, and prints each event as a line of JSON.

    python listen.py <url with the token>

The library reads one response. Coming back with the id of the last event is the caller's part, as
its documentation shows it.
"""

import json
import sys
import time

import requests
import sseclient

last_id = None
while True:
    headers = {"Accept": "text/event-stream"}
    if last_id:
        headers["Last-Event-ID"] = last_id
    try:
        response = requests.get(sys.argv[1], headers=headers, stream=True, timeout=60)
        response.raise_for_status()
        for event in sseclient.SSEClient(response).events():
            last_id = event.id or last_id
            print(json.dumps({"name": event.event, "id": event.id, "data": event.data}), flush=True)
    except requests.exceptions.RequestException:
        pass
    time.sleep(0.2)
