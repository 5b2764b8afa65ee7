/**
 * The operator's page. It shows the data of the doors with an API key. The page asks for the key once,
 * keeps it in this tab (sessionStorage), and sends it only in a header. All data is set as text, never
 * as markup.
 */

import { hooksView } from './hooks.js';

const KEY = 'switchboard.key';
const API = new URL('api/', location.href);
const PAGE = 50;
const EVERY = 3_000; // ms between two looks at what is live
const OVERLAP = 10_000; // ms; a message may be stored a little after one with a later date

const $ = (id) => document.getElementById(id);

/** An error with a sentence for the reader. */
class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────

async function ask(path, method = 'GET', content = undefined) {
  let response;
  try {
    response = await fetch(new URL(path, API), {
      method,
      headers: {
        'X-Internal-API-Key': sessionStorage.getItem(KEY) ?? '',
        Accept: 'application/json',
        ...(content && { 'Content-Type': 'application/json' }),
      },
      body: content && JSON.stringify(content),
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    reach(false);
    throw new Refused(0, 'The service cannot be reached.');
  }
  reach(true);
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const refused = new Refused(response.status, body.error ?? `The service responded with ${response.status}.`);
  if (response.status === 401) lock('This key is no longer valid.');
  throw refused;
}

function reach(here) {
  $('reach').textContent = here ? 'Connected' : 'Not reachable';
  $('reach').classList.toggle('away', !here);
}

// ── Making elements ─────────────────────────────────────────────────────────────────────────────

/** make('td', {class: 'x', 'data-label': 'Who'}, 'text', otherElement) */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute === 'onclick') element.addEventListener('click', value);
    else if (value !== undefined) element.setAttribute(attribute, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

const note = (...content) => make('span', { class: 'note' }, ...content);

const dates = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const times = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function moment(iso, clock = false) {
  if (!iso) return undefined;
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return make('time', { datetime: iso, title: date.toLocaleString() }, (clock && today ? times : dates).format(date));
}

const SOURCES = { sms: 'SMS', mms: 'SMS', whatsapp: 'WhatsApp', rcs: 'RCS', webhook: 'Webhook', api: 'API' };

function icon(source) {
  const known = source === 'mms' ? 'sms' : source in SOURCES ? source : 'external';
  return make('img', { src: `icons/${known}.svg`, width: 34, height: 34, alt: SOURCES[source] ?? source ?? 'outside' });
}

/** LibreChat is on the same host, where the proxy sends everything else. */
const chat = (id) =>
  id ? make('a', { href: `../c/${encodeURIComponent(id)}`, class: 'mono', title: id }, `${id.slice(0, 8)}…`) : undefined;

function table(columns, rows) {
  const head = columns.map(([label]) => make('th', { scope: 'col' }, label));
  const body = rows.map((row) =>
    make('tr', {}, ...columns.map(([label, cell, kind]) => make('td', { 'data-label': label, class: kind }, ...[cell(row)].flat()))),
  );
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...body));
}

let toasting;
function toast(text) {
  $('toast').textContent = text;
  clearTimeout(toasting);
  toasting = setTimeout(() => ($('toast').textContent = ''), 6_000);
}

/** Asks for a confirmation of an action that cannot be undone; returns a promise. */
function sure(title, text, yes) {
  const dialog = $('ask');
  $('ask-title').textContent = title;
  $('ask-text').textContent = text;
  $('ask-yes').textContent = yes;
  return new Promise((decide) => {
    dialog.returnValue = '';
    $('ask-yes').onclick = () => dialog.close('yes');
    $('ask-no').onclick = () => dialog.close();
    dialog.onclose = () => decide(dialog.returnValue === 'yes');
    dialog.showModal();
    $('ask-no').focus();
  });
}

/** A button that runs an action, shows the result, and reloads the list. */
function act(label, work, kind = '') {
  const button = make('button', { type: 'button', class: kind }, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await work();
    } catch (failure) {
      toast(failure.message);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

// ── A list with pages ───────────────────────────────────────────────────────────────────────────

const newest = {}; // of each list, the question that was asked last

/** The server counts to 1,000. */
const total = (page) => (page.total > 1000 ? '1,000+' : page.total);

/**
 * @param {string} id the element that shows the list
 * @param {string} path the address of the list
 * @param {(items: object[]) => Element} show
 * @param {string} empty the text for an empty list
 */
async function list(id, path, show, empty, limit = PAGE) {
  const place = $(id);
  const turn = (newest[id] = {});
  place.setAttribute('aria-busy', 'true');
  try {
    const page = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}&offset=0`);
    if (newest[id] !== turn) return;
    const items = page.items ?? [];
    place.replaceChildren(items.length ? show(items) : make('p', { class: 'empty' }, empty));
    if ((page.total ?? 0) > items.length && limit < 200) {
      const more = () => list(id, path, show, empty, Math.min(200, limit + PAGE));
      place.append(make('button', { type: 'button', class: 'more', onclick: more }, `Show more (${items.length} of ${total(page)})`));
    } else if ((page.total ?? 0) > items.length) {
      place.append(make('p', { class: 'note' }, `The first ${items.length} of ${total(page)}.`));
    }
  } catch (failure) {
    if (newest[id] !== turn) return;
    const said = failure.status === 404 ? 'Not available in this build.' : failure.message;
    place.replaceChildren(make('p', { class: 'empty' }, said));
  } finally {
    place.removeAttribute('aria-busy');
  }
}

// ── Live ────────────────────────────────────────────────────────────────────────────────────────

const shown = new Set();
let since;
let paused = false;

async function look() {
  const figure = (id, value, bad) => {
    $(id).textContent = value ?? '–';
    $(id).classList.toggle('bad', Boolean(bad));
  };
  const [streams, waiting, dead, people, spent] = await Promise.all(
    ['streams', 'inbox?state=received&limit=1', 'inbox?state=dead&limit=1', 'mappings?limit=1', 'spend'].map((path) =>
      ask(path).catch(() => ({})),
    ),
  );
  spend(spent);
  figure('f-streams', streams.open);
  figure('f-flight', streams.inFlight);
  figure('f-waiting', total(waiting));
  figure('f-dead', total(dead), dead.total > 0);
  figure('f-people', total(people));
  $('simulator').hidden = !streams.simulator; // only dev mode has telephones
  if (streams.replica) $('f-replica').textContent = `at ${streams.replica}`;
  $('dead-count').hidden = !dead.total;
  $('dead-count').textContent = total(dead) ?? '';
  if (dead.total) $('dead-count').setAttribute('aria-label', `${total(dead)} dead letters`);
  if (!paused) await feed();
}

const REASONS = {
  country: 'country not allowed',
  range: 'costly range',
  total: 'limit of all texts',
  owner: 'limit of an owner',
  person: 'limit of a person',
  people: 'too many new people',
  paused: 'sending was paused',
};

/** The card of the spend guard; the data of GET /api/spend, and of the responses of its two switches. */
function spend(today) {
  if (!today.segments) return; // the service did not answer
  const of = ({ limit }) => (limit === undefined ? 'no limit' : `of ${limit.toLocaleString()} a day`);
  const full = ({ used, limit }) => limit !== undefined && used >= limit;
  for (const what of ['segments', 'people']) {
    $(`s-${what}`).textContent = today[what].used.toLocaleString();
    $(`s-${what}`).classList.toggle('bad', full(today[what]));
    $(`s-${what}-limit`).textContent = of(today[what]);
  }
  $('s-state').textContent = today.paused ? 'Paused' : 'On';
  $('s-state').classList.toggle('bad', today.paused);
  $('s-since').replaceChildren(...(today.paused ? ['since ', moment(today.pausedSince)] : ['of all texts']));
  const blocked = Object.entries(today.blocked);
  $('s-blocked').textContent = blocked.reduce((sum, [, times]) => sum + times, 0).toLocaleString();
  const why = blocked.map(([reason, times]) => `${times} ${REASONS[reason] ?? reason}`).join(', ');
  $('s-why').replaceChildren(make('a', { href: '#outbox/blocked' }, 'blocked'), why ? `: ${why}` : '');
  $('s-why').title = why;
  $('spend-switch').textContent = today.paused ? 'Resume sending' : 'Pause sending';
  $('spend-switch').hidden = false;
}

async function switchSending() {
  const resume = $('spend-switch').textContent === 'Resume sending';
  if (!resume && !(await sure('Pause the sending of all texts?', 'Texts are queued and wait until sending is resumed. Notices in the response to a text are omitted.', 'Pause'))) return;
  $('spend-switch').disabled = true;
  try {
    spend(await ask(resume ? 'spend/resume' : 'spend/pause', 'POST'));
    toast(resume ? 'Sending is resumed.' : 'Sending is paused.');
  } catch (failure) {
    toast(failure.message);
  } finally {
    $('spend-switch').disabled = false;
  }
}

async function feed() {
  const first = since === undefined;
  const { items } = await ask(first ? 'feed?limit=50' : `feed?limit=50&since=${encodeURIComponent(since)}`);
  for (const item of items.reverse()) {
    if (shown.has(item.messageId)) continue;
    shown.add(item.messageId);
    $('feed').prepend(
      make(
        'li',
        { class: first ? undefined : 'new' },
        icon(item.source),
        make('strong', {}, item.sender ?? 'Somebody'),
        moment(item.createdAt, true),
        make('span', { class: 'note' }, `${item.characters} ${item.characters === 1 ? 'character' : 'characters'} into `, chat(item.conversationId)),
      ),
    );
    const from = new Date(Date.parse(item.createdAt) - OVERLAP).toISOString();
    if (first || from > since) since = from;
  }
  since ??= new Date(Date.now() - 60 * 60_000).toISOString();
  while ($('feed').childElementCount > 200) $('feed').lastElementChild.remove();
  $('feed-empty').hidden = $('feed').childElementCount > 0;
}

// ── People ──────────────────────────────────────────────────────────────────────────────────────

function people() {
  const number = $('people-number').value.trim();
  $('people-error').textContent = '';
  return list(
    'people-list',
    number ? `mappings?phoneNumber=${encodeURIComponent(number)}` : 'mappings',
    (items) =>
      table(
        [
          ['Person', (one) => [one.label ? make('strong', {}, one.label) : '', make('span', { class: one.label ? 'note' : '' }, one.phoneNumber)]],
          ['Writes to', (one) => [one.serviceNumber ?? 'any number', one.conversationSid ? note('group MMS') : '', windowOf(one)]],
          ['Conversation', (one) => chat(one.conversationId)],
          ['Code', (one) => code(one)],
          ['Last used', (one) => moment(one.lastUsed) ?? '–'],
          ['', (one) => [act('New code', () => renew(one)), ' ', act('Remove', () => remove(one), 'danger')], 'acts'],
        ],
        items,
      ),
    number ? 'No person with this number is known.' : 'No person is known yet: the first text of a person creates a mapping.',
  );
}

/** Until when free texts arrive at a person on WhatsApp. */
function windowOf({ window: known }) {
  if (!known) return '';
  return make('span', { class: 'note' }, known.open ? 'window open until ' : 'window closed since ', moment(known.openUntil));
}

const codes = new Map(); // those made here; they are told once, and stored nowhere

function code(one) {
  if (codes.has(one.id)) return [make('span', { class: 'code mono' }, codes.get(one.id)), note('shown this once')];
  if (!one.codeExpiresAt) return 'none';
  const over = Date.parse(one.codeExpiresAt) < Date.now();
  return [over ? 'expired' : 'given out', make('span', { class: 'note' }, over ? '' : 'until ', over ? '' : moment(one.codeExpiresAt))];
}

async function renew(one) {
  const made = await ask(`mappings/${encodeURIComponent(one.id)}/code`, 'POST');
  codes.set(one.id, made.code);
  toast(`The new code is ${made.code}`);
  await people();
}

async function remove(one) {
  if (!(await sure('Remove this mapping?', `The next text of ${one.label ?? one.phoneNumber} opens a new conversation. The old one stays in LibreChat.`, 'Remove'))) return;
  await ask(`mappings/${encodeURIComponent(one.id)}`, 'DELETE');
  toast('The mapping is removed.');
  await people();
}

// ── Inbox and outbox ────────────────────────────────────────────────────────────────────────────

const TONE = { dead: 'fail', failed: 'fail', undelivered: 'fail', blocked: 'warn', ambiguous: 'warn', delivered: 'ok', read: 'ok', appended: 'ok', sent: 'ok', stored: 'ok' };
const badge = (state) => make('span', { class: `badge ${TONE[state] ?? ''}` }, state === 'dead' ? 'dead letter' : state);

function inbox(state = 'received') {
  return list(
    'inbox-list',
    `inbox?state=${encodeURIComponent(state)}`,
    (items) =>
      table(
        [
          ['From', (one) => one.sender ?? SOURCES[one.source] ?? one.source ?? '–'],
          ['Message', (one) => [one.text ?? note('in its conversation'), one.error ? make('span', { class: 'note error' }, one.error) : '']],
          ['State', (one) => [badge(one.state), one.attempts ? note(`${one.attempts} tries more`) : '']],
          ['Conversation', (one) => chat(one.conversationId) ?? ''],
          ['Came', (one) => moment(one.receivedAt) ?? ''],
          ['', (one) => letters('inbox', one, () => inbox(state)), 'acts'],
        ],
        items,
      ),
    { received: 'No message waits.', dead: 'No dead letters.', appended: 'No message was delivered recently.' }[state] ?? 'Nothing.',
  );
}

function outbox(state = 'queued') {
  return list(
    'outbox-list',
    `sms?state=${encodeURIComponent(state)}`,
    (items) =>
      table(
        [
          ['To', (one) => one.to ?? '–'],
          ['Text', (one) => [one.text ?? '', ...(one.media ?? []).map(attached), one.cause ? make('span', { class: WAITS.includes(one.status) ? 'note' : 'note error' }, one.cause) : '']],
          ['State', (one) => [badge(one.status ?? one.state ?? state), one.status === 'held' ? note('until ', moment(one.sendAt)) : '']],
          ['Conversation', (one) => chat(one.conversationId) ?? ''],
          ['Since', (one) => moment(one.createdAt ?? one.queuedAt ?? one.history?.[0]?.at) ?? ''],
          ['', (one) => letters('sms', { ...one, state: one.status ?? one.state }, () => outbox(state)), 'acts'],
        ],
        items,
      ),
    'Nothing here.',
  );
}

/** A file of a text: its name and its way, never its content. */
function attached(file) {
  const way = { waiting: 'is being fetched', media: 'goes with the message', link: 'goes as a link', named: 'is only named' }[file.status] ?? file.status;
  return note(`${file.name ?? 'File'} ${way}${file.cause ? `: ${file.cause}` : ''}`);
}

function media(state = 'failed') {
  return list(
    'media-list',
    `media?state=${encodeURIComponent(state)}`,
    (items) =>
      table(
        [
          ['File', (one) => [one.fileName ?? '–', note([one.type ?? one.declaredType, size(one.bytes)].filter(Boolean).join(', '))]],
          ['Way', (one) => (one.direction === 'out' ? 'goes out' : 'came in')],
          ['State', (one) => [badge(one.state), one.cause ? make('span', { class: 'note error' }, one.cause) : '', one.doubt ? note(one.doubt) : '']],
          ['Conversation', (one) => chat(one.conversationId) ?? ''],
          ['Came', (one) => moment(one.receivedAt) ?? ''],
          ['', (one) => (one.state === 'failed' ? act('Requeue', () => fetchAgain(one, state)) : ''), 'acts'],
        ],
        items,
      ),
    { failed: 'No file has failed.', pending: 'No file waits.', fetched: 'No file waits for LibreChat.' }[state] ?? 'Nothing here.',
  );
}

const size = (bytes) => (bytes === undefined ? '' : bytes < 1000 ? `${bytes} bytes` : bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

async function fetchAgain(one, state) {
  await ask(`media/${encodeURIComponent(one.id)}/requeue`, 'POST');
  toast('The file is fetched again.');
  await media(state);
}

/** Texts whose cause is no fault. */
const WAITS = ['held', 'queued', 'cancelled'];

const ENDED_BADLY = ['dead', 'failed', 'undelivered', 'blocked'];

/** The actions for a waiting or failed entry; the same that the doors allow. */
function letters(door, one, again) {
  const path = `${door}/${encodeURIComponent(one.id)}`;
  const requeue = async () => {
    await ask(`${path}/requeue`, 'POST');
    toast('The message is queued again.');
    await again();
  };
  const drop = async () => {
    if (!(await sure('Drop this message?', 'The message is deleted and cannot be restored.', 'Drop'))) return;
    await ask(path, 'DELETE');
    toast('The message is dropped.');
    await again();
  };
  const cancel = async () => {
    if (!(await sure('Cancel this text?', 'The text is not sent. Its record stays, and says with which key the text was cancelled.', 'Cancel the text'))) return;
    await ask(path, 'DELETE');
    toast('The text is cancelled.');
    await again();
  };
  const buttons = [];
  if (one.state === 'held' || (one.state === 'queued' && one.sendAt)) return [act('Cancel', cancel, 'danger')];
  if (ENDED_BADLY.includes(one.state)) buttons.push(act('Requeue', requeue), ' ');
  if (['received', 'queued', ...ENDED_BADLY].includes(one.state)) buttons.push(act('Drop', drop, 'danger'));
  return buttons;
}

// ── Audit ───────────────────────────────────────────────────────────────────────────────────────

function audit() {
  return list(
    'audit-list',
    'audit',
    (items) =>
      table(
        [
          ['When', (one) => moment(one.at, true) ?? ''],
          ['Key', (one) => make('strong', {}, one.key), 'key'],
          ['Action', (one) => one.action],
          ['Subject', (one) => make('span', { class: 'mono' }, one.subject)],
        ],
        items,
      ),
    'No action is recorded yet.',
  );
}

// ── Doctor ──────────────────────────────────────────────────────────────────────────────────────

const AREAS = { twilio: 'Twilio', librechat: 'LibreChat', database: 'Database', switchboard: 'Switchboard' };
const VERDICT = { ok: 'All checks are OK.', warn: 'The service works; some checks need attention.', fail: 'Some checks failed; each line has a remedy.' };
const WORD = { ok: 'Good', warn: 'Look', fail: 'Wrong' };

async function doctor() {
  $('examine').disabled = true;
  $('verdict').textContent = 'Looking…';
  try {
    const found = await ask('doctor');
    $('verdict').textContent = VERDICT[found.status] ?? '';
    const areas = [...new Set(found.checks.map((check) => check.area))];
    $('checks').replaceChildren(
      ...areas.flatMap((area) => [
        make('h3', {}, AREAS[area] ?? area),
        make('ul', { class: 'checks' }, ...found.checks.filter((check) => check.area === area).map(finding)),
      ]),
    );
  } catch (failure) {
    $('verdict').textContent = failure.status === 404 ? 'Not available in this build.' : failure.message;
  } finally {
    $('examine').disabled = false;
  }
}

function finding(check) {
  return make(
    'li',
    { class: check.status },
    make('span', { class: `badge ${check.status}` }, WORD[check.status] ?? check.status),
    make('div', {}, make('strong', {}, check.name), make('span', {}, check.says), check.mend ? make('p', { class: 'note mend' }, check.mend) : null),
  );
}

// ── Going about ─────────────────────────────────────────────────────────────────────────────────

const hooks = hooksView({ $, ask, make, note, moment, chat, table, toast, sure, act, list });

const VIEWS = { live: () => look().catch(() => {}), people, inbox, outbox, media, hooks: hooks.show, audit, doctor };
const FIRST_STATE = { inbox: 'received', outbox: 'queued', media: 'failed' };
let view;

function go(focus = true) {
  const [name, state] = location.hash.slice(1).split('/');
  view = name in VIEWS ? name : 'live';
  const chosen = state ?? FIRST_STATE[view];
  for (const section of document.querySelectorAll('.view')) section.hidden = section.id !== `view-${view}`;
  for (const link of document.querySelectorAll('.tabs a, .states a')) {
    const here = link.hash === `#${view}` || link.hash === `#${view}/${chosen}`;
    if (here) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // the tabs of a narrow window scroll
    }
    else link.removeAttribute('aria-current');
  }
  document.title = `${$(`h-${view}`).textContent} · Switchboard`;
  if (focus) $(`h-${view}`).focus();
  VIEWS[view](chosen);
}

let looking;

function unlock() {
  $('door').hidden = true;
  for (const id of ['room', 'leave', 'reach']) $(id).hidden = false;
  looking ??= setInterval(() => {
    if (!document.hidden && view === 'live') look().catch(() => {});
  }, EVERY);
  go(false);
}

function lock(why = '') {
  sessionStorage.removeItem(KEY);
  clearInterval(looking);
  looking = undefined;
  shown.clear();
  codes.clear();
  hooks.leave();
  since = undefined;
  for (const id of ['feed', 'people-list', 'inbox-list', 'outbox-list', 'media-list', 'audit-list', 'checks']) $(id).replaceChildren();
  for (const id of ['room', 'leave', 'reach']) $(id).hidden = true;
  $('door').hidden = false;
  $('key-error').textContent = why;
  $('key').value = '';
  $('key').focus();
}

$('spend-switch').addEventListener('click', switchSending);

$('key-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, $('key').value.trim());
  $('key-error').textContent = '';
  try {
    await ask('streams');
    $('key').value = '';
    unlock();
    $(`h-${view}`).focus();
  } catch (failure) {
    lock(failure.status === 401 ? 'This is not one of the configured keys.' : failure.message);
  }
});
$('leave').addEventListener('click', () => lock());
$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? 'Go on' : 'Pause';
});
$('people-form').addEventListener('submit', (event) => {
  event.preventDefault();
  people();
});
$('people-form').addEventListener('reset', () => setTimeout(people));
$('examine').addEventListener('click', doctor);
addEventListener('hashchange', () => sessionStorage.getItem(KEY) && go());

if (sessionStorage.getItem(KEY)) unlock();
else lock();
