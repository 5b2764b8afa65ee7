// Holds many open streams and publishes to them: a process of its own for each service, so that
// what one service sends does not keep another's clients waiting. It is told what to do by
// messages of its parent (crowd.mjs).

import net from 'node:net';
import { Caller } from './http.mjs';
import { now, pause, until } from './stats.mjs';

const HEARD = Buffer.from('bench-');
const DIGITS = 9;
/** What a browser's fetch says besides. */
const BROWSER =
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/131.0.0.0 Safari/537.36\r\nAccept: text/event-stream\r\n' +
  'Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\nCache-Control: no-cache\r\n';
/** The local ports of one address are some 28,000: several are used in turn. */
const ADDRESSES = 8;
/** When a client comes again that was told to. */
const AGAIN_MS = 1_000;

const streams = new Set();
const open = { ready: 0, refused: {}, failed: 0, ended: 0, lastReadyAt: 0 };
/** By number: when it was published and when it was heard. */
const heard = new Map();
let port;
let publisher;
let made = 0;

function connect({ path, headers }, silent, again) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = net.connect({
    host: '127.0.0.1',
    port,
    localAddress: `127.0.0.${2 + (made++ % ADDRESSES)}`,
  });
  socket.head = '';
  socket.isReady = false;
  socket.lastNumber = -1;
  socket.on('data', silent ? firstOnly : read);
  socket.on('error', failed);
  socket.on('close', closed);
  socket.again = again && (() => connect({ path, headers }, silent, again));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${BROWSER}${lines.join('')}\r\n`);
  streams.add(socket);
  return socket;
}

function read(chunk) {
  const at = now();
  if (!this.isReady) {
    begin(this, chunk, at);
    return;
  }
  // A keep-alive is shorter than any event.
  if (chunk.length < 64) {
    return;
  }
  for (let i = chunk.indexOf(HEARD); i >= 0; i = chunk.indexOf(HEARD, i + HEARD.length)) {
    const begin = i + HEARD.length;
    const number = Number(chunk.latin1Slice(begin, begin + DIGITS));
    // The text stands in an event more than once; only the first time counts.
    if (number > this.lastNumber) {
      this.lastNumber = number;
      heard.get(number)?.times.push(at);
    }
  }
}

/** The headers, and the comment that says that the stream is open. */
function begin(socket, chunk, at) {
  socket.head += chunk.latin1Slice();
  const end = socket.head.indexOf('\r\n\r\n');
  if (end < 0) {
    return;
  }
  const status = socket.head.slice(9, 12);
  if (status === '503' && socket.again) {
    socket.refused = true;
    setTimeout(socket.again, AGAIN_MS);
    socket.destroy();
  } else if (status !== '200') {
    open.refused[status] = (open.refused[status] ?? 0) + 1;
    socket.refused = true;
    socket.destroy();
  } else if (socket.head.length > end + 4) {
    socket.isReady = true;
    socket.head = '';
    open.ready++;
    open.lastReadyAt = at;
  }
}

/** Reads until the stream is open, and then never again. */
function firstOnly(chunk) {
  begin(this, chunk, now());
  if (this.isReady) {
    this.pause();
  }
}

function failed() {
  this.failed = true;
}

function closed() {
  streams.delete(this);
  if (this.isReady) {
    open.ready--;
    open.ended++;
  } else if (!this.refused) {
    open.failed++;
  }
}

const commands = {
  async use({ port: given }) {
    port = given;
  },

  /**
   * Opens streams at this pace per second, and waits until all are open or refused. With a limit, no
   * more than so many are on the way at a time, and who is refused for now (503) comes again: a
   * busy machine then takes longer, and has as many open in the end.
   */
  async open({ requests, perSecond, timeoutMs = 60_000, silent = false, atOnce = Infinity }) {
    const before = open.ready;
    const begun = now();
    Object.assign(open, { refused: {}, failed: 0, ended: 0 });
    const settled = () =>
      open.ready - before + open.failed + Object.values(open.refused).reduce((a, b) => a + b, 0);
    let sent = 0;
    while (sent < requests.length) {
      const due = Math.min(
        requests.length,
        Math.ceil(((now() - begun) / 1000) * perSecond) + 1,
        settled() + atOnce,
      );
      for (; sent < due; sent++) {
        connect(requests[sent], silent, atOnce < Infinity);
      }
      await pause(2);
    }
    const sentMs = now() - begun;
    await until(() => settled() >= requests.length, timeoutMs, 5);
    return {
      opened: open.ready - before,
      refused: { ...open.refused },
      failed: open.failed,
      sentMs,
      allMs: open.lastReadyAt - begun,
    };
  },

  /** Connects and goes away again after so long, without a word, as phones do. */
  async vanish({ requests, perSecond, afterMs }) {
    const begun = now();
    let sent = 0;
    while (sent < requests.length) {
      const due = Math.min(requests.length, Math.ceil(((now() - begun) / 1000) * perSecond) + 1);
      for (; sent < due; sent++) {
        const socket = connect(requests[sent], false);
        setTimeout(() => socket.resetAndDestroy(), afterMs);
      }
      await pause(2);
    }
    await until(() => streams.size === 0, 30_000);
    return {};
  },

  /** Closes all but this many, and waits until they are closed. */
  async keep({ count }) {
    for (const socket of [...streams].slice(count)) {
      socket.destroy();
    }
    await until(() => streams.size <= count, 30_000);
    return {};
  },

  /** Publishes once, and waits until so many streams have heard it. */
  async publish({ number, request, expected, timeoutMs = 10_000 }) {
    publisher ??= await connected();
    const entry = { times: [] };
    heard.set(number, entry);
    const begun = now();
    const { status } = await publisher.request('POST', request.path, request.headers, request.body);
    const answeredMs = now() - begun;
    await until(() => entry.times.length >= expected, timeoutMs, 1);
    heard.delete(number);
    return {
      status,
      answeredMs,
      begunAt: begun,
      heardMs: entry.times.map((time) => time - begun),
      missing: expected - entry.times.length,
    };
  },

  /** From now on the streams note when they hear this number. */
  async listen({ number }) {
    heard.set(number, { times: [] });
    return {};
  },

  /** Sends a request to the service of this process; tells when. */
  async post({ request }) {
    publisher ??= await connected();
    const begunAt = now();
    const { status } = await publisher.request('POST', request.path, request.headers, request.body);
    return { begunAt, status };
  },

  /** Waits until so many streams have heard the number. */
  async hear({ number, expected, begunAt, timeoutMs = 10_000 }) {
    const entry = heard.get(number);
    await until(() => entry.times.length >= expected, timeoutMs, 1);
    heard.delete(number);
    return { heardMs: entry.times.map((time) => time - begunAt) };
  },

  /** How many streams are open, and how many have ended since they were opened. */
  async count() {
    return { ready: open.ready, ended: open.ended };
  },
};

async function connected() {
  const caller = new Caller(port);
  await caller.connect();
  return caller;
}

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, result: await commands[command](args ?? {}) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.on('disconnect', () => process.exit());
