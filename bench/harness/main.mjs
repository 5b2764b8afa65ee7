// bench/run and bench/storm come here, when everything that is needed is there.

import path from 'node:path';
import { fanOut } from './fan-out.mjs';
import { growth } from './growth.mjs';
import { webhooks } from './hooks.mjs';
import { idle } from './idle.mjs';
import { injection } from './injection.mjs';
import { options, WrongOption } from './options.mjs';
import { ROOT, startDatabase, stopAll, WORK } from './programs.mjs';
import { machineLine } from './machine.mjs';
import { many } from './many.mjs';
import { publish } from './publish.mjs';
import { replicas } from './replicas.mjs';
import { SCALES, within } from './scales.mjs';
import { start } from './start.mjs';
import { now } from './stats.mjs';
import { storm } from './storm.mjs';

const CASES = { a: injection, b: idle, c: fanOut, d: start, e: webhooks, f: replicas, g: growth, h: many, storm };

function chosen() {
  try {
    return options(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof WrongOption)) {
      throw error;
    }
    console.error(error.message);
    process.exit(2);
  }
}

const given = chosen();
const sizes = within(SCALES[given.scale], given.streams);
sizes.f = {
  ...sizes.f,
  replicas: sizes.f.replicas ?? given.replicas,
  redis: given.redis,
  writers: given.writers ?? (given.scale === 'smoke' ? 50 : 0),
};
sizes.g = { ...sizes.g, growth: given.growth };
sizes.h = { ...sizes.h, streams: given.crowd ?? sizes.h.streams };
if (given.scale === 'smoke') {
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
  const command = ['bench/run', ...process.argv.slice(2)].join(' ');
  let database;
  for (const name of given.parts) {
    // A fresh one for each part: the embedded one does not give back what it took.
    if (given.scale !== 'smoke') {
      await database?.stop();
      database = undefined;
    }
    database ??= await startDatabase(given.database);
    const figures = await CASES[name](database, { ...sizes[name], say: (what) => say(`(${name}) ${what}`) });
    results[name] = { command, machine: machineLine, database: database.title, figures };
  }
  await database.stop();
  const place = given.record
    ? { report: path.join(ROOT, 'bench/RESULTS.md'), json: path.join(ROOT, 'bench/results.json') }
    : { report: path.resolve(given.out ?? path.join(WORK, 'results.md')), json: path.join(WORK, 'results.json') };
  const sizing = given.record && path.join(ROOT, 'docs/scaling.md');
  const { text, files } = publish({ ...place, results, record: given.record, sizing });
  console.log(text);
  say(`written to ${files.map((file) => path.relative(process.cwd(), file)).join(', ')}`);
  process.exit(0);
} catch (error) {
  if (!stopping) {
    console.error(error);
    await stopAll();
    process.exit(1);
  }
}
