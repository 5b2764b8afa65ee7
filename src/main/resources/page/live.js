/**
 * Keeps stock LibreChat's page live, and is the client of Switchboard's stream.
 *
 * - <script src="/switchboard/live.js"></script> in LibreChat's page keeps the page live.
 * - import { SwitchboardStream } from '/switchboard/client.js' returns only the client.
 *
 * @typedef {object} StreamEvent An event of the stream.
 * @property {string} type "newMessage"; ignore unknown types.
 * @property {string} conversationId
 * @property {string} messageId
 * @property {string} [parentMessageId]
 * @property {string} [source] The source of the message: "sms", "whatsapp", "api", …
 * @property {object} [message] The message as LibreChat's API returns messages.
 *
 * @typedef {"connecting" | "open" | "waiting" | "unauthorized" | "closed"} StreamState
 *
 * @typedef {object} StreamOptions
 * @property {string | URL} [url] Default: "/api/messages/stream".
 * @property {string | (() => string | undefined | Promise<string | undefined>)} token LibreChat's
 *   access token, or a function that returns the newest token.
 * @property {string} [conversationId] Only this conversation's events.
 * @property {string} [lastEventId] The last event id of an earlier stream.
 * @property {number} [silence] After how many ms without a byte the connection counts as lost;
 *   more than the service's keep-alive. Default: 45000.
 * @property {(event: StreamEvent) => void} [onMessage]
 * @property {(event: {conversationId: string, state: "started" | "ended"}) => void} [onAnswering]
 *   LibreChat begins or ends an answer to a message from outside.
 * @property {() => void} [onResync] Events may be missing: refetch the shown data.
 * @property {(state: StreamState) => void} [onState] "unauthorized": the stream waits for a new token.
 */
(() => {
  'use strict';

  const LONGEST_PAUSE = 60_000;
  const SHORT_PAUSES = 120_000; // a restart is over by then; after it the pauses grow
  const LONGEST_LINE = 4_000_000;
  const fetchIt = globalThis.fetch.bind(globalThis);

  // An element with a name or an id of a property (<img name=currentScript>) hides that property of
  // document or window, and a message can contain such elements: so the prototypes are used.
  const page = globalThis.document;
  const read = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(page);
  const listen = (what, name, listener) => page && EventTarget.prototype[what].call(page, name, listener);
  const isHidden = () => page && read(Document, 'visibilityState') === 'hidden';

  /** Reads the stream for as long as it is not closed: through failures, sleep and old tokens. */
  class SwitchboardStream {
    /** The id of the last event, for a stream that resumes where this stream ends. */
    lastEventId = '';
    #options;
    #url;
    #token;
    #refused; // a token that is known to be of no use any more
    #retry = 3_000; // what the service last asked for
    #failures = 0;
    #heardAt = 0;
    #goodAt = 0; // when a connection was last a good one
    #rest; // ends the pause
    #abort; // ends the connection
    #closed = false;
    #watch;
    #wake = () => this.wake();

    /** @param {StreamOptions} options */
    constructor(options) {
      this.#options = { silence: 45_000, ...options };
      this.#url = new URL(options.url ?? '/api/messages/stream', globalThis.location?.href);
      if (options.conversationId) this.#url.searchParams.set('conversationId', options.conversationId);
      this.#token = options.token;
      this.lastEventId = options.lastEventId ?? '';
      // Timers stand still while a machine sleeps; the first tick after it sees the silence.
      this.#watch = setInterval(() => this.#look(), 5_000);
      globalThis.addEventListener?.('online', this.#wake);
      listen('addEventListener', 'visibilitychange', this.#wake);
      this.#run();
    }

    /** Sets a new token; used at once if the stream waits for a token, otherwise at the next connection. */
    setToken(token) {
      this.#token = token;
      if (token !== this.#refused) this.#rest?.(false);
    }

    /** Checks the connection now, and ends a pause. */
    wake() {
      if (!isHidden()) {
        this.#look();
        this.#rest?.(false);
      }
    }

    /** Closes the stream permanently. */
    close() {
      this.#closed = true;
      clearInterval(this.#watch);
      globalThis.removeEventListener?.('online', this.#wake);
      listen('removeEventListener', 'visibilitychange', this.#wake);
      this.#abort?.abort();
      this.#rest?.(false);
    }

    async #run() {
      while (!this.#closed) {
        let pause;
        try {
          pause = await this.#listen();
        } catch {
          pause = this.#backOff();
        }
        if (pause > 0 && !this.#closed) {
          if (this.#refused === undefined) this.#tell('waiting');
          const whole = await this.#pause(pause);
          // Causes other than the token's age are temporary: after a long pause the same token is tried
          // again.
          if (whole) this.#refused = undefined;
        }
      }
      this.#tell('closed');
    }

    /** Runs one connection until it ends; returns the pause before the next connection. */
    async #listen() {
      const token = typeof this.#token === 'function' ? await this.#token() : this.#token;
      if (this.#closed) return 0;
      if (!token || token === this.#refused) {
        this.#refused = token ?? '';
        this.#tell('unauthorized');
        return Math.min(15 * 60_000, 60_000 * 2 ** this.#failures++);
      }
      this.#refused = undefined;
      this.#tell('connecting');
      this.#heardAt = Date.now();
      const abort = (this.#abort = new AbortController());
      const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${token}` };
      if (this.lastEventId) headers['Last-Event-ID'] = this.lastEventId;
      try {
        const response = await fetchIt(this.#url, {
          headers,
          signal: abort.signal,
          cache: 'no-store',
          redirect: 'error', // the token is for this address alone
        });
        const isStream = /^text\/event-stream/.test(response.headers.get('Content-Type') ?? '');
        if (response.status === 401) {
          this.#refused = token;
          return 0;
        }
        if (!response.ok || !isStream) {
          return Math.max(this.#backOff(), 1_000 * response.headers.get('Retry-After') || 0);
        }
        this.#tell('open');
        const begin = Date.now();
        const expired = await this.#read(response.body.getReader());
        if (Date.now() - begin > 5_000) this.#failures = 0;
        this.#goodAt = Date.now();
        if (expired) {
          this.#refused = token;
          return 0;
        }
        return this.#backOff();
      } finally {
        this.#abort = undefined;
        abort.abort();
      }
    }

    /** Reads the stream until it ends; returns whether the token's expiry ended the stream. */
    async #read(reader) {
      const decoder = new TextDecoder();
      let text = '';
      let id;
      let name = '';
      let data = '';
      let expired = false;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return expired;
        this.#heardAt = Date.now();
        const lines = (text + decoder.decode(value, { stream: true })).split(/\r?\n/);
        text = lines.pop();
        if (text.length > LONGEST_LINE) throw new Error('A line without an end');
        for (const line of lines) {
          const [, field, content] = /^([^:]*):? ?(.*)$/s.exec(line);
          if (line === '') {
            if (id !== undefined) this.lastEventId = id;
            if (name === 'tokenExpired') expired = true;
            else if (name === 'resync') this.#call('onResync');
            else if (name === 'answering') this.#parse('onAnswering', data);
            else if (data && name !== 'connected') this.#parse('onMessage', data);
            name = data = '';
          } else if (field === 'event') name = content;
          else if (field === 'data') data += data ? '\n' + content : content;
          else if (field === 'id') id = content;
          else if (field === 'retry' && /^\d+$/.test(content)) this.#retry = +content;
        }
      }
    }

    #parse(callback, data) {
      let event;
      try {
        event = JSON.parse(data);
      } catch {
        return;
      }
      this.#call(callback, event);
    }

    /**
     * Returns the pause before the next connection. For two minutes after a good connection the pause is
     * random between 1 and 2.4 seconds, so that a page is connected again within three seconds of a
     * restart. After that, and if the service asks for longer pauses, the pause is never shorter than
     * the service asks for, and spread widely, so that pages do not reconnect together.
     */
    #backOff() {
      if (Date.now() - this.#goodAt < SHORT_PAUSES && this.#retry <= 6_000) {
        return Math.min(this.#retry, 2_400) * (0.4 + 0.6 * Math.random());
      }
      const longest = Math.min(LONGEST_PAUSE, this.#retry * 2 ** this.#failures++);
      return this.#retry + Math.random() * longest;
    }

    #pause(ms) {
      return new Promise((done) => {
        const timer = setTimeout(() => this.#rest(true), ms);
        this.#rest = (whole) => {
          clearTimeout(timer);
          this.#rest = undefined;
          done(whole);
        };
      });
    }

    #look() {
      if (this.#abort && Date.now() - this.#heardAt > this.#options.silence) {
        this.#retry = Math.min(this.#retry, 1_000);
        this.#abort.abort();
      }
    }

    #tell(state) {
      this.#call('onState', state);
    }

    #call(callback, value) {
      try {
        this.#options[callback]?.(value);
      } catch (failure) {
        console.error('Switchboard:', callback, 'failed:', failure);
      }
    }
  }

  globalThis.SwitchboardStream = SwitchboardStream;

  // ── LibreChat's page ──────────────────────────────────────────────────────────────────────────
  // Only where this is a <script> of a page: an import has no currentScript.
  const script = page && read(Document, 'currentScript');
  const LIVE = Symbol.for('switchboard.live'); // no element has a symbol for its name
  if (!(script instanceof HTMLScriptElement) || globalThis[LIVE]) return;
  Object.defineProperty(globalThis, LIVE, { value: true });

  const LISTS = [['allConversations'], ['pinnedConversations']];
  const LOOK_AGAIN = [1, 3, 8, 20, 45, 95]; // seconds; an answer is waited for up to 90
  const url = new URL(script.dataset.stream ?? '/api/messages/stream', script.src);
  if (url.origin !== location.origin) {
    console.warn('Switchboard: data-stream must be on the origin of this page; nothing is done.');
    return;
  }

  let user;
  let token;
  let expiry = 0;
  let lastEventId;
  let stream;
  let leave;
  let channel;

  /** A failure of this script must not affect the page. */
  const quietly = (work) => (...given) => {
    try {
      return work(...given);
    } catch {
      return undefined;
    }
  };
  const later = (work, ms) => setTimeout(quietly(work), ms);
  const byId = (id) => Document.prototype.getElementById.call(page, id);
  const create = (name) => Document.prototype.createElement.call(page, name);

  /**
   * LibreChat's tokens name the user in the claim "id". Those of an identity provider, which the
   * page sends where LibreChat reuses them, do so in "sub", and name the provider in "iss". Other
   * bearers are not ours to use.
   */
  const learn = quietly((bearer, only) => {
    const [, shown, body] = /^(?:Bearer )?([\w-]+\.([\w-]+)\.[\w-]+)$/i.exec(bearer) ?? [];
    if (!shown || shown === token) return;
    const claims = JSON.parse(atob(body.replace(/-/g, '+').replace(/_/g, '/')));
    const { exp = 0, id = claims.iss && claims.sub } = claims;
    if (!id || (only && id !== only) || (id === user && exp < expiry)) return;
    token = shown;
    expiry = exp;
    if (id === user) {
      stream?.setToken(token);
      channel.postMessage({ token });
    } else {
      user = id;
      lastEventId = undefined;
      join();
    }
  });

  /** One tab of the user holds the stream and forwards events to the other tabs. */
  function join() {
    leave?.();
    const name = `switchboard:${user}`;
    const told = (channel = new BroadcastChannel(name));
    told.onmessage = quietly(({ data }) => {
      if (data.token) learn(data.token, user);
      else if (data.lead) hear(data.lead);
      else if (data.who) stream && beat();
      else if (data.seen) unseen.delete(data.seen);
      else take(data);
    });
    const connect = () => {
      stream ??= new SwitchboardStream({
        url,
        token: () => token,
        lastEventId,
        onMessage: (event) => share({ event }),
        onAnswering: (answering) => share({ answering }),
        onResync: () => share({ resync: true }),
        onState: (state) => {
          // Events between the page's own fetch and this moment were not announced.
          if (state === 'open' && !stream?.lastEventId) share({ resync: true, quiet: true });
          // LibreChat's page renews its token when one of its own requests is refused; a second
          // later, since its clock may be behind.
          if (state === 'unauthorized') later(() => take({ resync: true, quiet: true }), 1_000);
        },
      });
    };
    const share = (news) => {
      const whole = { ...news, id: stream?.lastEventId };
      told.postMessage(whole);
      quietly(take)(whole);
    };
    const stop = () => {
      stream?.close();
      stream = undefined;
    };

    // Without navigator.locks (a page that is not on https): a tab that announces itself leads; of two
    // tabs, the tab with the lower number.
    const me = Math.random();
    let heard = 0;
    const beat = () => told.postMessage({ lead: me });
    const hear = (other) => {
      heard = Date.now();
      if (other < me) stop();
    };
    let release = stop;
    if (navigator.locks) {
      const asking = new AbortController();
      const held = () =>
        new Promise((done) => {
          release = () => done(stop());
          connect();
        });
      release = () => asking.abort();
      navigator.locks.request(name, { signal: asking.signal }, held).catch(() => {});
    } else {
      const lead = () => (stream ? beat() : Date.now() - heard > 6_000 && (connect(), beat()));
      told.postMessage({ who: true });
      const first = later(lead, 200 + Math.random() * 400);
      const beats = setInterval(quietly(lead), 2_000 + Math.random() * 500);
      release = () => {
        clearTimeout(first);
        clearInterval(beats);
        stop();
      };
    }
    leave = () => {
      release();
      told.close();
    };
  }

  /** Handles an event in any tab. */
  function take({ event, answering, resync, quiet, id }) {
    lastEventId = id || lastEventId;
    if (event?.conversationId) {
      refresh(event);
      notice(event);
    } else if (answering) showAnswering(answering);
    else if (resync) refresh({}, quiet);
  }

  // ── Refreshing ────────────────────────────────────────────────────────────────────────────────
  let client;
  let toldOnce = false;
  let lastRun = 0;
  let run;
  const wanted = new Map(); // conversation ("" for all) to the message that came last
  const checks = new Map();

  /** The QueryClient is a prop of its provider, near the top of React's tree. */
  function queryClient() {
    const root = byId('root');
    const key = client || !root ? '' : Object.keys(root).find((name) => name.startsWith('__reactContainer$'));
    const open = key ? [root[key].stateNode?.current ?? root[key]] : [];
    for (let seen = 0; open.length > 0 && seen < 50_000 && !client; seen++) {
      const fibre = open.pop();
      const prop = fibre.memoizedProps?.client;
      if (typeof prop?.invalidateQueries === 'function') client = prop;
      open.push(...[fibre.sibling, fibre.child].filter(Boolean));
    }
    return client;
  }

  function refresh({ conversationId = '', messageId }, quiet, tries = 0) {
    if (queryClient()) {
      wanted.set(conversationId, messageId);
      // Many messages at once cause only a few refetches.
      run ??= later(work, Math.max(0, lastRun + 250 - Date.now()));
    } else if (tries < 6) {
      later(() => refresh({ conversationId, messageId }, quiet, tries + 1), 500);
    } else {
      fallBack(quiet);
    }
  }

  function work() {
    run = undefined;
    lastRun = Date.now();
    const now = [...wanted];
    wanted.clear();
    LISTS.forEach(invalidate);
    for (const [conversation, message] of now) {
      invalidate(conversation ? ['messages', conversation] : ['messages']);
      if (conversation && message) check(conversation, message, 0);
    }
  }

  function invalidate(queryKey) {
    quietly(() => client.invalidateQueries({ queryKey })?.catch?.(() => {}))();
  }

  /** LibreChat drops a refetch while it generates an answer: checks whether the message is in the cache. */
  function check(conversation, message, turn) {
    clearTimeout(checks.get(conversation));
    checks.delete(conversation);
    if (turn === LOOK_AGAIN.length) return;
    const again = () => {
      const shown = client.getQueryData(['messages', conversation]);
      if (Array.isArray(shown) && !shown.some((one) => one.messageId === message)) {
        invalidate(['messages', conversation]);
      }
      check(conversation, message, turn + 1);
    };
    checks.set(conversation, later(again, 1_000 * (LOOK_AGAIN[turn] - (LOOK_AGAIN[turn - 1] ?? 0))));
  }

  // ── Telling the reader ────────────────────────────────────────────────────────────────────────
  const ROUND =
    'font:500 14px/1.2 system-ui,sans-serif;padding:.65em 1.2em;border:0;border-radius:99px;cursor:pointer;' +
    'background:#0f5e54;color:#fff;box-shadow:0 2px 12px #0006';
  const QUIET =
    'font:13px/1.4 system-ui,sans-serif;padding:.2em .8em;border-radius:99px;background:#0f5e54;color:#fff;opacity:.9';
  const LONGEST_ANSWER = 150_000; // ms; the line goes although nobody says that the answer ended
  const isOpen = (conversationId) => location.pathname.endsWith(`/c/${conversationId}`);

  /** A box above the composer; React's own elements stay unchanged. */
  function box(id, bottom) {
    const made = create('div');
    made.id = id;
    made.setAttribute('role', 'status');
    made.style.cssText =
      `position:fixed;z-index:2147483647;left:50%;bottom:${bottom};transform:translateX(-50%);display:flex;gap:.5em`;
    read(Document, 'body').append(made);
    return made;
  }

  function put(into, name, text, style, onclick) {
    const made = create(name);
    if (name === 'button') made.type = 'button';
    made.textContent = text;
    made.style.cssText = style;
    if (onclick) made.onclick = quietly(onclick);
    into.append(made);
    return made;
  }

  /** The page has an unknown structure: the script does not change it, and tells the reader. */
  function fallBack(quiet) {
    if (!toldOnce) console.info('Switchboard: this page cannot be refreshed from outside; messages show after a reload.');
    toldOnce = true;
    if (quiet || byId('switchboard-pill')) return;
    put(box('switchboard-pill', '5.5rem'), 'button', 'New message: reload', ROUND, () => location.reload());
  }

  // An open page does not show an answer that it did not request before the answer is complete.
  const answers = new Map(); // conversation to the timer that ends the line

  function showAnswering({ conversationId, state }) {
    clearTimeout(answers.get(conversationId));
    answers.delete(conversationId);
    if (state === 'started') {
      answers.set(conversationId, later(() => showAnswering({ conversationId }), LONGEST_ANSWER));
    } else {
      refresh({ conversationId });
    }
    drawAnswering();
  }

  function drawAnswering() {
    const wanted = [...answers.keys()].some(isOpen);
    const line = byId('switchboard-answering');
    if (!wanted) line?.remove();
    else if (!line) put(box('switchboard-answering', '8.5rem'), 'span', 'LibreChat is answering the text…', QUIET);
    clearTimeout(drawAnswering.again);
    // The reader may open another conversation, which the page does not announce.
    if (answers.size) drawAnswering.again = later(drawAnswering, 500);
  }

  // ── WhatsApp's window of the open conversation ────────────────────────────────────────────────
  const windows = new Map(); // by conversation

  /** Asks once a minute, and only for a conversation that has a message from WhatsApp. */
  function drawWindow() {
    const id = location.pathname.split('/c/')[1];
    const known = windows.get(id) ?? {};
    if (id && token && !isHidden() && !(Date.now() - known.at < 60_000)) {
      const shown = queryClient()?.getQueryData(['messages', id]);
      if (Array.isArray(shown) && shown.some((one) => one.metadata?.source === 'whatsapp')) askWindow(id, known.text);
    }
    const line = byId('switchboard-window');
    if (line?.textContent === known.text) return;
    line?.remove();
    if (known.text) put(box('switchboard-window', '.2rem'), 'span', known.text, QUIET);
  }

  async function askWindow(id, text) {
    if (windows.size > 100) windows.clear();
    const entry = { at: Date.now(), text };
    windows.set(id, entry);
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetchIt(new URL(`windows/${id}`, script.src), { headers }).catch(() => {});
    const { people = [] } = response?.ok ? await response.json().catch(() => ({})) : {};
    entry.text = people.map(windowLine).join(' · ').slice(0, 200);
  }

  const windowLine = ({ name, open, openUntil }) =>
    open
      ? `WhatsApp delivers to ${name} until ${new Date(openUntil).toLocaleString()}`
      : `WhatsApp’s window for ${name} is closed: texts wait`;
  setInterval(quietly(drawWindow), 2_000);

  const unseen = new Map(); // messages that no tab has shown, to their events
  const known = new Set(); // messages that came; another replica may repeat the last 30 seconds
  let below = 0; // messages below the part that is on the screen
  let scrolled;

  function notice(event) {
    if (!event.source) return; // an answer, not a text
    if (event.source === 'whatsapp') windows.delete(event.conversationId);
    if (known.has(event.messageId)) return;
    known.add(event.messageId);
    if (known.size > 1_000) known.delete(known.values().next().value);
    if (!isHidden()) {
      channel.postMessage({ seen: event.messageId });
      if (isOpen(event.conversationId)) later(() => offerToScroll(), 100);
      return;
    }
    if (unseen.size < 1_000) unseen.set(event.messageId, event);
    countInTitle();
    // Gives a visible tab time to announce that its reader sees the message.
    later(() => stream && unseen.has(event.messageId) && notify(event), 400);
  }

  /** "(2) Title" while the tab is hidden; the page may set another title meanwhile. */
  function countInTitle() {
    const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, 'title');
    const title = get.call(page);
    const bare = title.replace(/^\(\d+\) /, '');
    const wanted = unseen.size && isHidden() ? `(${unseen.size}) ${bare}` : bare;
    if (title !== wanted) set.call(page, wanted);
  }

  listen('addEventListener', 'visibilitychange', quietly(() => {
    if (isHidden()) return;
    if (unseen.size && notifications() === undefined) askOnce();
    unseen.clear();
    countInTitle();
  }));

  /** Returns the scrolling element in the middle of the page. */
  function scroller() {
    let at = Document.prototype.elementFromPoint.call(page, innerWidth / 2, innerHeight / 2);
    for (; at; at = at.parentElement) {
      if (at.scrollHeight > at.clientHeight + 40 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    }
    return read(Document, 'scrollingElement');
  }

  const isAtEnd = (what) => what.scrollHeight - what.scrollTop - what.clientHeight < 120;

  function offerToScroll() {
    const what = scroller();
    if (!what || isAtEnd(what)) return;
    below++;
    if (scrolled !== what) {
      scrolled = what;
      const watch = quietly(() => {
        if (!isAtEnd(what)) return;
        what.removeEventListener('scroll', watch);
        scrolled = undefined;
        below = 0;
        byId('switchboard-below')?.remove();
      });
      what.addEventListener('scroll', watch, { passive: true });
    }
    byId('switchboard-below')?.remove();
    const text = `${below} new message${below > 1 ? 's' : ''} ↓`;
    const shown = box('switchboard-below', '8.5rem');
    put(shown, 'button', text, ROUND, () => what.scrollTo({ top: what.scrollHeight, behavior: 'smooth' }));
    notifySwitch(shown);
  }

  // ── Desktop notifications: off until the reader switches them on ──────────────────────────────
  const SETTING = 'switchboard.notifications'; // "on", "off", or nothing yet
  const notifications = () => quietly(() => localStorage.getItem(SETTING) ?? undefined)();
  const canNotify = () => globalThis.Notification && Notification.permission !== 'denied';

  function setNotifications(on) {
    localStorage.setItem(SETTING, on ? 'on' : 'off');
    if (on) Notification.requestPermission();
  }

  /** The switch of the notifications. */
  function notifySwitch(beside) {
    if (!canNotify()) return;
    const draw = () => {
      const on = notifications() === 'on';
      button.textContent = on ? 'Notify: on' : 'Notify: off';
      button.title = `Desktop notifications of new texts are ${on ? 'on' : 'off'}`;
      button.setAttribute('aria-pressed', on);
    };
    const button = put(beside, 'button', '', ROUND, () => {
      setNotifications(notifications() !== 'on');
      draw();
    });
    draw();
  }

  /** Asks once, when the reader returns to texts that arrived meanwhile. */
  function askOnce() {
    if (!canNotify() || byId('switchboard-panel')) return;
    const panel = box('switchboard-panel', '1rem');
    const choose = (on) => () => {
      panel.remove();
      setNotifications(on);
    };
    put(panel, 'button', 'Notify me of new texts', ROUND, choose(true));
    put(panel, 'button', 'No', ROUND, choose(false));
  }

  function notify(event) {
    if (notifications() !== 'on' || globalThis.Notification?.permission !== 'granted') return;
    const { sender = 'New message', text = '' } = event.message ?? {};
    // The tag merges the notifications of several tabs into one.
    const shown = new Notification(sender, { body: text.slice(0, 160), tag: event.messageId });
    shown.onclick = quietly(() => {
      focus();
      shown.close();
    });
  }

  // ── Learning the bearer ───────────────────────────────────────────────────────────────────────
  // Only from requests to this origin: a token for another origin is not LibreChat's.
  const isOurs = (address) => new URL(address, read(Node, 'baseURI')).origin === location.origin;
  const { open, setRequestHeader } = XMLHttpRequest.prototype;
  const ours = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, address) {
    ours.delete(this);
    quietly(() => isOurs(address) && ours.add(this))();
    return open.apply(this, arguments);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    if (ours.has(this) && /^authorization$/i.test(name)) learn(value);
    return setRequestHeader.apply(this, arguments);
  };
  const pageFetch = globalThis.fetch;
  globalThis.fetch = function (resource, options) {
    quietly(() => {
      const headers = options?.headers ?? resource.headers;
      if (headers && isOurs(resource.url ?? resource)) learn(new Headers(headers).get('Authorization'));
    })();
    return pageFetch.apply(this, arguments);
  };
  addEventListener('tokenUpdated', (event) => learn(event.detail));

  // ── The page for own phones asks for the token ────────────────────────────────────────────────
  // The browser carries this channel between pages of this origin alone. Every script on this origin
  // can ask: it has LibreChat's session already.
  const phones = new BroadcastChannel('switchboard:phone');
  phones.onmessage = quietly(({ data }) => {
    if (data?.ask === 'token' && expiry * 1_000 > Date.now()) phones.postMessage({ token });
  });

  // A page in the browser's back/forward cache holds no stream.
  addEventListener('pagehide', (event) => event.persisted && quietly(() => leave?.())());
  addEventListener('pageshow', (event) => event.persisted && user && quietly(join)());
})();
