"""What schemathesis has to know of the API: numbers of phones, and a conversation that is there."""

import os

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


def there(values):
    """Names the conversation that is there in half of the requests."""
    if isinstance(values, dict):
        if isinstance(values.get("metadata"), dict):
            values["metadata"] = storable(values["metadata"])
        identifier = values.get("conversationId")
        if isinstance(identifier, str) and len(identifier) == 36 and identifier[0] in "01234567":
            values["conversationId"] = CONVERSATION
    return values


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return there(path_parameters)


@schemathesis.hook
def map_body(context, body):
    return there(body)


@schemathesis.hook
def map_query(context, query):
    return there(query)
