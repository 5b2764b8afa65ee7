"""Writes 75 requests that Twilio's library for Python has signed, one JSON object a line:

    pip install twilio && python src/test/vectors/twilio-python.py

The lines of both scripts are src/test/resources/twilio-vectors.jsonl.
"""
import json
import random

from twilio.request_validator import RequestValidator

random.seed(20260401)
validator = RequestValidator("test-auth-token")
WORDS = ["Hello", "жизнь", "مرحبا", "你好", "नमस्ते", "👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "a&b=c", "100%", "+1 555",
         "'\"<>", "\r\n", "\t", "~!*()", "ＳＴＯＰ", "\u00a0"]
NAMES = ["AddOns", "ChannelMetadata", "FromCity", "ToZip", "NewField", "ProfileName", "Zebra", "Forwarded"]
QUERIES = ["", "", "?a=%26", "?shop=caf%C3%A9&x=1", "?q=a+b%20c", "?x='~!*()", "?e=", "?flag", "?a=1&a=2",
           "?%D0%B6=%d0%b6", "?x=;,/@:"]


class Fields(dict):
    """Repeated fields, as Django hands them over."""

    def getlist(self, name):
        return self[name]


def text(most):
    return " ".join(random.choice(WORDS) for _ in range(random.randrange(most)))


def message():
    sid = random.choice(["SM", "MM"]) + "%032x" % random.getrandbits(128)
    fields = {
        "AccountSid": "AC0123456789abcdef0123456789abcdef",
        "ApiVersion": "2010-04-01",
        "Body": text(12),
        "From": random.choice(["", "whatsapp:"]) + "+1555%07d" % random.randrange(1000000, 9999999),
        "MessageSid": sid,
        "NumMedia": "0",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "To": "+15557654321",
    }
    for _ in range(random.randrange(6)):
        fields[random.choice(NAMES)] = text(4)
    return fields


for i in range(75):
    path = "/api/twilio/webhook" + random.choice(QUERIES)
    origin = "https://chat.example.com" + random.choice(["", ":443"])
    fields = message()
    line = {"library": "python"}
    if i % 5 == 4:
        line["json"] = json.dumps(fields, ensure_ascii=random.random() < 0.5)
        path += ("&" if "?" in path else "?") + "bodySHA256=" + validator.compute_hash(line["json"])
        line["signature"] = validator.compute_signature(origin + path, {})
        assert validator.validate(origin + path, line["json"], line["signature"]), path
    else:
        repeated = Fields({name: [value] for name, value in fields.items()})
        if i % 7 == 0:
            repeated["Tag"] = ["b", "a", "b", "😀", "\uff5e", ""]
        line["fields"] = [[name, value] for name in repeated for value in repeated[name]]
        line["signature"] = validator.compute_signature(origin + path, repeated)
        assert validator.validate(origin + path, repeated, line["signature"]), path
    line["path"] = path
    print(json.dumps(line, ensure_ascii=False))
