// LibreChat's users beside a measurement: a process of its own that writes turns as LibreChat saves them, at a steady
// rate. Its parent (writers.mjs) tells it when to begin and when to end.

import mongoose from 'mongoose';
import { answer, conversation, question, userId } from './librechat.mjs';
import { seeded } from './random.mjs';
import { now, pause } from './stats.mjs';

const USERS = 200;
/** Writes that wait for the database at most; more are not begun, and count as not written. */
const MOST_OPEN = 64;

const { MongoClient } = mongoose.mongo;
const [uri, name, rate] = process.argv.slice(2);
const random = seeded(7);
const client = await MongoClient.connect(uri, { maxPoolSize: MOST_OPEN });
const messages = client.db(name).collection('messages');
const conversations = client.db(name).collection('conversations');
const talks = Array.from({ length: USERS }, () => ({
  ...conversation(random, userId(random), new Date()),
  last: undefined,
}));
let written = 0;
let isOver = false;
let from;

/** An upsert by the unique index, as LibreChat saves a message. */
const save = (message) =>
  messages.findOneAndUpdate(
    { messageId: message.messageId, user: message.user },
    { $set: message },
    { upsert: true, projection: { _id: 1 } },
  );

/** The writes of one turn, in LibreChat's order. */
function* turn(talk) {
  const asked = question(random, talk, new Date(), talk.last);
  const answered = answer(random, talk, new Date(), asked.messageId);
  talk.last = answered.messageId;
  yield () => save(asked);
  yield () => touch(talk);
  yield () => save({ ...answered, content: [], unfinished: true });
  yield () => save({ ...answered, updatedAt: new Date() });
  yield () => touch(talk);
}

function touch({ last, ...talk }) {
  const { conversationId, user, createdAt, ...rest } = talk;
  return conversations.updateOne(
    { conversationId, user },
    { $set: { ...rest, updatedAt: new Date() }, $setOnInsert: { createdAt } },
    { upsert: true },
  );
}

async function write() {
  const begun = now();
  const waiting = [];
  let open = 0;
  let due = 0;
  let turns = 0;
  while (!isOver) {
    for (; due < ((now() - begun) / 1_000) * rate; due++) {
      if (open >= MOST_OPEN) {
        continue;
      }
      // The steps of one turn follow one another; many turns run at once.
      const steps = waiting.shift() ?? turn(talks[turns++ % USERS]);
      const { value: step, done: isLast } = steps.next();
      if (isLast) {
        due--;
        continue;
      }
      open++;
      step()
        .then(() => written++)
        .catch(() => {})
        .finally(() => {
          open--;
          waiting.push(steps);
        });
    }
    await pause(2);
  }
}

process.on('message', async ({ command }) => {
  if (command === 'mark') {
    from = { at: now(), written };
    process.send({ marked: true });
  } else {
    process.send({ perSecond: (written - from.written) / ((now() - from.at) / 1_000) });
  }
});
process.on('disconnect', () => {
  isOver = true;
  process.exit();
});
process.send({ ready: true });
await write();
