// (e) Webhooks of other services: deliveries into 1 hook and into 50, beside the same messages by the API.

import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_KEY, Data } from './data.mjs';
import { Caller } from './http.mjs';
import { ROOT, Switchboard } from './programs.mjs';
import { median, now, p99, until } from './stats.mjs';

const HOOK_SECRET = 'bench-hook-0123456789-0123456789';
const OWNER = 'bench-owner@example.com';
const PULL_REQUEST = JSON.parse(
  readFileSync(path.join(ROOT, 'src/test/resources/hooks/github/pull_request.json'), 'utf8'),
);
const KEY = { 'X-Internal-API-Key': API_KEY, 'Content-Type': 'application/json' };

/** The same text as the preset of GitHub renders, by the API. */
function byApi(conversation, number, keyed) {
  return {
    path: `/api/messages/${conversation}/external`,
    headers: keyed ? { ...KEY, 'Idempotency-Key': `bench-${number}` } : KEY,
    body: JSON.stringify({
      role: 'external',
      content: `**acme/shop**: ann opened [#${number} Use new cart](https://github.com/acme/shop/pull/${number})`,
      metadata: { source: 'webhook' },
    }),
    status: 201,
  };
}

function byHook(name, number) {
  const body = JSON.stringify({
    ...PULL_REQUEST,
    number,
    pull_request: { ...PULL_REQUEST.pull_request, number },
  });
  return {
    path: `/api/hooks/${name}`,
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': 'pull_request',
      'X-GitHub-Delivery': randomUUID(),
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', HOOK_SECRET).update(body).digest('hex')}`,
    },
    body,
    status: 200,
  };
}

let last = 0;

/** So many callers, each with so many requests one after the other. */
async function load(port, callers, messages, request) {
  const connections = await connected(port, callers);
  const took = [];
  const others = {};
  const start = now();
  await Promise.all(
    connections.map(async (caller, index) => {
      for (let i = 0; i < messages; i++) {
        const { path, headers, body, status: wanted } = request(index, ++last);
        const at = now();
        const { status } = await caller.request('POST', path, headers, body);
        took.push(now() - at);
        if (status !== wanted) others[status] = (others[status] ?? 0) + 1;
      }
    }),
  );
  const seconds = (now() - start) / 1000;
  connections.forEach((caller) => caller.close());
  return { perSecond: (callers * messages) / seconds, p50: median(took), p99: p99(took), others };
}

function connected(port, count) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const caller = new Caller(port);
      await caller.connect();
      return caller;
    }),
  );
}

/** Hooks of GitHub, each into one of these conversations. */
async function hooks(port, conversations) {
  const [caller] = await connected(port, 1);
  const names = [];
  for (const conversationId of conversations) {
    const name = `bench-${names.length + 1}`;
    const hook = { name, scheme: 'github', secrets: [HOOK_SECRET], owner: OWNER, conversationId };
    let made = await caller.request('POST', '/api/hooks', KEY, JSON.stringify(hook));
    if (made.status === 409) {
      made = await caller.request('PUT', `/api/hooks/${name}`, KEY, JSON.stringify(hook));
    }
    if (made.status >= 300) throw new Error(`The hook was not made: ${made.status} ${made.body}`);
    names.push(name);
  }
  caller.close();
  return names;
}

const SIDES = ['API', 'API with Idempotency-Key', 'hooks'];

/**
 * @param callers how many send at once
 * @param messages the messages of each caller
 * @param flood the deliveries a second into one hook with the default limit, and for how many seconds
 * @returns one row for each number of conversations and side, and what a flood does to the API
 */
export async function webhooks(database, { callers, messages, rounds, warmUp, flood, say }) {
  const name = 'bench_hooks';
  const data = await Data.open(database.uri(name), name);
  await data.prepare();
  const [user] = await data.users(1);
  await data.collection('users').updateMany({}, { $set: { email: OWNER } });
  let service = await Switchboard.start(database.uri(name), {
    environment: { SWITCHBOARD_LIMITS_HOOK_PER_SECOND: '100000', SWITCHBOARD_OWNER: OWNER },
  });
  const wipe = async () => {
    await data.wipe();
    await data.collection('switchboard_deliveries').deleteMany({});
  };
  const once = async (side, count) => {
    await wipe();
    const conversations = await data.conversations(Array(count).fill(user));
    const names = side === 'hooks' ? await hooks(service.port, conversations) : [];
    const before = await data.collection('messages').countDocuments();
    const figures = await load(service.port, callers, messages, (index, number) =>
      side === 'hooks'
        ? byHook(names[index % count], number)
        : byApi(conversations[index % count], number, side !== 'API'),
    );
    const wanted = before + callers * messages;
    const all = async () => (await data.collection('messages').countDocuments()) === wanted;
    figures.missing = (await until(all, 30_000)) ? 0 : wanted - (await data.collection('messages').countDocuments());
    figures.branches = await data.branches();
    return figures;
  };
  say('warming up');
  for (let i = 0; i < warmUp; i++) {
    for (const side of SIDES) await once(side, i % 2 ? 1 : 50);
  }
  const rows = [];
  for (const count of [1, 50]) {
    const results = new Map(SIDES.map((side) => [side, []]));
    for (let round = 0; round < rounds; round++) {
      for (const side of SIDES) {
        await sleep(300);
        results.get(side).push(await once(side, count));
      }
    }
    for (const [side, figures] of results) {
      rows.push({
        side,
        count,
        perSecond: median(figures.map((one) => one.perSecond)),
        p50: median(figures.map((one) => one.p50)),
        p99: median(figures.map((one) => one.p99)),
        missing: figures.reduce((sum, one) => sum + one.missing, 0),
        branches: figures.reduce((sum, one) => sum + one.branches, 0),
        others: figures.map((one) => one.others).filter((one) => Object.keys(one).length > 0),
      });
    }
    say(rows.slice(-3).map((row) => `${row.side}, ${count}: ${row.perSecond.toFixed(0)}/s, p99 ${row.p99.toFixed(0)} ms`).join(' | '));
  }
  await service.stop();
  service = await Switchboard.start(database.uri(name), { environment: { SWITCHBOARD_OWNER: OWNER } });
  await wipe();
  const flooded = await underFlood(service.port, data, user, flood);
  say(`the API alone p99 ${flooded.alone.p99.toFixed(0)} ms, during the flood ${flooded.during.p99.toFixed(0)} ms`);
  await service.stop();
  await data.drop();
  await data.close();
  return { rows, flooded, callers };
}

/** One caller of the API, alone and while one hook gets many deliveries a second. */
async function underFlood(port, data, user, { perSecond, seconds }) {
  const [conversation, ...rest] = await data.conversations(Array(10).fill(user));
  const [hook, ...others] = await hooks(port, rest);
  // The service has just started: its code is not compiled yet. Each hook stays below its limit.
  await load(port, 16, 100, (index, number) => byHook(others[index % others.length], number));
  const api = async (duration) => {
    const [caller] = await connected(port, 1);
    const took = [];
    for (const end = now() + duration * 1000; now() < end; ) {
      const { path, headers, body } = byApi(conversation, ++last, false);
      const at = now();
      await caller.request('POST', path, headers, body);
      took.push(now() - at);
      await sleep(20);
    }
    caller.close();
    return { p50: median(took), p99: p99(took), count: took.length };
  };
  await api(seconds);
  const alone = await api(seconds);
  const statuses = {};
  let isOver = false;
  const connections = await connected(port, 40);
  const begun = now();
  let sent = 0;
  const senders = connections.map(async (caller) => {
    while (!isOver) {
      const due = begun + (++sent * 1000) / perSecond;
      if (due > now()) await sleep(due - now());
      const { path, headers, body } = byHook(hook, ++last);
      const { status } = await caller.request('POST', path, headers, body);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  });
  const during = await api(seconds);
  const rate = Object.values(statuses).reduce((sum, one) => sum + one, 0) / ((now() - begun) / 1000);
  isOver = true;
  await Promise.all(senders);
  connections.forEach((caller) => caller.close());
  return { alone, during, statuses, rate };
}
