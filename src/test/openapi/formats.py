"""What schemathesis has to know of the API: numbers of phones, and a conversation that is there."""

import os
import re
from datetime import datetime, timedelta, timezone

import schemathesis
from hypothesis import strategies as st

CONVERSATION = os.environ["CONVERSATION"]

schemathesis.openapi.format(
    "phone-number",
    st.builds(
        "{}+1{}{}".format,
        st.sampled_from(["", "whatsapp:"]),
        st.sampled_from(["202", "312", "415", "555"]),
        st.integers(2_000_000, 9_999_999),
    ),
)


LARGEST = 2**63 - 1


def storable(value):
    """Metadata that the description allows in words: names and numbers that MongoDB can keep."""
    if isinstance(value, dict):
        return {
            name.replace(".", "_").replace("\0", "_").lstrip("$") or "name": storable(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    if isinstance(value, int) and abs(value) > LARGEST:
        return LARGEST
    return value


FILE = "0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11"

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def is_text(value, longest, shortest=0):
    return isinstance(value, str) and shortest <= len(value) <= longest


def hook(values):
    """A hook that the description allows in words: templates, owners and secrets that there are."""
    for name in ["thread", "title"]:
        if is_text(values.get(name), 500):
            values[name] = "{action}"
    if is_text(values.get("template"), 8000):
        values["template"] = "{title}"
    if is_text(values.get("owner"), 254):
        values["owner"] = "owner@example.com"
    if values.get("conversationId") is not None and values.get("thread") == "{action}":
        del values["thread"]
    if isinstance(values.get("settings"), dict):
        if all(isinstance(value, str) for value in values["settings"].values()):
            values["settings"] = {}
    if isinstance(values.get("secrets"), list):
        values["secrets"] = [
            SECRET if is_text(secret, 512, 16) else secret for secret in values["secrets"][:5]
        ]
    return values


def sample(values):
    """Names of headers that HTTP has, and a body that is not null."""
    headers = values.get("headers")
    if isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values()):
        values["headers"] = {"X-Event": value[:100] for value in headers.values()}
    if "body" in values and values["body"] is None:
        values["body"] = {}
    return values


TEMPLATE = "HX0123456789abcdef0123456789abcdef"


def is_template(value):
    """Whether the description allows this template."""
    variables = value.get("variables", {}) if isinstance(value, dict) else None
    return (
        isinstance(variables, dict)
        and re.fullmatch("HX[0-9a-fA-F]{32}", str(value.get("contentSid"))) is not None
        and len(variables) <= 100
        and all(re.fullmatch("[A-Za-z0-9_]{1,64}", name) for name in variables)
        and all(is_text(text, 1_600) and "\0" not in text for text in variables.values())
    )


TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{5,18}([Zz]|[+-][0-9]{2}:[0-9]{2})")


def soon():
    """A time at most 30 days ahead, which the description demands in words."""
    return (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()


def there(values):
    """Names the conversation that is there in half of the requests."""
    if isinstance(values, dict):
        if "scheme" in values:
            values = hook(values)
        if "headers" in values or "body" in values:
            values = sample(values)
        if is_text(values.get("secret"), 512, 16):
            values["secret"] = SECRET
        media = values.get("media")
        if isinstance(media, list) and all(isinstance(one, str) for one in media):
            values["media"] = [FILE for _ in media]
        if is_template(values.get("template")):
            # A template of the account has no media and no code, which the description says in words.
            values["template"] = {"contentSid": TEMPLATE, "variables": {}}
            if isinstance(values.get("media"), list):
                values["media"] = []
            if isinstance(values.get("includeCode"), bool):
                values["includeCode"] = False
        if isinstance(values.get("metadata"), dict):
            values["metadata"] = storable(values["metadata"])
        if isinstance(values.get("sendAt"), str) and TIME.fullmatch(values["sendAt"]):
            values["sendAt"] = soon()
        identifier = values.get("conversationId")
        if isinstance(identifier, str) and len(identifier) == 36 and identifier[0] in "01234567":
            values["conversationId"] = CONVERSATION
    return values


@schemathesis.hook
def before_call(context, case, kwargs):
    """Maps the bodies of all phases; map_body does not see those of the coverage phase."""
    if isinstance(case.body, dict):
        case.body = there(case.body)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return there(path_parameters)


@schemathesis.hook
def map_body(context, body):
    return there(body)


@schemathesis.hook
def map_query(context, query):
    return there(query)
