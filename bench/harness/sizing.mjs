// The table of docs/scaling.md, from the results.

import { table } from './report.mjs';

const KIB_PER_MIB = 1_024;
/** With Redis an event takes at most this share of the time. */
const WORTH = 0.8;

/** What the table assumes; docs/scaling.md says so. */
export const ASSUMED = {
  users: [100, 1_000, 10_000, 50_000, 100_000],
  /** For LibreChat's own data, of which Switchboard is a small part: the last members' memory, and Atlas's name. */
  database: ['2 GB, M10', '4 GB, M20', '8 GB, M30', '32 GB, M50', '64 GB, M60'],
  /** Open pages at once, of all users. */
  openShare: 0.25,
  /** Messages from outside in the busiest hour, per user. */
  messagesPerHour: 1,
  /** Streams of one replica; twice as many fit below `switchboard.stream.max-total` when another replica fails. */
  streamsPerReplica: 10_000,
  /** Memory for collections, files and bursts, beyond the measured memory. */
  headroom: 1.5,
  /** The steps of a memory limit, in MiB. */
  step: 128,
  leastMemory: 384,
};

/** Memory of one replica in MiB: the measured base and the measured cost of a stream. */
export function memory({ base, perStream }, streams, { headroom, step, leastMemory } = ASSUMED) {
  const used = base + (perStream * streams) / KIB_PER_MIB;
  return { used, limit: Math.max(leastMemory, Math.ceil((used * headroom) / step) * step) };
}

/** The base without streams (MiB), and the cost of a stream (KiB), from part b. */
export function costOf(b) {
  const row = b?.rows.filter(({ service }) => service.startsWith('Switchboard, JVM')).at(-1);
  return row && { base: row.total - (row.rss * row.streams) / KIB_PER_MIB, perStream: row.rss, streams: row.streams };
}

/** Replicas for these streams: at least two above 1,000 users, and one more than needed above that. */
export function replicasFor(users, streams, { streamsPerReplica } = ASSUMED) {
  if (users <= 1_000) return 1;
  return Math.max(2, Math.ceil(streams / streamsPerReplica));
}

/** Commands a second of one replica: idle, and for each message in all, from part f; the smallest run with replicas. */
export function commandsOf(f) {
  const rows = f?.rows.filter((row) => row.service === 'Switchboard' && !row.redis && !row.writers) ?? [];
  if (rows.length === 0) return undefined;
  const found = rows.map((row) => ({
    replicas: row.replicas,
    idle: row.idleCommands,
    perMessage: Math.max(0, ((row.commands - row.idleCommands) * row.replicas) / f.rate),
  }));
  return found.at(-1);
}

const number = (value) => Math.round(value).toLocaleString('en-US');

/** The whole block of docs/scaling.md. */
export function sizing(results) {
  const cost = costOf(results.b?.figures);
  const commands = commandsOf(results.f?.figures);
  const unknown = 'not measured';
  const rows = ASSUMED.users.map((users, i) => {
    const streams = users * ASSUMED.openShare;
    const replicas = replicasFor(users, streams);
    const messages = (users * ASSUMED.messagesPerHour) / 3_600;
    const each = streams / replicas;
    // While one of them is down, the others have its streams.
    const most = replicas > 1 ? streams / (replicas - 1) : streams;
    const memoryOf = cost && memory(cost, most);
    const asked = commands && replicas * commands.idle + messages * commands.perMessage;
    return [
      number(users),
      `${number(streams)} (a)`,
      `${replicas} (c)`,
      `${number(each)} (c)`,
      memoryOf ? `${number(memoryOf.used)} (c)` : unknown,
      memoryOf ? `${number(memoryOf.limit)} (c)` : unknown,
      `${messages < 1 ? messages.toFixed(2) : number(messages)} (a)`,
      asked === undefined ? unknown : `${asked < 10 ? asked.toFixed(1) : number(asked)} (c)`,
      `${ASSUMED.database[i]} (a)`,
      replicas === 1 ? 'no' : redisWorth(results.f?.figures),
    ];
  });
  return [
    table(
      [
        'users',
        'open streams',
        'replicas',
        'streams each',
        'MiB in use, one replica lost',
        'limit, MiB',
        'messages/s',
        'database commands/s, all replicas',
        'MongoDB, each member',
        'Redis',
      ],
      rows,
    ),
    '(m) measured, (c) computed from measured figures, (a) assumed.',
    figuresUsed({ cost, commands, results }),
  ].join('\n\n');
}

function figuresUsed({ cost, commands, results }) {
  const lines = [];
  if (cost) {
    lines.push(
      `- ${cost.base.toFixed(0)} MiB without streams and ${cost.perStream.toFixed(1)} KiB a stream, measured at ` +
        `${number(cost.streams)} streams (${runOf(results.b)}).`,
    );
  }
  if (commands) {
    lines.push(
      `- ${commands.idle.toFixed(1)} database commands a second of an idle replica and ` +
        `${commands.perMessage.toFixed(1)} for each message, measured with ${commands.replicas} replicas ` +
        `(${runOf(results.f)}).`,
    );
  }
  lines.push(...ratesUsed(results), ...redisUsed(results.f));
  return lines.length === 0 ? 'No figures are recorded.' : ['Measured figures:', lines.join('\n')].join('\n\n');
}

const runOf = ({ command, database }) => `\`${command}\`, on ${database}`;

function ratesUsed({ a }) {
  const row = a?.figures.rows
    .filter(({ service, callers, conversations }) => service === 'Switchboard' && callers === conversations)
    .at(-1);
  return row
    ? [
        `- ${number(row.perSecond)} messages a second by one replica into ${row.conversations} conversations, event ` +
          `p99 ${row.eventP99.toFixed(0)} ms (${runOf(a)}).`,
      ]
    : [];
}

/** Rows with several replicas and Redis, each with its row without Redis. */
function redisPairs(figures) {
  const rows = figures?.rows ?? [];
  return rows
    .filter((row) => row.redis && row.replicas > 1)
    .flatMap((row) => {
      const other = rows.find(
        (one) =>
          one.service === row.service &&
          !one.redis &&
          one.replicas === row.replicas &&
          Boolean(one.writers) === Boolean(row.writers),
      );
      return other ? [[row, other]] : [];
    });
}

/** Whether Redis shortens the way of an event to another replica by a fifth. */
export function redisWorth(figures) {
  const pairs = redisPairs(figures);
  if (pairs.length === 0) return 'not measured';
  const better = pairs.filter(([row, other]) => row.eventP50 <= WORTH * other.eventP50);
  return better.length > pairs.length / 2 ? 'if LibreChat has one (m)' : 'no gain (m)';
}

function redisUsed(f) {
  return redisPairs(f?.figures).map(
    ([row, other]) =>
      `- ${row.replicas} replicas${row.writers ? `, ${number(row.written)} writes/s of LibreChat beside them` : ''}: ` +
      `from the call to the event at another replica p50 ${row.eventP50.toFixed(1)} ms with Redis, ` +
      `${other.eventP50.toFixed(1)} ms without; p99 ${row.eventP99.toFixed(1)} and ${other.eventP99.toFixed(1)} ms ` +
      `(${runOf(f)}).`,
  );
}
