// (d) From the start to ready, and memory when nothing happens.

import { Data } from './data.mjs';
import { resident } from './memory.mjs';
import { nativeExecutable, NodeService, Switchboard } from './programs.mjs';
import { median, pause } from './stats.mjs';

const DATABASE = 'bench_start';

export async function start(database, { rounds, settleMs, say }) {
  const data = await Data.open(database.uri(DATABASE), DATABASE);
  await data.prepare();
  await data.users(1);
  const native = nativeExecutable();
  const kinds = [
    ['Switchboard, JVM', () => Switchboard.start(database.uri(DATABASE))],
    ...(native
      ? [['Switchboard, native', () => Switchboard.start(database.uri(DATABASE), { native })]]
      : []),
    ['Node service', () => NodeService.start(database.uri(DATABASE))],
  ];
  const found = new Map(kinds.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, begin] of kinds) {
      const service = await begin();
      await pause(settleMs);
      const idle = resident(service.pids) / 1024;
      const collected = (await service.collect()) !== false;
      found.get(name).push({
        ready: service.startMs,
        idle,
        collected: collected ? resident(service.pids) / 1024 : undefined,
      });
      await service.stop();
    }
  }
  await data.drop();
  await data.close();
  return [...found].map(([service, all]) => {
    const middle = (figure) =>
      all.some((one) => one[figure] === undefined) ? undefined : median(all.map((one) => one[figure]));
    const row = {
      service,
      ready: middle('ready'),
      idle: middle('idle'),
      collected: middle('collected'),
    };
    say(`${service}: ready after ${row.ready.toFixed(0)} ms, ${row.idle.toFixed(0)} MiB`);
    return row;
  });
}
