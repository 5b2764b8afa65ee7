// Writes 75 requests that Twilio's library for Node has signed, one JSON object a line:
//   npm install twilio && NODE_PATH=node_modules node src/test/vectors/twilio-node.js
// The lines of both scripts are src/test/resources/twilio-vectors.jsonl.
const twilio = require("twilio");
const { getExpectedTwilioSignature, getExpectedBodyHash } = require("twilio/lib/webhooks/webhooks");

const TOKEN = "test-auth-token";
let state = 20260401;
function random(most) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * most);
}
const pick = (list) => list[random(list.length)];
const hex = () => Array.from({ length: 32 }, () => "0123456789abcdef"[random(16)]).join("");
const WORDS = ["Hello", "жизнь", "مرحبا", "你好", "नमस्ते", "👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "a&b=c", "100%", "+1 555", "'\"<>", "\r\n", "\t", "~!*()", "ＳＴＯＰ", "\u00a0"];
const text = (most) => Array.from({ length: random(most) }, () => pick(WORDS)).join(" ");
const NAMES = ["AddOns", "ChannelMetadata", "FromCity", "ToZip", "NewField", "ProfileName", "SmsStatus", "Zebra", "Forwarded", "MessageType"];
const QUERIES = ["", "", "?a=%26", "?shop=caf%C3%A9&x=1", "?q=a+b%20c", "?x='~!*()", "?e=", "?flag", "?u=https://x.example/%3Fy%3D1", "?a=1&a=2", "?%D0%B6=%d0%b6", "?x=;,/@:"];
const PORTS = ["", ":443"];

function message() {
  const sid = "SM" + hex();
  const params = {
    AccountSid: "AC0123456789abcdef0123456789abcdef",
    ApiVersion: "2010-04-01",
    Body: text(12),
    From: pick(["", "whatsapp:"]) + "+1555" + (1000000 + random(8999999)),
    MessageSid: sid,
    NumMedia: "0",
    NumSegments: "1",
    SmsMessageSid: sid,
    SmsSid: sid,
    To: "+15557654321",
  };
  for (let i = random(6); i > 0; i--) {
    const name = pick(NAMES);
    params[name] = name === "SmsStatus" ? "received" : text(4);
  }
  if (random(4) === 0) {
    params.Tag = ["b", "a", "b", "😀", "\uff5e", ""].slice(0, 1 + random(6));
  }
  return params;
}

for (let i = 0; i < 75; i++) {
  const path = "/api/twilio/webhook" + pick(QUERIES);
  const params = message();
  const line = { library: "node", path };
  if (i % 5 === 4) {
    delete params.Tag;
    line.json = JSON.stringify(params);
    line.path += (path.includes("?") ? "&" : "?") + "bodySHA256=" + getExpectedBodyHash(line.json);
    const url = "https://chat.example.com" + pick(PORTS) + line.path;
    line.signature = getExpectedTwilioSignature(TOKEN, url, {});
    if (!twilio.validateRequestWithBody(TOKEN, line.signature, url, line.json)) throw new Error(url);
  } else {
    const url = "https://chat.example.com" + pick(PORTS) + path;
    line.fields = Object.entries(params).flatMap(([name, value]) => [].concat(value).map((one) => [name, one]));
    line.signature = getExpectedTwilioSignature(TOKEN, url, params);
    if (!twilio.validateRequest(TOKEN, line.signature, url, params)) throw new Error(url);
  }
  console.log(JSON.stringify(line));
}
