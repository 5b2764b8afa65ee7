import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { between, publish } from '../harness/publish.mjs';
import { costOf, memory, redisWorth, replicasFor } from '../harness/sizing.mjs';

const MARKED = 'Before\n\n<!-- measured: begin -->\n\nold\n\n<!-- measured: end -->\n\nAfter\n';

const run = (figures, command = 'bench/run') => ({ command, database: 'a server', machine: '2 × CPU.', figures });

const A = {
  rows: [
    { service: 'Switchboard', callers: 1, conversations: 1, perSecond: 100, answerP50: 5, answerP99: 9, eventP50: 6, eventP99: 11, branches: 0, unheard: 0, others: [] },
    { service: 'Node service', callers: 1, conversations: 1, perSecond: 80, answerP50: 6, answerP99: 12, eventP50: 7, eventP99: 14, branches: 2, unheard: 0, others: [] },
  ],
  alone: { callers: 1, one: 200, many: 210, groups: 900 },
};
const B = { rows: [{ service: 'Switchboard, JVM', streams: 10_000, rss: 6, pss: 6, heap: 6, total: 260 }], classes: [] };
const row = (more) => ({
  service: 'Switchboard', replicas: 2, redis: false, writers: 0, perSecond: 90, answerP50: 5, answerP99: 20, eventP50: 8,
  eventP99: 30, commands: 22, read: 2_048, idleCommands: 2, idleRead: 512, lost: 0, statuses: { 201: 9 }, ...more,
});
const F = {
  rate: 40, users: 16, idle: 10, seconds: 5,
  rows: [row({}), row({ writers: 500, written: 480 }), row({ redis: true, eventP50: 5, eventP99: 12 }), row({ service: 'Node service', replicas: 1 })],
};
const half = { perSecond: 50, p50: 4, p99: 9, eventP50: 4, eventP99: 9, lost: 0 };
const G = {
  few: 1_000, many: 400_000, callers: 16, hasIndexes: true,
  rows: [{ service: 'Switchboard', what: '1 caller', few: half, many: { ...half, p50: 8, perSecond: NaN } }],
};

function folder(t) {
  const place = mkdtempSync(path.join(os.tmpdir(), 'bench-test-'));
  t.after(() => rmSync(place, { recursive: true }));
  return {
    json: path.join(place, 'results.json'),
    report: path.join(place, 'RESULTS.md'),
    sizing: path.join(place, 'scaling.md'),
    read: (name) => readFileSync(path.join(place, name), 'utf8'),
  };
}

test('the text between the marks is replaced, and nothing else', () => {
  assert.equal(between(MARKED, 'new'), MARKED.replace('old', 'new'));
  assert.equal(between(between(MARKED, 'new'), 'old'), MARKED);
});

test('a part keeps its place when another part is measured again', (t) => {
  const { report, json, read } = folder(t);
  writeFileSync(report, MARKED);
  const again = { b: run({ ...B, rows: [{ ...B.rows[0], total: 261 }] }, 'bench/run --only b') };
  publish({ report, json, record: true, results: { a: run(A, 'bench/run --only a'), b: run(B) } });
  const { text } = publish({ report, json, record: true, results: again });
  assert.match(text, /\(a\) Injection/);
  assert.match(text, /\| +261 \|/);
  assert.match(text, /1\. `bench\/run --only a`/);
  assert.match(text, /2\. `bench\/run --only b`/);
  assert.ok(read('RESULTS.md').startsWith('Before\n'));
  assert.ok(read('RESULTS.md').endsWith('After\n'));
  // A run that is not recorded shows itself alone.
  assert.doesNotMatch(publish({ report, json, results: again }).text, /Injection/);
});

test('each part has its charts beside the report, and a link to each', (t) => {
  const { report, json, read } = folder(t);
  const { text, files } = publish({ report, json, results: { a: run(A), b: run(B), f: run(F), g: run(G) } });
  for (const name of ['throughput', 'latency', 'memory', 'replicas-throughput', 'replicas-latency', 'replicas-database', 'growth']) {
    assert.match(text, new RegExp(`\\]\\(charts/${name}\\.svg\\)`));
    assert.match(read(`charts/${name}.svg`), /^<svg [^]*<\/svg>\n$/);
  }
  assert.equal(files.length, 9);
});

test('the replicas say which writes LibreChat did, and what each replica asked of the database', (t) => {
  const { report, json } = folder(t);
  const { text } = publish({ report, json, results: { f: run(F) } });
  assert.match(text, /480 of 500/);
  assert.match(text, /Node service, one process/);
  assert.match(text, /share one machine/);
});

test('the growth compares both sizes, and warns of a server without indexes', (t) => {
  const { report, json } = folder(t);
  assert.match(publish({ report, json, results: { g: run(G) } }).text, /2\.00 ×/);
  const { text } = publish({ report, json, results: { g: run({ ...G, hasIndexes: false }) } });
  assert.match(text, /not Switchboard; use `--database`/);
});

test('the table of sizes is made of the figures', (t) => {
  const { report, json, sizing, read } = folder(t);
  writeFileSync(sizing, MARKED);
  publish({ report, json, sizing, results: { a: run(A), b: run(B), f: run(F) } });
  const text = read('scaling.md');
  assert.match(text, /\| 100,000 +\| +25,000 \(a\) \| +3 \(c\) /);
  assert.match(text, /6\.0 KiB a stream, measured at 10,000 streams/);
  assert.match(text, /2\.0 database commands a second of an idle replica and 1\.0 for each message/);
  assert.match(text, /p99 12\.0 and 30\.0 ms/);
  assert.match(text, /64 GB, M60 \(a\) \| if LibreChat has one \(m\)/);
  assert.ok(text.endsWith('After\n'));
});

test('Redis is worth it only where events arrive sooner', () => {
  assert.equal(redisWorth(F), 'if LibreChat has one (m)');
  assert.equal(redisWorth({ rows: [row({}), row({ redis: true, eventP50: 7 })] }), 'no gain (m)');
  assert.equal(redisWorth({ rows: [row({})] }), 'not measured');
});

test('memory grows with the streams, in steps', () => {
  const cost = costOf(B);
  assert.ok(Math.abs(memory(cost, 10_000).used - 260) < 0.001);
  assert.equal(memory(cost, 0).limit, 384);
  assert.equal(memory(cost, 20_000).limit, 512);
});

test('many streams need one replica more than their number asks for when one fails', () => {
  assert.equal(replicasFor(100, 25), 1);
  assert.equal(replicasFor(10_000, 2_500), 2);
  assert.equal(replicasFor(100_000, 25_000), 3);
});

test('a table of sizes without figures says so', (t) => {
  const { report, json, sizing, read } = folder(t);
  writeFileSync(sizing, MARKED);
  publish({ report, json, sizing, results: {} });
  assert.match(read('scaling.md'), /not measured/);
  assert.match(read('scaling.md'), /No figures are recorded/);
});
