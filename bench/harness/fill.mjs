// Fills a database with what years of use leave, for the measurements of growth.

import { answer, conversation, question, userId } from './librechat.mjs';
import { hex, seeded, uuid } from './random.mjs';
import { pause } from './stats.mjs';

const SEED = 20260101;
const GROUP = 2_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** No document ends during a measurement. */
const KEPT = 30 * DAY;
const SERVICE_NUMBER = '+15550001111';
export const COLLECTIONS = [
  'messages',
  'conversations',
  'switchboard_mappings',
  'switchboard_inbox',
  'switchboard_outbox',
  'switchboard_feed',
];

/**
 * The documents of one collection, always the same for a count.
 *
 * @param count how many
 * @param now the time in milliseconds before which everything happened
 */
export function* documents(collection, count, now) {
  const random = seeded(SEED);
  // The same users and conversations in every collection.
  const talk = () => {
    const user = userId(random);
    const at = new Date(now - 2 * HOUR - Math.floor(random() * 60 * DAY));
    return conversation(random, user, at);
  };
  const make = MAKERS[collection];
  for (let i = 0; i < count; i++) {
    const made = talk();
    const rest = seeded(SEED + i + 1);
    yield make(made, rest, i, now);
  }
}

const phone = (i) => `+1555${String(i).padStart(7, '0')}`;

const MAKERS = {
  conversations: (made) => made,

  messages: (made, random, i) =>
    i % 2 === 0
      ? question(random, made, made.createdAt)
      : answer(random, made, made.createdAt, uuid(random), 400),

  switchboard_mappings: (made, random, i) => ({
    _id: uuid(random),
    phoneNumber: phone(i),
    serviceNumber: SERVICE_NUMBER,
    conversationId: made.conversationId,
    user: made.user,
    lastUsed: made.createdAt,
    createdAt: made.createdAt,
  }),

  // Messages that are in their conversations: the entry stays for the repetitions of a sender.
  switchboard_inbox: (made, random, i, now) => ({
    _id: `bench:${hex(random, 32)}`,
    fingerprint: hex(random, 64),
    state: 'APPENDED',
    sender: phone(i),
    phoneNumber: phone(i),
    receivedAt: made.createdAt,
    sequence: i,
    lane: made.conversationId,
    user: made.user,
    messageId: uuid(random),
    attempts: 1,
    forgetAt: new Date(now + KEPT),
  }),

  switchboard_outbox: (made, random, i, now) => {
    const _id = uuid(random);
    return {
      _id,
      textId: _id,
      part: 1,
      parts: 1,
      sender: SERVICE_NUMBER,
      phoneNumber: phone(i),
      conversationId: made.conversationId,
      body: 'The order will arrive on Monday.',
      segments: 1,
      encoding: 'GSM-7',
      state: 'DELIVERED',
      sid: `SM${hex(random, 32)}`,
      attempts: 1,
      queuedAt: made.createdAt,
      sequence: i,
      history: [
        { state: 'QUEUED', at: made.createdAt },
        { state: 'DELIVERED', at: made.createdAt },
      ],
      forgetAt: new Date(now + KEPT),
    };
  },

  switchboard_feed: (made, random, i, now) => {
    const at = new Date(now - HOUR - Math.floor(random() * 22 * HOUR));
    return {
      user: made.user,
      at,
      createdAt: at,
      messageId: uuid(random),
      conversationId: made.conversationId,
      kind: 'message',
      forgetAt: new Date(now + KEPT),
    };
  },
};

/** Fills the collections, if they are not filled already; indexes are made later, which is faster. */
export async function fill(data, count, say) {
  for (const name of COLLECTIONS) {
    const collection = data.collection(name);
    const marker = { _id: name, count };
    if (await data.collection('bench_filled').findOne(marker)) {
      continue;
    }
    say(`filling ${name} with ${count} documents`);
    await collection.deleteMany({});
    let group = [];
    for (const document of documents(name, count, Date.now())) {
      group.push(document);
      if (group.length === GROUP) {
        await collection.insertMany(group, { ordered: false });
        group = [];
        await pause(0);
      }
    }
    if (group.length > 0) {
      await collection.insertMany(group, { ordered: false });
    }
    await data.collection('bench_filled').replaceOne({ _id: name }, marker, { upsert: true });
  }
}
