// What LibreChat would have in its database.

import { createHmac, randomUUID } from 'node:crypto';
import mongoose from 'mongoose';

const { MongoClient, ObjectId } = mongoose.mongo;

export const SECRET = 'bench-only-0123456789-0123456789-0123456789';
export const API_KEY = 'bench-key-0123456789-0123456789-0123456789';
const NO_PARENT = '00000000-0000-0000-0000-000000000000';
const OURS = ['switchboard_inbox', 'switchboard_leases', 'switchboard_outbox', 'switchboard_feed'];

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token as LibreChat makes them, good for two hours. */
export function token(user) {
  const issued = Math.floor(Date.now() / 1000);
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({
    id: user,
    username: 'somebody',
    provider: 'local',
    email: 'somebody@example.com',
    iat: issued,
    exp: issued + 7200,
  })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

export class Data {
  constructor(client, name) {
    this.client = client;
    this.database = client.db(name);
  }

  static async open(uri, name) {
    return new Data(await MongoClient.connect(uri, { maxPoolSize: 80 }), name);
  }

  collection(name) {
    return this.database.collection(name);
  }

  /** The indexes that matter here, as LibreChat has them, before anybody writes. */
  async prepare() {
    await this.collection('messages').createIndex(
      { messageId: 1, user: 1, tenantId: 1 },
      { unique: true },
    );
    await this.collection('messages').createIndex({ conversationId: 1, user: 1, createdAt: 1 });
    await this.collection('messages').createIndex({ createdAt: 1 });
    await this.collection('conversations').createIndex({ createdAt: 1, updatedAt: 1 });
    await this.collection('conversations').createIndex(
      { conversationId: 1, user: 1, tenantId: 1 },
      { unique: true },
    );
  }

  /** New users; their ids. */
  async users(count) {
    const ids = [];
    while (ids.length < count) {
      const group = Array.from({ length: Math.min(1_000, count - ids.length) }, () => {
        const _id = new ObjectId();
        return {
          _id,
          email: `${_id}@example.com`,
          name: 'Somebody',
          provider: 'local',
          createdAt: new Date(),
          updatedAt: new Date(),
          __v: 0,
        };
      });
      await this.collection('users').insertMany(group);
      ids.push(...group.map((user) => user._id.toHexString()));
    }
    return ids;
  }

  /** A conversation with a question and an answer, a minute old, for each of these users. */
  async conversations(users) {
    const then = new Date(Date.now() - 60_000);
    const made = users.map((user) => ({
      conversationId: randomUUID(),
      user,
      title: 'Somewhat older',
      endpoint: 'openAI',
      model: 'gpt-4o-mini',
      isArchived: false,
      isTemporary: false,
      expiredAt: null,
      createdAt: then,
      updatedAt: then,
      __v: 0,
    }));
    await this.collection('conversations').insertMany(made);
    const messages = made.flatMap(({ conversationId, user }) => {
      const question = turn(conversationId, user, NO_PARENT, 'User', then);
      return [
        question,
        turn(conversationId, user, question.messageId, 'GPT', new Date(then.getTime() + 1_000)),
      ];
    });
    await this.collection('messages').insertMany(messages);
    return made.map(({ conversationId }) => conversationId);
  }

  /** Small and fresh again: all but the users and the indexes. */
  async wipe() {
    for (const name of ['messages', 'conversations', ...OURS]) {
      await this.collection(name).deleteMany({});
    }
  }

  /** Children beside another child of the same parent: messages that the page hides. */
  async branches() {
    const all = await this.collection('messages')
      .find({}, { projection: { conversationId: 1, parentMessageId: 1 } })
      .toArray();
    const parents = new Set(all.map((one) => one.conversationId + one.parentMessageId));
    return all.length - parents.size;
  }

  async drop() {
    await this.database.dropDatabase();
  }

  close() {
    return this.client.close();
  }
}

export function turn(conversationId, user, parentMessageId, sender, createdAt, text = 'Something') {
  return {
    messageId: randomUUID(),
    conversationId,
    user,
    parentMessageId,
    sender,
    isCreatedByUser: sender === 'User',
    text,
    endpoint: 'openAI',
    unfinished: false,
    error: false,
    createdAt,
    updatedAt: createdAt,
    __v: 0,
  };
}
