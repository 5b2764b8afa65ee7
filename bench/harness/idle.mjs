// (b) What an idle stream costs in memory.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Data, token } from './data.mjs';
import { Crowd } from './crowd.mjs';
import { growth, javaClasses, javaHeap, proportional, resident } from './memory.mjs';
import { marked, Nchan, nativeExecutable, NodeService, ROOT, Switchboard, WORK } from './programs.mjs';
import { median, pause } from './stats.mjs';

const DATABASE = 'bench_idle';

/** Streams that come and go before the first look, so that what is compiled once is compiled. */
const CHURN = { streams: 100 };

/**
 * @param levels how many streams are open at each look, rising
 * @returns one row for each service and level: KiB per stream
 */
export async function idle(database, { levels, rounds, churns, settleMs, say }) {
  const data = await Data.open(database.uri(DATABASE), DATABASE);
  await data.prepare();
  const users = await data.users(levels.at(-1));
  const [conversation] = await data.conversations([users[0]]);
  const tokens = users.map(token);
  const native = nativeExecutable();
  const kinds = [
    ['Switchboard, JVM', () => Switchboard.start(database.uri(DATABASE))],
    ...(native
      ? [['Switchboard, native', () => Switchboard.start(database.uri(DATABASE), { native })]]
      : []),
    ['Node service', () => NodeService.start(database.uri(DATABASE))],
    ['nginx + nchan', () => Nchan.start()],
  ];
  const found = new Map(kinds.map(([name]) => [name, []]));
  const classes = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of kinds) {
      const service = await start();
      const looks = await measure(service, {
        users,
        tokens,
        conversation,
        levels,
        churns,
        settleMs,
        classes,
      });
      await service.stop();
      found.get(name).push(looks);
      const top = looks.at(-1);
      say(`${name}: ${top.rss.toFixed(1)} KiB per stream at ${top.streams}`);
    }
  }
  await data.drop();
  await data.close();
  const file = path.join(WORK, 'idle-classes.txt');
  writeFileSync(
    file,
    classes
      .map(({ name, count, bytes }) => `${bytes.toFixed(1).padStart(10)} ${count.toFixed(3)} ${name}\n`)
      .join(''),
  );
  const rows = [];
  for (const [name, all] of found) {
    levels.forEach((streams, i) => {
      const at = all.map((looks) => looks[i]);
      const middle = (figure) => median(at.map((look) => look[figure]));
      rows.push({
        service: all.some((looks) => looks[i].garbage) ? `${name} (not collected)` : name,
        streams,
        rss: middle('rss'),
        pss: middle('pss'),
        heap: at[0].heap === undefined ? undefined : middle('heap'),
        total: middle('total'),
      });
    });
  }
  return { rows, classes, file: path.relative(ROOT, file) };
}

async function measure(service, given) {
  const { users, tokens, conversation, levels, churns, settleMs, classes } = given;
  const crowd = await Crowd.of(service);
  const requests = (from, to) =>
    users.slice(from, to).map((user, i) => service.stream(user, tokens[from + i]));
  for (let i = 0; i < churns; i++) {
    await crowd.tell('open', { requests: requests(0, CHURN.streams), perSecond: 2_000, atOnce: 50 });
    await crowd.tell('publish', {
      number: i,
      request: service.publish(conversation, marked(i), users[0]),
      expected: 1,
    });
    await crowd.tell('keep', { count: 0 });
  }
  await pause(settleMs);
  const look = async () => {
    await service.collect();
    // Only the executable says whether it has collected.
    const garbage = (await service.collect()) === false;
    return {
      garbage,
      rss: resident(service.pids),
      pss: proportional(service.pids),
      heap: service.isJava ? await javaHeap(service.pid) : undefined,
    };
  };
  const empty = await look();
  const emptyClasses = service.isJava ? await javaClasses(service.pid) : undefined;
  const looks = [];
  let open = 0;
  for (const streams of levels) {
    const { opened, refused, failed } = await crowd.tell('open', {
      requests: requests(open, streams),
      perSecond: 1_500,
      atOnce: 50,
    });
    if (opened !== streams - open) {
      throw new Error(
        `${service.name} opened ${opened} of ${streams - open} streams: ` +
          `refused ${JSON.stringify(refused)}, failed ${failed}`,
      );
    }
    open = streams;
    await pause(settleMs);
    const now = await look();
    looks.push({
      streams,
      rss: (now.rss - empty.rss) / streams,
      pss: (now.pss - empty.pss) / streams,
      garbage: now.garbage,
      heap: now.heap === undefined ? undefined : (now.heap - empty.heap) / streams,
      total: now.rss / 1024,
    });
  }
  if (service.isJava) {
    classes.splice(0, Infinity, ...growth(emptyClasses, await javaClasses(service.pid), open));
  }
  await crowd.close();
  return looks;
}
