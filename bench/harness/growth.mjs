// (g) The same measurements with few and with many documents in each collection, in turn on one server.

import path from 'node:path';
import { API_KEY, Data } from './data.mjs';
import { Ear } from './ear.mjs';
import { COLLECTIONS, fill } from './fill.mjs';
import { ask } from './http.mjs';
import { callers, closedLoop } from './load.mjs';
import { NodeService, startDatabase, Switchboard, WORK } from './programs.mjs';
import { median, now, p99, until } from './stats.mjs';

export const FEW = 1_000;
/** How long the fill's indexes may take. */
const BUILD_MS = 1_800_000;
/** Events that a client has missed when it comes again. */
const MISSED = 10;
/** A person with a phone, beside those of the fill. */
const PERSON = '+12025550123';
const KEY = { 'X-Internal-API-Key': API_KEY, 'Content-Type': 'application/json' };

/**
 * @param growth the many documents
 * @param seconds how long the callers send in each round
 * @param rounds rounds of each measurement and size, in turn
 * @returns a row for each measurement and service, with the figures of both sizes
 */
export async function growth(given, { growth: many, rounds, seconds, users: userCount, reconnects, warmUp, say }) {
  // The filled databases stay for the next run; a server that was given is emptied.
  const storage = given.kind === 'indexed' ? path.join(WORK, `growth-${many}`) : undefined;
  const database = storage ? await startDatabase('indexed', { storage }) : given;
  const places = [];
  for (const count of [FEW, many]) {
    const name = `bench_growth_${count}`;
    const data = await Data.open(database.uri(name), name);
    await fill(data, count, say);
    say(`indexes of ${count} documents`);
    await data.prepare();
    const users = await data.users(userCount);
    places.push({ count, uri: database.uri(name), data, users, conversations: await data.conversations(users) });
  }
  const rows = [];
  // One kind of service after the other: Switchboard would also hear what the other service writes.
  for (const kind of [Switchboard, NodeService]) {
    rows.push(...(await compared(kind, places, { rounds, seconds, reconnects, warmUp, say, isIndexed: Boolean(storage) })));
  }
  for (const { data } of places) {
    if (!storage) {
      await data.drop();
    }
    await data.close();
  }
  if (storage) {
    await database.stop();
  }
  return { few: FEW, many, rows, callers: userCount, hasIndexes: database.hasIndexes };
}

/** The measurements of one kind of service, with few and with many documents in turn. */
async function compared(kind, places, { rounds, seconds, reconnects, warmUp, say, isIndexed }) {
  const sides = [await begun(kind, places[0])];
  if (kind === Switchboard) {
    if (isIndexed) {
      // SecantusDB does not plan {lane: {$gt: ''}} with the partial index over lane, as MongoDB does.
      for (const { data } of places) {
        await data.collection('switchboard_outbox').createIndex({ lane: 1 }, { sparse: true, name: 'bench_lane' });
      }
    }
    await copyIndexes(places[0].data, places[1].data, say);
  }
  sides.push(await begun(kind, places[1]));
  const measurements = MEASUREMENTS.filter(({ isOurs }) => !isOurs || kind === Switchboard);
  say(`${kind.title}: warming up`);
  for (const side of sides) {
    for (const { run } of measurements) {
      await run(side, { seconds: warmUp, reconnects: 5 });
    }
  }
  const found = measurements.map(() => sides.map(() => []));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of measurements.entries()) {
      for (const [k, side] of sides.entries()) {
        found[i][k].push(await run(side, { seconds, reconnects }));
      }
    }
  }
  for (const side of sides) {
    side.ears.forEach((ear) => ear.close());
    side.connections.forEach((caller) => caller.close());
    await side.service.stop();
  }
  return measurements.map(({ what }, i) => {
    const [few, many] = found[i].map(middle);
    say(`${kind.title}, ${what}: p50 ${few.p50.toFixed(1)} and ${many.p50.toFixed(1)} ms`);
    return { service: kind.title, what, few, many };
  });
}

/**
 * Builds Switchboard's indexes over the many documents before Switchboard starts: without them its first queries read
 * whole collections, for which SecantusDB has no time beside the build.
 */
async function copyIndexes(from, to, say) {
  for (const name of COLLECTIONS) {
    const there = await to.collection(name).indexes();
    for (const { v, key, ...options } of await from.collection(name).indexes()) {
      if (!there.some((index) => index.name === options.name)) {
        say(`index ${name} ${options.name}`);
        await to.collection(name).createIndex(key, options);
      }
    }
  }
}

async function begun(kind, place) {
  const service = await kind.start(place.uri, { name: `switchboard-${place.count}`, patienceMs: BUILD_MS });
  const side = { ...place, service, heard: new Map() };
  if (kind === Switchboard) {
    await until(() => indexed(service), BUILD_MS, 500);
    await mapped(side);
  }
  side.ears = await Promise.all(side.users.map((user) => Ear.open(service, user, { heard: side.heard })));
  side.connections = await callers([service], side.users.length);
  return side;
}

/** Ready says only that the unique indexes are built. */
async function indexed(service) {
  const { status, body } = await ask(service.port, '/api/doctor', KEY);
  // No response while the database builds: the doctor waits for the database too.
  return status === 200 && JSON.parse(body).checks.some(isComplete);
}

const isComplete = ({ name, status }) => name === "Switchboard's indexes" && status === 'ok';

/** The person's messages go to the first conversation. */
async function mapped({ service, data, conversations }) {
  await data.collection('switchboard_mappings').deleteMany({ phoneNumber: PERSON });
  const [caller] = await callers([service], 1);
  const body = JSON.stringify({ phoneNumber: PERSON, conversationId: conversations[0] });
  const { status, body: said } = await caller.request('POST', '/api/mappings', KEY, body);
  caller.close();
  if (status >= 300) {
    throw new Error(`The mapping was not made: ${status} ${said}`);
  }
}

async function loop(side, count, request, seconds, heard) {
  const { perSecond, answerP50, answerP99, lost, eventP50, eventP99 } = await closedLoop(
    side.connections.slice(0, count),
    request,
    { seconds, heard },
  );
  return { perSecond, p50: answerP50, p99: answerP99, eventP50, eventP99, lost };
}

const byId = (side) => (index, text) => side.service.publish(side.conversations[index], text);

function keyed(side) {
  return (index, text, number) => {
    const request = side.service.publish(side.conversations[index], text);
    return { ...request, headers: { ...request.headers, 'Idempotency-Key': `bench-${number}` } };
  };
}

/** By the mapping that {@link mapped} makes. */
const byPhone = () => (index, text) => ({
  path: '/api/messages/external',
  headers: KEY,
  body: JSON.stringify({
    role: 'external',
    content: text,
    from: PERSON,
  }),
});

const MEASUREMENTS = [
  {
    what: '1 caller',
    run: (side, { seconds }) => loop(side, 1, byId(side), seconds, side.heard),
  },
  {
    what: 'all callers, a conversation each',
    run: (side, { seconds }) => loop(side, side.connections.length, byId(side), seconds, side.heard),
  },
  {
    what: 'all callers, with Idempotency-Key',
    isOurs: true,
    run: (side, { seconds }) => loop(side, side.connections.length, keyed(side), seconds, side.heard),
  },
  {
    what: '1 caller, by phone number',
    isOurs: true,
    run: (side, { seconds }) => loop(side, 1, byPhone(side), seconds),
  },
  {
    what: `a client that comes again, ${MISSED} events missed`,
    isOurs: true,
    run: (side, { reconnects }) => reconnected(side, reconnects),
  },
];

/** From the connect to the last missed event. */
async function reconnected(side, times) {
  const { service, users, conversations, connections } = side;
  const [user] = users;
  const heard = new Map();
  const first = await Ear.open(service, user, { heard });
  const send = (text) => service.publish(conversations[0], text);
  const publish = async (count) => {
    for (let i = 0; i < count; i++) {
      const { path, headers, body } = send(`bench-${String(900_000_000 + i)};`);
      await connections[0].request('POST', path, headers, body);
    }
  };
  await publish(1);
  await until(() => first.lastId && heard.size === 1, 5_000, 1);
  first.close();
  await publish(MISSED);
  const took = [];
  for (let i = 0; i < times; i++) {
    const again = new Map();
    const begun = now();
    const ear = await Ear.open(service, user, { heard: again, after: first.lastId });
    await until(() => again.size === MISSED, 5_000, 1);
    took.push(again.size === MISSED ? Math.max(...again.values()) - begun : 5_000);
    ear.close();
  }
  side.heard.clear();
  return { p50: median(took), p99: p99(took), perSecond: NaN, lost: 0 };
}

function middle(rounds) {
  const row = {};
  for (const figure of ['perSecond', 'p50', 'p99', 'eventP50', 'eventP99']) {
    row[figure] = median(rounds.map((round) => round[figure]).filter(Number.isFinite));
  }
  row.lost = rounds.reduce((all, { lost }) => all + lost, 0);
  return row;
}
