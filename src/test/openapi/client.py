"""Calls the operations with a client that openapi-python-client generated, which parses each answer.

    python client.py <address> <key> <conversation>
"""

import sys
import uuid

from switchboard_client import AuthenticatedClient
from switchboard_client.api.inbox import list_inbox
from switchboard_client.api.mappings import get_mapping, list_mappings, make_mapping, renew_code
from switchboard_client.api.messages import inject_message, inject_message_by_phone_number
from switchboard_client.api.operations import count_streams, examine, list_feed
from switchboard_client.api.people import forget_person
from switchboard_client.api.replies import list_replies
from switchboard_client.api.spend import get_spend, pause_sending, resume_sending
from switchboard_client.api.texts import (
    get_text,
    list_opt_outs,
    list_texts,
    send_text,
    text_people_of_conversation,
)
from switchboard_client.models import (
    ContactMessage,
    ExternalMessage,
    NewGroupText,
    NewMapping,
    NewText,
    Problem,
)

address, key, conversation = sys.argv[1:]
client = AuthenticatedClient(
    base_url=address, token=key, prefix="", auth_header_name="X-Internal-API-Key"
)
conversation = uuid.UUID(conversation)
number = "+15557654321"
checked = 0


def good(operation, *arguments, **named):
    """The parsed answer, which has a type of its own and is no problem."""
    global checked
    answer = operation.sync_detailed(*arguments, client=client, **named)
    assert answer.parsed is not None and not isinstance(answer.parsed, Problem), answer
    assert type(answer.parsed).__module__.startswith("switchboard_client.models"), answer
    checked += 1
    return answer.parsed


def body(model, **fields):
    return model.from_dict({name: value for name, value in fields.items()})


injected = good(
    inject_message, conversation, body=body(ExternalMessage, role="external", content="Hello")
)
assert injected.text == "Hello"
assert injected.expired_at is None
mapping = good(
    make_mapping,
    body=body(NewMapping, phoneNumber=number, conversationId=str(conversation), label="Bob"),
)
assert good(get_mapping, mapping.id).phone_number == number
assert good(renew_code, mapping.id).id == mapping.id
assert good(list_mappings, conversation_id=conversation).items[0].conversation_id
good(
    inject_message_by_phone_number,
    body=body(ContactMessage, **{"role": "external", "content": "Hi", "from": number}),
)
queued = good(
    send_text, body=body(NewText, to=number, conversationId=str(conversation), text="Hello")
)
text = good(get_text, queued.id)
assert text.history[0].at
assert good(text_people_of_conversation, conversation, body=body(NewGroupText, text="All")).people
assert good(list_texts, limit=5).items
assert good(list_inbox).limit == 50
assert good(list_replies).offset == 0
assert good(list_opt_outs).total == 0
assert good(list_feed).items[0].sender
assert good(count_streams).open_ == 0
assert good(pause_sending).paused
assert not good(resume_sending).paused
assert good(get_spend).segments.used > 0
assert good(examine).checks[0].says
assert good(forget_person, number).mappings == 1
problem = get_text.sync(id="nothing", client=client)
assert isinstance(problem, Problem) and problem.status == 404
print(f"{checked} answers")
