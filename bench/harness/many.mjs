// (h) Very many idle streams over several replicas: time to open, memory, processor time, and one event to one of them.

import { readFileSync } from 'node:fs';
import { Crowd } from './crowd.mjs';
import { Data, token } from './data.mjs';
import { proportional, resident } from './memory.mjs';
import { marked, Switchboard } from './programs.mjs';
import { median, now, p99, pause } from './stats.mjs';
import { difference, look } from './traffic.mjs';

const NAME = 'bench_many';

/** Files of a replica or of its listeners besides the streams. */
const OTHER_FILES = 1_000;

/** `switchboard.stream.max-total` by default. */
const MOST_STREAMS = 20_000;

/** Users who have a conversation; the embedded server reads all conversations for a query. */
const CONVERSATIONS = 50;

/** `getconf CLK_TCK` on Linux. */
const TICKS_PER_SECOND = 100;

/** How many streams one replica can have: by its own limit, and by the limit of open files here. */
export function streamsEach(limits = readFileSync('/proc/self/limits', 'utf8')) {
  const files = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? MOST_STREAMS);
  return Math.min(MOST_STREAMS, files - OTHER_FILES);
}

/**
 * Each replica has the same number of streams, and its listeners are one process. An event goes from the next replica
 * to the replica of the stream.
 *
 * @param streams how many in all, one for each user
 * @param events how many, one a second
 * @param idleMs how long the idle replicas are observed
 */
export async function many(database, { streams, each = streamsEach(), perSecond, events, warmUp, idleMs, settleMs, say }) {
  const count = Math.max(2, Math.ceil(streams / each));
  const data = await Data.open(database.uri(NAME), NAME);
  await data.prepare();
  const users = await data.users(streams);
  const shares = Array.from({ length: count }, (_, i) => users.filter((user, at) => at % count === i));
  const owners = shares.flatMap((share) => share.slice(0, Math.ceil(CONVERSATIONS / count)));
  const conversations = await data.conversations(owners);
  const services = await Promise.all(
    shares.map((share, i) => Switchboard.start(database.uri(NAME), { name: `switchboard-${i + 1}` })),
  );
  const pids = services.flatMap((service) => service.pids);
  const crowds = await Promise.all(services.map((service) => Crowd.of(service)));
  const all = (work) => Promise.all(crowds.map(work));

  let number = 0;
  const publish = async (which) => {
    number++;
    const home = shares.findIndex((share) => share.includes(owners[which]));
    const next = (home + 1) % count;
    await crowds[home].tell('listen', { number });
    const request = services[next].publish(conversations[which], marked(number), owners[which]);
    const { begunAt } = await crowds[next].tell('post', { request });
    const { heardMs } = await crowds[home].tell('hear', { number, expected: 1, begunAt });
    return heardMs;
  };

  say(`${count} replicas, ${streams} streams`);
  // What is compiled and loaded once does not count as memory of the streams.
  await all((crowd, i) => crowd.tell('open', { requests: requests(services[i], shares[i].slice(0, 200)), perSecond: 500, atOnce: 50 }));
  for (let i = 0; i < warmUp; i++) {
    await publish(i % owners.length);
  }
  await all((crowd) => crowd.tell('keep', { count: 0 }));
  await collected(services, settleMs);
  const empty = { rss: resident(pids), pss: proportional(pids) };

  const begun = now();
  const opened = await all((crowd, i) =>
    crowd.tell('open', {
      requests: requests(services[i], shares[i]),
      perSecond: perSecond / count,
      atOnce: 50,
      timeoutMs: 600_000,
    }),
  );
  const openMs = now() - begun;
  const ready = opened.reduce((sum, one) => sum + one.opened, 0);
  if (ready !== streams) {
    throw new Error(`${ready} of ${streams} streams opened: ${JSON.stringify(opened)}`);
  }
  const uncollected = resident(pids);
  await collected(services, settleMs);
  const full = { rss: resident(pids), pss: proportional(pids) };
  say(`open after ${(openMs / 1_000).toFixed(0)} s, ${((full.rss - empty.rss) / streams).toFixed(1)} KiB a stream`);

  const [ticks, commands] = [processorTicks(pids), look(database.ports)];
  const idleBegun = now();
  await pause(idleMs);
  const seconds = (now() - idleBegun) / 1_000;
  const idleCpu = (processorTicks(pids) - ticks) / TICKS_PER_SECOND / seconds;
  const idleCommands = difference(commands, look(database.ports), pids).commands / seconds / count;

  const heard = [];
  for (let i = 0; i < events; i++) {
    const at = now();
    heard.push(...(await publish(Math.floor(Math.random() * owners.length))));
    await pause(Math.max(0, 1_000 - (now() - at)));
  }
  const counts = await all((crowd) => crowd.tell('count'));
  const open = counts.reduce((sum, one) => sum + one.ready, 0);
  say(`event p50 ${median(heard).toFixed(1)} ms, p99 ${p99(heard).toFixed(1)} ms, ${open} streams open in the end`);
  await all((crowd) => crowd.close());
  await Promise.all(services.map((service) => service.stop()));
  await data.drop();
  await data.close();
  return {
    streams,
    replicas: count,
    openMs,
    emptyMiB: empty.rss / 1024 / count,
    fullMiB: full.rss / 1024 / count,
    uncollectedMiB: uncollected / 1024 / count,
    rss: (full.rss - empty.rss) / streams,
    pss: (full.pss - empty.pss) / streams,
    idleCpu,
    idleCommands,
    events: heard.length,
    p50: median(heard),
    p99: p99(heard),
    max: Math.max(...heard),
    lost: events - heard.length,
    ended: streams - open,
  };
}

const requests = (service, users) => users.map((user) => service.stream(user, token(user)));

async function collected(services, settleMs) {
  await pause(settleMs);
  for (let i = 0; i < 2; i++) {
    await Promise.all(services.map((service) => service.collect()));
  }
}

/** The time that these processes have had on the processors, of all their threads. */
function processorTicks(pids) {
  return pids
    .map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      return Number(fields[11]) + Number(fields[12]);
    })
    .reduce((all, one) => all + one, 0);
}
