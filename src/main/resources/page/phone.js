/**
 * A user's own phones. The page gets LibreChat's access token from live.js in an open LibreChat tab
 * of the same origin, keeps the token in memory, and sends it only in a header to this origin. All
 * data is set as text, never as markup.
 */

const $ = (id) => document.getElementById(id);
const HERE = new URL('./', location.href);
const EVERY = 3_000; // ms between two requests for new phones or a token

let token;
let choices = []; // the agents and models that LibreChat lists
let shown = '';

// ── The token ───────────────────────────────────────────────────────────────────────────────────

const channel = new BroadcastChannel('switchboard:phone');

function wait(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/** Asks the LibreChat tabs; the first answer counts. */
async function learn() {
  token = undefined;
  channel.onmessage = ({ data }) => {
    if (typeof data?.token === 'string') token ??= data.token;
  };
  channel.postMessage({ ask: 'token' });
  for (let turn = 0; turn < 20 && !token; turn++) await wait(50);
  channel.onmessage = null;
  return Boolean(token);
}

class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

async function ask(address, method = 'GET', content = undefined, again = true) {
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: 'application/json',
        ...(content && { 'Content-Type': 'application/json' }),
      },
      body: content && JSON.stringify(content),
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Refused(0, 'The service cannot be reached.');
  }
  // The token has expired: an open tab has a newer one.
  if (response.status === 401 && again && (await learn())) return ask(address, method, content, false);
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Refused(response.status, body.error ?? `The service responded with ${response.status}.`);
}

const ours = (path, ...more) => ask(new URL(path, HERE), ...more);

// ── Agents and models ────────────────────────────────────────────────────────────────────────────

/** The user's agents and models, as LibreChat lists them; without an answer the default remains. */
async function loadChoices() {
  const found = [{ label: 'As in my newest conversation', value: {} }];
  const agents = await ask(new URL('/api/agents', location.href)).catch(() => undefined);
  for (const { id, name } of Array.isArray(agents?.data) ? agents.data.slice(0, 200) : []) {
    if (id) found.push({ label: `Agent: ${name || id}`, value: { endpoint: 'agents', agentId: id } });
  }
  const models = await ask(new URL('/api/models', location.href)).catch(() => undefined);
  for (const [endpoint, names] of Object.entries(models ?? {})) {
    if (!Array.isArray(names) || /agents|assistants/i.test(endpoint)) continue;
    for (const model of names.slice(0, 100)) {
      found.push({ label: `${endpoint}: ${model}`, value: { endpoint, model } });
    }
  }
  choices = found;
}

const key = ({ endpoint = '', model = '', agentId = '' }) => JSON.stringify([endpoint, model, agentId]);

// ── Showing ─────────────────────────────────────────────────────────────────────────────────────

function make(name, text, more = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, more);
}

function fail(into, failure) {
  $(into).textContent = failure instanceof Refused ? failure.message : 'Something went wrong.';
}

function card(phone) {
  const box = make('section', '', { className: 'card' });
  const title = make('h3', phone.phoneNumber, { className: 'mono' });
  const since = new Date(phone.since).toLocaleDateString();
  const used = new Date(phone.lastUsed).toLocaleDateString();
  box.append(title, make('p', `Linked on ${since}; last text on ${used}.`, { className: 'note' }));
  if (phone.stale) {
    box.append(make('p', 'This phone has sent no text for a long time. Link the phone again to use it.', { className: 'error' }));
  }
  const select = make('select', '', { id: `choice-${phone.id}` });
  const known = choices.some(({ value }) => key(value) === key(phone));
  const own = { endpoint: phone.endpoint, model: phone.model, agentId: phone.agentId };
  const all = known ? choices : [...choices, { label: [phone.endpoint, phone.model ?? phone.agentId].filter(Boolean).join(': '), value: own }];
  for (const { label, value } of all) select.append(make('option', label, { value: key(value), selected: key(value) === key(phone) }));
  select.onchange = async () => {
    const [endpoint, model, agentId] = JSON.parse(select.value);
    await act(() => ours(`phones/${encodeURIComponent(phone.id)}`, 'PUT', { endpoint, model, agentId }));
  };
  const unlink = make('button', 'Unlink this phone', { type: 'button', className: 'danger' });
  unlink.onclick = () => act(() => ours(`phones/${encodeURIComponent(phone.id)}`, 'DELETE'));
  const label = make('label', 'Agent or model for new conversations', { htmlFor: select.id });
  const line = make('p', '');
  line.append(unlink);
  box.append(label, select, line);
  return box;
}

async function act(work) {
  $('error').textContent = '';
  try {
    await work();
    await load();
  } catch (failure) {
    fail('error', failure);
  }
}

/** Redraws only what has changed, so that an open list stays open. */
async function load() {
  const data = await ours('phones');
  const now = JSON.stringify([data, choices]);
  if (now === shown) return;
  if (shown && data.phones.length > JSON.parse(shown)[0].phones.length) $('code-line').hidden = true;
  shown = now;
  $('phones').replaceChildren(...data.phones.map(card));
  $('none').hidden = data.phones.length > 0;
}

$('new-code').onclick = async () => {
  $('code-error').textContent = '';
  try {
    const { code, expiresAt, textTo } = await ours('codes', 'POST');
    $('code').textContent = code;
    $('numbers').textContent = textTo.join(' or ') || 'the number of your organisation';
    $('until').textContent = new Date(expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    $('code-line').hidden = false;
  } catch (failure) {
    fail('code-error', failure);
  }
};

function open(is) {
  $('begin').hidden = is;
  $('room').hidden = !is;
}

async function run() {
  for (;;) {
    try {
      if (token || (await learn())) {
        if (!choices.length) await loadChoices();
        await load();
        open(true);
        $('error').textContent = '';
      } else {
        open(false);
        $('begin-text').textContent =
          'Open LibreChat in another tab of this browser, sign in, and return to this tab. This page then continues.';
      }
    } catch (failure) {
      if (failure.status === 401) {
        token = undefined;
        open(false);
      } else {
        fail('error', failure);
      }
    }
    await wait(document.hidden ? 4 * EVERY : EVERY);
  }
}

run();
