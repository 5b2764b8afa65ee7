// (c) From publishing to receipt: to many streams of one user, and to one of many users' streams.

import { Crowd } from './crowd.mjs';
import { Data, token } from './data.mjs';
import { marked, Nchan, NodeService, Switchboard } from './programs.mjs';
import { Relay } from './relay.mjs';
import { median, now, p99, pause } from './stats.mjs';

/** Users who have a conversation; the embedded server looks through all there are. */
const CONVERSATIONS = 50;

/**
 * @param users streams of as many users, one each
 * @param events one a second, to random ones
 * @param fan streams of one user, and how many events they are sent
 */
export async function fanOut(database, { users: userCount, events, fan, perSecond, say }) {
  const relay = database.own ? await Relay.start(database) : undefined;
  const direct = { uri: database.uri };
  const sides = [];
  for (const [title, start, place] of [
    ['Switchboard', (uri) => Switchboard.start(uri), direct],
    ['Node service', (uri) => NodeService.start(uri), direct],
    ['nginx + nchan', () => Nchan.start(), direct],
    ...(relay ? [['Switchboard, relayed', (uri) => Switchboard.start(uri), relay]] : []),
  ]) {
    const name = `bench_fan_${sides.length}`;
    const data = await Data.open(database.uri(name), name);
    await data.prepare();
    const users = await data.users(userCount);
    const step = Math.max(1, Math.floor(userCount / CONVERSATIONS));
    const owners = users.filter((user, i) => i % step === 0).slice(0, CONVERSATIONS);
    const conversations = await data.conversations(owners);
    const service = await start(place.uri(name));
    sides.push({ title, data, users, owners, conversations, service, relay: place === direct ? undefined : place });
  }
  let number = 0;
  const publish = async (side, which, expected) => {
    const { service, conversations, owners } = side;
    const result = await side.crowd.tell('publish', {
      number: ++number,
      request: service.publish(conversations[which], marked(number), owners[which]),
      expected,
    });
    if (result.missing > 0 || result.status >= 300) {
      side.lost = (side.lost ?? 0) + result.missing;
    }
    return result;
  };

  say(`${fan.streams} streams of one user`);
  const measured = sides.filter((side) => !side.relay);
  for (const side of sides) {
    side.crowd = await Crowd.of(side.service);
    await opened(side, Array(fan.streams).fill(side.owners[0]), 1_000);
  }
  // The compilers and the collections of all are warm when it counts.
  for (let i = 0; i < fan.warmUp; i++) {
    for (const side of sides) {
      await publish(side, 0, fan.streams);
    }
  }
  const toOne = new Map(measured.map((side) => [side, { heard: [], last: [] }]));
  for (let i = 0; i < fan.events; i++) {
    for (const side of measured) {
      const { heardMs } = await publish(side, 0, fan.streams);
      toOne.get(side).heard.push(...heardMs);
      toOne.get(side).last.push(Math.max(...heardMs));
      await pause(50);
    }
  }
  for (const side of sides) {
    await side.crowd.tell('keep', { count: 0 });
  }

  say(`${userCount} users with a stream each`);
  // At a steady pace, so that the keep-alives do not all fall together either.
  await Promise.all(sides.map((side) => opened(side, side.users, perSecond)));
  await Promise.all(sides.map((side) => side.data.collection('messages').deleteMany({ text: /^bench-/ })));
  for (let i = 0; i < fan.warmUpMany; i++) {
    for (const side of sides) {
      await publish(side, i % side.owners.length, 1);
    }
  }
  const toMany = new Map(sides.map((side) => [side, { heard: [], answered: [], alone: [] }]));
  for (let i = 0; i < events; i++) {
    const begun = now();
    for (const side of sides) {
      const which = Math.floor(Math.random() * side.owners.length);
      side.relay?.forget();
      const { heardMs, answeredMs, begunAt } = await publish(side, which, 1);
      const figures = toMany.get(side);
      figures.heard.push(...heardMs);
      figures.answered.push(answeredMs);
      // Meanwhile the relay's notes come in.
      await pause(1_000 / sides.length / 4);
      if (side.relay && heardMs.length === 1) {
        figures.alone.push(begunAt + heardMs[0] - side.relay.lastWrite(begunAt + heardMs[0]));
      }
    }
    await pause(Math.max(0, 1_000 - (now() - begun)));
  }
  for (const side of sides) {
    await side.crowd.close();
    await side.service.stop();
    await side.data.drop();
    await side.data.close();
  }
  relay?.stop();
  const row = (title, streams, heard, lost) => ({
    service: title,
    streams,
    events: heard.length,
    p50: median(heard),
    p99: p99(heard),
    max: Math.max(...heard),
    lost: lost ?? 0,
  });
  return {
    one: measured.map((side) => ({
      ...row(side.title, fan.streams, toOne.get(side).heard, side.lost),
      allP50: median(toOne.get(side).last),
      allMax: Math.max(...toOne.get(side).last),
    })),
    many: sides.map((side) =>
      side.relay
        ? row('Switchboard, without the database', userCount, toMany.get(side).alone, side.lost)
        : row(side.title, userCount, toMany.get(side).heard, side.lost),
    ),
  };
}

async function opened(side, users, perSecond) {
  const { service } = side;
  const made = new Map();
  const requests = users.map((user) => {
    if (!made.has(user)) {
      made.set(user, service.stream(user, token(user)));
    }
    return made.get(user);
  });
  const result = await side.crowd.tell('open', { requests, perSecond, atOnce: 50 });
  if (result.opened !== users.length) {
    throw new Error(`${side.title} opened ${JSON.stringify(result)} of ${users.length} streams`);
  }
}
