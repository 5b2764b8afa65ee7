// (a) Injection: from the call to its answer, and to its event.

import { setTimeout as sleep } from 'node:timers/promises';
import { Data, turn } from './data.mjs';
import { Ear } from './ear.mjs';
import { Caller } from './http.mjs';
import { marked, NodeService, Switchboard } from './programs.mjs';
import { median, now, p99, percentile, until } from './stats.mjs';

let last = 0;

/** So many callers, each with so many messages one after the other. */
async function load(service, conversations, callers, messages, ear) {
  const connections = await Promise.all(
    Array.from({ length: callers }, async () => {
      const caller = new Caller(service.port);
      await caller.connect();
      return caller;
    }),
  );
  const begun = new Map();
  const answered = [];
  const statuses = {};
  const start = now();
  await Promise.all(
    connections.map(async (caller, index) => {
      for (let i = 0; i < messages; i++) {
        const text = marked(++last);
        const { path, headers, body } = service.publish(
          conversations[index % conversations.length],
          text,
        );
        const at = now();
        begun.set(text.slice(6, 15), at);
        const { status } = await caller.request('POST', path, headers, body);
        answered.push(now() - at);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  const seconds = (now() - start) / 1000;
  connections.forEach((caller) => caller.close());
  await until(() => [...begun.keys()].every((number) => ear.heard.has(number)), 5_000);
  const heard = [...begun].flatMap(([number, at]) =>
    ear.heard.has(number) ? [ear.heard.get(number) - at] : [],
  );
  ear.heard.clear();
  return {
    perSecond: (callers * messages) / seconds,
    answerP50: median(answered),
    answerP99: p99(answered),
    eventP50: median(heard),
    eventP99: p99(heard),
    unheard: begun.size - heard.length,
    others: Object.entries(statuses).filter(([status]) => status !== '201'),
  };
}

/** What the database can do by itself, with the same steps and nothing around them. */
async function databaseAlone(data, user, callers, messages) {
  const steps = async (conversationId, texts) => {
    const last = await data
      .collection('messages')
      .find({ conversationId, user })
      .sort({ createdAt: -1 })
      .limit(1)
      .next();
    const at = new Date();
    const group = texts.map((text) =>
      turn(conversationId, user, last.messageId, 'GPT', at, text),
    );
    await (group.length === 1
      ? data.collection('messages').insertOne(group[0])
      : data.collection('messages').insertMany(group));
    await data
      .collection('conversations')
      .updateOne({ conversationId, user }, { $max: { updatedAt: at } });
  };
  const timed = async (work) => {
    const start = now();
    await work();
    return (callers * messages) / ((now() - start) / 1000);
  };
  const figures = {};
  for (const [name, count] of [
    ['one', 1],
    ['many', callers],
  ]) {
    await data.wipe();
    const conversations = await data.conversations(Array(count).fill(user));
    figures[name] = await timed(() =>
      Promise.all(
        Array.from({ length: callers }, async (_, index) => {
          for (let i = 0; i < messages; i++) {
            await steps(conversations[index % count], ['Something']);
          }
        }),
      ),
    );
  }
  await data.wipe();
  const [conversationId] = await data.conversations([user]);
  figures.groups = await timed(async () => {
    for (let i = 0; i < messages; i++) {
      await steps(conversationId, Array(callers).fill('Something'));
    }
  });
  return figures;
}

/**
 * @param sizes the cases: callers, and messages of each caller
 * @returns one row for each case and service, the rounds' medians, and what the database can do
 */
export async function injection(database, { sizes, rounds, warmUp, say }) {
  const sides = [];
  for (const [kind, name] of [
    [Switchboard, 'bench_switchboard'],
    [NodeService, 'bench_node'],
  ]) {
    const data = await Data.open(database.uri(name), name);
    await data.prepare();
    const [user] = await data.users(1);
    const service = await kind.start(database.uri(name));
    sides.push({ kind, data, user, service, ear: await Ear.open(service, user) });
  }
  const once = async (side, callers, messages, conversationCount) => {
    await side.data.wipe();
    const conversations = await side.data.conversations(Array(conversationCount).fill(side.user));
    const figures = await load(side.service, conversations, callers, messages, side.ear);
    figures.branches = await side.data.branches();
    return figures;
  };
  say('warming up');
  for (let i = 0; i < warmUp; i++) {
    for (const side of sides) {
      await once(side, 64, 10, 64);
      await once(side, 64, 20, 1);
      await once(side, 1, 400, 1);
    }
  }
  const rows = [];
  const alone = [];
  for (const { callers, messages } of sizes) {
    for (const conversations of callers === 1 ? [1] : [1, callers]) {
      const results = new Map(sides.map((side) => [side, []]));
      for (let round = 0; round < rounds; round++) {
        for (const side of sides) {
          // Let the lanes give back their leases, and the collectors come to rest.
          await sleep(300);
          results.get(side).push(await once(side, callers, messages, conversations));
        }
      }
      for (const [side, figures] of results) {
        rows.push({ service: side.kind.title, callers, conversations, ...middle(figures) });
      }
      say(
        rows
          .slice(-2)
          .map(
            (row) =>
              `${row.service}: ${callers} callers, ${conversations} conversations: ` +
              `${row.perSecond.toFixed(0)}/s, p99 ${row.answerP99.toFixed(1)} ms, ` +
              `${row.branches} branches`,
          )
          .join(' | '),
      );
    }
  }
  const { callers, messages } = sizes.at(-1);
  const { data, user } = sides[1];
  for (let round = 0; round < rounds; round++) {
    alone.push(await databaseAlone(data, user, callers, messages));
  }
  for (const side of sides) {
    side.ear.close();
    await side.service.stop();
    await side.data.drop();
    await side.data.close();
  }
  return {
    rows,
    alone: {
      callers,
      one: median(alone.map((one) => one.one)),
      many: median(alone.map((one) => one.many)),
      groups: median(alone.map((one) => one.groups)),
    },
  };
}

/** Of each figure the median of the rounds; of what went wrong, the sum. */
function middle(rounds) {
  const row = {};
  for (const figure of ['perSecond', 'answerP50', 'answerP99', 'eventP50', 'eventP99']) {
    row[figure] = percentile(
      rounds.map((round) => round[figure]),
      0.5,
    );
  }
  row.branches = rounds.reduce((all, round) => all + round.branches, 0);
  row.unheard = rounds.reduce((all, round) => all + round.unheard, 0);
  row.others = rounds.flatMap((round) => round.others);
  return row;
}
