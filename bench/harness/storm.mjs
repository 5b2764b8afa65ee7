// What a bad day brings: everybody connects at once, clients vanish, one client never reads.

import { Crowd } from './crowd.mjs';
import { Data, token } from './data.mjs';
import { resident } from './memory.mjs';
import { marked, NodeService, Switchboard } from './programs.mjs';
import { median, now, p99, pause, until } from './stats.mjs';

const ACTIVE = 'switchboard_streams_active';

/**
 * @param connects streams that are opened within one second
 * @param vanishing clients that go away without a word
 * @param events events for a user of whom one client never reads, and their length in characters
 */
export async function storm(database, { connects, vanishing, events, characters, patienceMs, say }) {
  const rows = [];
  for (const [kind, name] of [
    [Switchboard, 'bench_storm_switchboard'],
    [NodeService, 'bench_storm_node'],
  ]) {
    const data = await Data.open(database.uri(name), name);
    await data.prepare();
    const users = await data.users(Math.max(connects, vanishing));
    const [conversation] = await data.conversations([users[0]]);
    const service = await kind.start(database.uri(name));
    const requests = (count) =>
      users.slice(0, count).map((user) => service.stream(user, token(user)));
    const report = (what, figure) => {
      rows.push({ service: kind.title, what, figure });
      say(`${kind.title}: ${what}: ${figure}`);
    };

    const crowd = await Crowd.of(service);
    await crowd.tell('open', { requests: requests(50), perSecond: 200 });
    await crowd.tell('keep', { count: 0 });

    const health = watch(service);
    const opened = await crowd.tell('open', {
      requests: requests(connects),
      perSecond: connects,
      timeoutMs: 60_000,
    });
    const slowest = await health.stop();
    report(
      `${connects} connects in ${(opened.sentMs / 1000).toFixed(1)} s`,
      `${opened.opened} served, all after ${(opened.allMs / 1000).toFixed(2)} s, ` +
        `${opened.failed} failed, refused ${JSON.stringify(opened.refused)}, health asked ` +
        `${slowest.asked} times, ${slowest.bad} bad, the slowest ${slowest.longest.toFixed(0)} ms`,
    );
    await crowd.tell('keep', { count: 0 });

    if (kind === Switchboard) {
      const free = await freed(service);
      report('all of them gone, noticed', free);
    }

    const before = resident(service.pids);
    for (const afterMs of [0, 5, 200]) {
      await crowd.tell('vanish', { requests: requests(vanishing), perSecond: 2_000, afterMs });
    }
    report(
      `3 × ${vanishing} clients that connect and vanish after 0, 5 and 200 ms`,
      `${(await service.isHealthy()) ? 'healthy' : 'NOT HEALTHY'}` +
        (kind === Switchboard ? `, ${await freed(service)}` : '') +
        `, ${((resident(service.pids) - before) / 1024).toFixed(0)} MiB more`,
    );
    await crowd.close();

    // 20 clients of one user; then the same with one beside them that never reads.
    const text = 'x'.repeat(characters);
    let number = 0;
    const readers = await Crowd.of(service);
    const round = async () => {
      const heard = [];
      let lost = 0;
      for (let i = 0; i < events; i++) {
        const result = await readers.tell('publish', {
          number: ++number,
          request: service.publish(conversation, marked(number) + text, users[0]),
          expected: 19,
        });
        heard.push(...result.heardMs);
        lost += result.missing;
        if (i % 100 === 99) {
          // The embedded server looks through all there are.
          await data.wipe();
          await data.database.collection('conversations').insertOne(saved);
          await data.database.collection('messages').insertMany(first);
        }
      }
      return { heard, lost };
    };
    const saved = await data.collection('conversations').findOne({});
    const first = await data.collection('messages').find({}).toArray();
    await readers.tell('open', {
      requests: Array(19).fill(requests(1)[0]),
      perSecond: 100,
    });
    const without = await round();
    const slow = await Crowd.of(service);
    await slow.tell('open', { requests: requests(1), perSecond: 100, silent: true });
    const memory = resident(service.pids);
    const beside = await round();
    report(
      `19 streams of one user, ${events} events of ${characters} characters`,
      `p50 ${median(without.heard).toFixed(1)} ms, p99 ${p99(without.heard).toFixed(1)} ms, ` +
        `${without.lost} lost`,
    );
    report(
      'the same beside a client that never reads',
      `p50 ${median(beside.heard).toFixed(1)} ms, p99 ${p99(beside.heard).toFixed(1)} ms, ` +
        `${beside.lost} lost, ${((resident(service.pids) - memory) / 1024).toFixed(0)} MiB more`,
    );
    if (kind === Switchboard) {
      await until(async () => (await service.metric(ACTIVE)) <= 19, patienceMs, 200);
      report('streams open after that (the one that never reads is let go)', await service.metric(ACTIVE));
    }
    await slow.close();
    await readers.close();
    await service.stop();
    await data.drop();
    await data.close();
  }
  return rows;
}

/** Until the service holds no stream any more. */
async function freed(service) {
  const begun = now();
  const done = await until(async () => (await service.metric(ACTIVE)) === 0, 35_000, 50);
  return done
    ? `all freed after ${((now() - begun) / 1000).toFixed(2)} s`
    : `${await service.metric(ACTIVE)} STILL HELD after 35 s`;
}

/** Asks for the service's health all the time, meanwhile. */
function watch(service) {
  const found = { asked: 0, bad: 0, longest: 0 };
  let on = true;
  const watching = (async () => {
    while (on) {
      const begun = now();
      found.bad += (await service.isHealthy()) ? 0 : 1;
      found.asked++;
      found.longest = Math.max(found.longest, now() - begun);
      await pause(50);
    }
  })();
  return {
    stop: async () => {
      on = false;
      await watching;
      return found;
    },
  };
}
