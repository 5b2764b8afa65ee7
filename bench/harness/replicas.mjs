// (f) Several replicas of Switchboard on one database, with and without Redis, and with LibreChat's users beside them.

import { Data } from './data.mjs';
import { Ear } from './ear.mjs';
import { callers, closedLoop, paced } from './load.mjs';
import { NodeService, startRedis, Switchboard } from './programs.mjs';
import { now, pause } from './stats.mjs';
import { difference, look } from './traffic.mjs';
import { Writers } from './writers.mjs';

const NAME = 'bench_replicas';

/**
 * The callers and the streams are spread over the replicas in turn. The stream of each conversation is open at the
 * replica after the replica of its caller: with two or more replicas each event goes from one replica to another.
 *
 * @param replicas the numbers of replicas
 * @param redis the address of a Redis, or "local"; without it no rows with Redis
 * @param writers the writes a second beside half of the rows; 0 for none
 * @param users as many conversations, callers and streams
 * @param idle more streams of other users, which hear nothing
 * @param rate the messages a second of the steady load
 */
export async function replicas(database, given) {
  const { replicas: counts, redis, writers, say } = given;
  const rows = [];
  const add = (row) => {
    rows.push(row);
    say(
      `${row.service} × ${row.replicas}${row.redis ? ', Redis' : ''}${row.writers ? ', writers' : ''}: ` +
        `${row.perSecond.toFixed(0)}/s, event p99 ${row.eventP99.toFixed(1)} ms, ` +
        `${row.commands.toFixed(1)} commands/s a replica`,
    );
  };
  for (const count of counts) {
    for (const isWithRedis of redis ? [false, true] : [false]) {
      const bus = isWithRedis ? await startRedis(redis) : undefined;
      await measured(database, { ...given, kind: Switchboard, count, bus, writers }, add);
      await bus?.stop();
    }
  }
  await measured(database, { ...given, kind: NodeService, count: 1, writers }, add);
  return { rows, rate: given.rate, users: given.users, idle: given.idle, seconds: given.seconds };
}

async function measured(database, given, add) {
  const { kind, count, bus, writers, users: userCount, idle, warmUp } = given;
  const data = await Data.open(database.uri(NAME), NAME);
  await data.prepare();
  const users = await data.users(userCount + idle);
  const services = await started(kind, count, database.uri(NAME), bus);
  const conversations = await data.conversations(users.slice(0, userCount));
  const heard = new Map();
  const ears = await Promise.all(
    users.map((user, i) => Ear.open(services[(i + 1) % count], user, { heard })),
  );
  const connections = await callers(services, userCount);
  const request = (index, text) => services[index % count].publish(conversations[index], text);
  const round = { services, connections, request, heard, bus, database };
  // Each replica compiles its own code.
  await closedLoop(connections, request, { seconds: warmUp * count, heard });
  for (const rate of writers ? [0, writers] : [0]) {
    add({
      service: kind.title,
      replicas: count,
      redis: Boolean(bus),
      ...(await once(round, { ...given, name: NAME, writes: rate })),
    });
  }
  connections.forEach((caller) => caller.close());
  ears.forEach((ear) => ear.close());
  await Promise.all(services.map((service) => service.stop()));
  await data.drop();
  await data.close();
}

/** All replicas at once, as a rollout starts them. */
function started(kind, count, uri, bus) {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      kind === Switchboard
        ? Switchboard.start(uri, {
            name: `switchboard-${i + 1}`,
            environment: bus ? { REDIS_URI: bus.uri } : {},
          })
        : kind.start(uri),
    ),
  );
}

async function once(round, { name, writes, seconds, settle, rate }) {
  const { connections, request, heard, database } = round;
  const writing = writes ? await Writers.start(database.uri(name), name, writes) : undefined;
  await pause(settle * 1_000);
  await writing?.mark();
  const quiet = await counted(round, () => pause(seconds * 1_000));
  const steady = await counted(round, () =>
    paced(connections, request, { perSecond: rate, seconds, heard }),
  );
  const full = await closedLoop(connections, request, { seconds, heard });
  const written = await writing?.perSecond();
  await writing?.stop();
  const { answerP50, answerP99, eventP50, eventP99 } = steady.result;
  return {
    writers: writes,
    written,
    perSecond: full.perSecond,
    fullEventP99: full.eventP99,
    answerP50,
    answerP99,
    eventP50,
    eventP99,
    lost: full.lost + steady.result.lost,
    statuses: { ...full.statuses, ...steady.result.statuses },
    idleCommands: quiet.commands,
    idleRead: quiet.received,
    commands: steady.commands,
    read: steady.received,
    redisCommands: steady.redisCommands,
  };
}

/** What each replica exchanges with the database meanwhile, each second. */
async function counted({ services, database, bus }, work) {
  const pids = services.flatMap((service) => service.pids);
  const looked = () => [look(database.ports), bus && look(bus.ports)];
  const begun = now();
  const [before, busBefore] = looked();
  const result = await work();
  const [after, busAfter] = looked();
  const each = services.length * ((now() - begun) / 1_000);
  const all = difference(before, after, pids);
  return {
    result,
    commands: all.commands / each,
    received: all.received / each,
    redisCommands: bus ? difference(busBefore, busAfter, pids).commands / each : undefined,
  };
}
