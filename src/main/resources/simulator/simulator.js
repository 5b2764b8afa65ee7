/**
 * Dev mode's phone simulator. A phone's text goes to the webhook, signed, through a door of dev mode;
 * the phone shows the webhook's TwiML and the texts that were sent to its number. The owner's side
 * reads the real stream with the project's public client.
 */
import { SwitchboardStream } from '../client.js';

const PEOPLE = [
  ['Ada', '+15551230001'],
  ['Ben', '+15551230002'],
  ['Cleo', '+15551230003'],
];
const $ = (id) => document.getElementById(id);
const times = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const hours = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const phones = new Set();

class Phone {
  #place = $('phone').content.firstElementChild.cloneNode(true);
  #sent = new Map(); // texts to this phone, by their id

  constructor(name, number) {
    this.#find('.name').value = name;
    this.#find('.number').value = number;
    const text = this.#find('textarea');
    this.#find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      const body = text.value.trim();
      text.value = '';
      if (body) this.#send(body);
    });
    text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#find('form').requestSubmit();
      }
    });
    // A picture goes at once, with the words that are typed already.
    for (const sample of this.#place.querySelectorAll('[data-sample]')) {
      sample.addEventListener('click', () => {
        this.#find('.camera').open = false;
        const body = text.value.trim();
        text.value = '';
        this.#send(body, [sample.dataset.sample]);
      });
    }
    this.#find('.way').addEventListener('change', () => this.chat());
    this.#find('.later').addEventListener('click', () => this.#later());
    text.id = `text-${phones.size}`;
    this.#find('form > label').htmlFor = text.id;
    $('phones').append(this.#place);
    phones.add(this);
  }

  focus() {
    this.#find('textarea').focus();
  }

  get #address() {
    return this.#find('.way').value + this.#find('.number').value.trim();
  }

  #find(what) {
    return this.#place.querySelector(what);
  }

  get address() {
    return this.#address;
  }

  /** What WhatsApp tells: until when free texts arrive, and whether the other side types. */
  chat(known) {
    const onWhatsApp = this.#find('.way').value === 'whatsapp:';
    this.#find('.window').hidden = !onWhatsApp;
    this.#find('.until').textContent = !known
      ? 'Window closed: no text yet'
      : known.open
        ? `Window open until ${hours.format(new Date(known.openUntil))}`
        : 'Window closed: only templates arrive';
    this.#find('.typing').textContent = onWhatsApp && known?.typing ? 'typing…' : '';
  }

  async #later() {
    await fetch('later', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ person: this.#address }),
    });
    await look();
  }

  async #send(body, media = [], button = undefined) {
    this.#say('mine', body, media.map((name) => picture(`samples/${name}`, /\.png$/.test(name), name)));
    const whatsApp = this.#find('.way').value === 'whatsapp:';
    try {
      const response = await fetch('text', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          from: this.#address,
          body,
          media,
          name: whatsApp ? this.#find('.name').value : null,
          ...(button && { buttonText: button.title, buttonPayload: button.id ?? button.title }),
        }),
      });
      const answer = await response.json();
      if (!response.ok || answer.status !== 200) {
        const said = answer.error ?? `the webhook answered with ${answer.status}`;
        this.#say('said wrong', `Not delivered: ${said}.`);
        return;
      }
      const twiml = new DOMParser().parseFromString(answer.twiml, 'text/xml');
      const replies = [...twiml.querySelectorAll('Response > Message')];
      replies.forEach((reply) => this.#say('theirs', reply.textContent));
      this.#say('said', replies.length ? 'Delivered, answered by TwiML' : 'Delivered');
    } catch {
      this.#say('said wrong', 'Not delivered: the service cannot be reached.');
    }
  }

  /** A text of the outbox, or its new state. */
  take(text) {
    if (text.to !== this.#address) return;
    const media = text.media ?? [];
    if (media.some((file) => !file.path && !file.error)) return; // Twilio still fetches them
    const known = this.#sent.get(text.sid);
    const state = `${text.template ? `Template ${text.template}` : 'Sent through the API'}: ${ticks(text)}`;
    if (known) known.textContent = state;
    else {
      const bubble = this.#say('theirs', text.body ?? '', media.map(received));
      this.#choices(bubble, text.buttons ?? []);
      this.#sent.set(text.sid, this.#say('said', state));
    }
    this.#sent.get(text.sid).classList.toggle('wrong', text.status === 'failed');
    this.#sent.get(text.sid).classList.toggle('read', text.status === 'read');
  }

  /** The buttons of a quick reply; the first press answers. */
  #choices(bubble, buttons) {
    if (!buttons.length) return;
    const group = document.createElement('div');
    group.className = 'choices';
    for (const choice of buttons) {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', textContent: choice.title });
      button.addEventListener('click', () => {
        group.querySelectorAll('button').forEach((one) => (one.disabled = true));
        this.#send(choice.title, [], choice);
      });
      group.append(button);
    }
    bubble.append(group);
  }

  #say(kind, text, files = []) {
    const line = document.createElement('li');
    line.className = kind;
    line.append(...files, text);
    const talk = this.#find('.talk');
    talk.append(line);
    talk.scrollTop = talk.scrollHeight;
    return line;
  }
}

/** The state as WhatsApp shows it; SMS has words alone. */
function ticks({ to, status }) {
  if (!to.startsWith('whatsapp:')) return status;
  return { sent: '✓ sent', delivered: '✓✓ delivered', read: '✓✓ read', failed: 'not delivered, the window is closed (63016)' }[status] ?? status;
}

/** A picture, or a link to a file. */
function picture(path, shown, name) {
  const element = document.createElement(shown ? 'img' : 'a');
  if (shown) Object.assign(element, { src: path, alt: name, className: 'picture' });
  else Object.assign(element, { href: path, textContent: name, className: 'file', target: '_blank', rel: 'noopener' });
  return element;
}

/** A file that came with a text; its address works as long as it would for Twilio. */
function received(file) {
  if (file.error) return `[Twilio cannot fetch a file: ${file.error}] `;
  return picture(file.path, /^image\/(png|jpeg|gif)/.test(file.type), file.type);
}

// ── The owner's side ────────────────────────────────────────────────────────────────────────────

const chats = new Map();

function show(event) {
  const { message, conversationId } = event;
  if (!message) return;
  $('nothing').hidden = true;
  let chat = chats.get(conversationId);
  if (!chat) {
    chat = document.createElement('article');
    chat.className = 'chat';
    const title = document.createElement('h3');
    title.textContent = `Conversation ${conversationId.slice(0, 8)}…`;
    title.title = conversationId;
    chat.append(title, document.createElement('ol'));
    chats.set(conversationId, chat);
  }
  if (chat.querySelector(`[data-id="${CSS.escape(event.messageId)}"]`)) return;
  const line = document.createElement('li');
  line.dataset.id = event.messageId;
  const icon = document.createElement('img');
  Object.assign(icon, { src: message.iconURL ?? '../favicon.svg', width: 32, height: 32, alt: '' });
  const who = document.createElement('strong');
  who.textContent = message.sender;
  const when = document.createElement('time');
  when.dateTime = message.createdAt;
  when.textContent = times.format(new Date(message.createdAt));
  const text = document.createElement('p');
  text.textContent = message.text;
  line.append(icon, who, when, text);
  chat.lastElementChild.append(line);
  $('chats').prepend(chat);
}

async function owner() {
  const response = await fetch('owner');
  const known = await response.json();
  if (!response.ok) throw new Error(known.error);
  $('owner').textContent = known.name;
  return known.token;
}

const STATES = { open: 'Listening', connecting: 'Connecting…', waiting: 'Not reachable', unauthorized: 'Not authorized' };

function reach(state) {
  $('reach').textContent = STATES[state] ?? '';
  $('reach').classList.toggle('away', state !== 'open');
}

new SwitchboardStream({
  url: '/api/messages/stream',
  token: () => owner().catch(() => undefined),
  onMessage: show,
  onState: reach,
});

async function look() {
  if (document.hidden) return;
  try {
    const { items } = await (await fetch('texts')).json();
    items.forEach((text) => phones.forEach((phone) => phone.take(text)));
    const { items: chats } = await (await fetch('whatsapp')).json();
    phones.forEach((phone) => phone.chat(chats.find((one) => one.person === phone.address)));
  } catch {
    // The stream's state shows that the service cannot be reached.
  }
}

setInterval(look, 1_000);

PEOPLE.forEach(([name, number]) => new Phone(name, number));
$('add').addEventListener('click', () => {
  const number = `+1555123${String(phones.size + 1).padStart(4, '0')}`;
  new Phone(`Phone ${phones.size + 1}`, number).focus();
});
