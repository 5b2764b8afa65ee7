// A replica with many streams restarts: when all are back, and with which answers.
//
//     node bench/harness/restart.mjs [streams] [connects per second]
//
// Before: bench/run --smoke (for what it installs), and ulimit -n 65536.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Data, token } from './data.mjs';
import { ROOT, WORK, startDatabase, stopAll, Switchboard } from './programs.mjs';
import { now, pause, until } from './stats.mjs';

const NAME = 'bench_restart';
const streams = Number(process.argv[2] ?? 20_000);
const perSecond = Number(process.argv[3] ?? 800);

const database = await startDatabase(process.env.MONGO_URI ?? 'embedded');
const data = await Data.open(database.uri(NAME), NAME);
await data.prepare();
const users = await data.users(streams);
mkdirSync(WORK, { recursive: true });
const tokens = path.join(WORK, 'tokens');
writeFileSync(tokens, users.map(token).join('\n'));

const environment = { SWITCHBOARD_STREAM_MAX_TOTAL: String(streams + 1_000) };
let service = await Switchboard.start(database.uri(NAME), { environment });
const crowd = spawn('java', ['-Xmx1g', path.join(ROOT, 'bench/harness/ReconnectingCrowd.java'), tokens, String(perSecond), String(service.port)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => crowd.kill('SIGKILL'));
let latest = { open: 0 };
const seen = {};
createInterface({ input: crowd.stdout }).on('line', (line) => {
  latest = JSON.parse(line);
  for (const [, status, count] of latest.statuses.matchAll(/(\d{3})=(\d+)/g)) {
    seen[status] = (seen[status] ?? 0) + Number(count);
  }
  console.error(line);
});
// A feed that has run for long: the mark of its beginning is older than what any client missed.
const marks = data.collection('switchboard_feed');
await until(async () => (await marks.countDocuments({ user: '*' })) > 0, 60_000, 100);
await marks.updateMany({ user: '*' }, { $set: { at: new Date(Date.now() - 7_200_000) } });
const begun = now();
if (!(await until(async () => latest.open === streams, 600_000, 100))) {
  throw new Error(`only ${latest.open} of ${streams} streams opened`);
}
console.log(`${streams} streams open after ${((now() - begun) / 1000).toFixed(1)} s, answers ${JSON.stringify(seen)}`);
// The compilers have done their work.
await pause(5_000);
Object.keys(seen).forEach((status) => delete seen[status]);

const port = service.port;
const stopped = now();
service.process.kill('SIGTERM');
await until(async () => service.isDead, 30_000, 20);
service = await Switchboard.start(database.uri(NAME), { environment, port });
const ready = now();
await until(async () => latest.open === streams, 300_000, 100);
const back = now();
const count = async (name) => (await service.metric(name)) ?? 0;
console.log(
  JSON.stringify({
    streams,
    downMs: Math.round(ready - stopped),
    allBackAfterReadyMs: Math.round(back - ready),
    allBackAfterStopMs: Math.round(back - stopped),
    answers: seen,
    deferred: await count('switchboard_streams_deferred_total'),
  }),
);
crowd.kill('SIGKILL');
await stopAll();
process.exit(0);
