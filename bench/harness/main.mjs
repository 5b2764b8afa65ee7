// bench/run and bench/storm come here, when everything that is needed is there.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { fanOut } from './fan-out.mjs';
import { webhooks } from './hooks.mjs';
import { idle } from './idle.mjs';
import { injection } from './injection.mjs';
import { ROOT, WORK, startDatabase, stopAll } from './programs.mjs';
import { report, write } from './report.mjs';
import { start } from './start.mjs';
import { now } from './stats.mjs';
import { storm } from './storm.mjs';

const SCALES = {
  full: {
    a: {
      sizes: [
        { callers: 1, messages: 200 },
        { callers: 16, messages: 32 },
        { callers: 64, messages: 16 },
      ],
      rounds: 5,
      warmUp: 14,
    },
    b: { levels: [1_000, 5_000, 10_000], rounds: 2, churns: 30, settleMs: 1_000 },
    c: {
      users: 10_000,
      events: 200,
      perSecond: 600,
      fan: { streams: 1_000, events: 30, warmUp: 30, warmUpMany: 300 },
    },
    d: { rounds: 5, settleMs: 2_000 },
    e: { callers: 50, messages: 12, rounds: 5, warmUp: 6, flood: { perSecond: 1_000, seconds: 10 } },
    storm: { connects: 5_000, vanishing: 2_000, events: 300, characters: 24_000, patienceMs: 15_000 },
  },
  quick: {
    a: {
      sizes: [
        { callers: 1, messages: 100 },
        { callers: 16, messages: 24 },
        { callers: 64, messages: 16 },
      ],
      rounds: 3,
      warmUp: 10,
    },
    b: { levels: [1_000, 10_000], rounds: 1, churns: 20, settleMs: 1_000 },
    c: {
      users: 10_000,
      events: 20,
      perSecond: 800,
      fan: { streams: 1_000, events: 10, warmUp: 15, warmUpMany: 100 },
    },
    d: { rounds: 3, settleMs: 2_000 },
    e: { callers: 50, messages: 8, rounds: 3, warmUp: 4, flood: { perSecond: 1_000, seconds: 5 } },
    storm: { connects: 5_000, vanishing: 1_000, events: 300, characters: 24_000, patienceMs: 15_000 },
  },
  smoke: {
    a: { sizes: [{ callers: 4, messages: 4 }], rounds: 1, warmUp: 0 },
    b: { levels: [20, 50], rounds: 1, churns: 1, settleMs: 100 },
    c: { users: 50, events: 2, perSecond: 200, fan: { streams: 20, events: 2, warmUp: 1, warmUpMany: 1 } },
    d: { rounds: 1, settleMs: 100 },
    e: { callers: 4, messages: 2, rounds: 1, warmUp: 0, flood: { perSecond: 100, seconds: 1 } },
    storm: { connects: 100, vanishing: 50, events: 5, characters: 500, patienceMs: 0 },
  },
};

const CASES = { a: injection, b: idle, c: fanOut, d: start, e: webhooks, storm };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    only: { type: 'string' },
    streams: { type: 'string' },
    out: { type: 'string' },
  },
});
const scale = options.smoke ? 'smoke' : options.quick ? 'quick' : 'full';
const only = options.only?.split(',') ?? (scale === 'smoke' ? Object.keys(CASES) : ['a', 'b', 'c', 'd', 'e']);
for (const name of only) {
  if (!Object.hasOwn(CASES, name)) {
    console.error(`--only takes ${Object.keys(CASES).join(', ')}; not ${name}`);
    process.exit(2);
  }
}
const most = Number(options.streams ?? Infinity);
if (!(most >= 50)) {
  console.error('--streams takes a number, 50 or more');
  process.exit(2);
}
/** On a small machine: no more streams than this. */
function within({ b, c, ...others }) {
  const levels = b.levels.filter((level) => level < most);
  return {
    ...others,
    b: { ...b, levels: levels.length < b.levels.length ? [...levels, most] : levels },
    c: { ...c, users: Math.min(c.users, most) },
  };
}
const sizes = within(SCALES[scale]);
const whole = scale === 'full' && !options.only && !options.streams;
const file = options.out
  ? path.resolve(options.out)
  : whole
    ? path.join(ROOT, 'bench/RESULTS.md')
    : path.join(WORK, 'results.md');

if (scale === 'smoke') {
  // Whether it works, not how fast.
  process.env.BENCH_JAVA_OPTS ??= '-XX:TieredStopAtLevel=1';
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    stopping = true;
    await stopAll();
    process.exit(130);
  });
}

const begun = now();
const say = (what) => console.error(`[${((now() - begun) / 1000).toFixed(0).padStart(4)} s] ${what}`);
try {
  const results = {};
  let database;
  for (const name of only) {
    // A fresh one for each part: the embedded one does not give back what it took.
    if (scale !== 'smoke') {
      await database?.stop();
      database = undefined;
    }
    database ??= await startDatabase();
    results[name] = await CASES[name](database, {
      ...sizes[name],
      say: (what) => say(`(${name}) ${what}`),
    });
  }
  await database.stop();
  const text = report({
    command: ['bench/run', ...process.argv.slice(2)].join(' '),
    database: database.own ? 'the embedded database of the tests' : 'the server of MONGO_URI',
    results,
  });
  write(file, text);
  console.log(text);
  say(`written to ${path.relative(process.cwd(), file)}`);
  process.exit(0);
} catch (error) {
  if (!stopping) {
    console.error(error);
    await stopAll();
    process.exit(1);
  }
}
