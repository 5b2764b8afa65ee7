// The same task as a plain Node service: Express, Mongoose, a Map of listeners. The service is here only to be measured
// beside Switchboard, in the fastest form that stays a plain service; bench/README.md lists what it does for that.
//
//   PORT, MONGO_URI, INTERNAL_API_KEY, JWT_SECRET

import { randomUUID } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';

const { PORT, MONGO_URI, INTERNAL_API_KEY, JWT_SECRET } = process.env;
const KEEP_ALIVE_MS = 15_000;
/** As many connections to the database as Switchboard has at most. */
const POOL = 64;
/** As Switchboard's idle timeout: longer than the pauses of a measurement. */
const HTTP_KEEP_ALIVE_MS = 75_000;

const messageSchema = new mongoose.Schema(
  {
    messageId: { type: String, required: true },
    conversationId: { type: String, required: true },
    user: { type: String, required: true },
    parentMessageId: String,
    sender: String,
    text: String,
    content: [mongoose.Schema.Types.Mixed],
    role: String,
    isCreatedByUser: Boolean,
    metadata: mongoose.Schema.Types.Mixed,
    endpoint: String,
    model: String,
    unfinished: Boolean,
    error: Boolean,
  },
  { timestamps: true },
);
const conversationSchema = new mongoose.Schema(
  { conversationId: String, user: String, title: String, endpoint: String, model: String },
  { timestamps: true },
);
// LibreChat makes the collections; the service makes the one index that LibreChat does not have (below).
mongoose.set('autoIndex', false);
mongoose.set('autoCreate', false);
const Message = mongoose.model('Message', messageSchema);
const Conversation = mongoose.model('Conversation', conversationSchema);
const User = mongoose.model('User', new mongoose.Schema({ email: String }));

/** @type {Map<string, Set<import('express').Response>>} by user */
const listeners = new Map();

const app = express();
app.disable('x-powered-by');
// No hash of each response.
app.disable('etag');

app.get('/health', (request, response) => {
  response.status(mongoose.connection.readyState === 1 ? 200 : 503).end();
});

app.post('/api/messages/:conversationId/external', express.json(), async (request, response) => {
  if (request.get('X-Internal-API-Key') !== INTERNAL_API_KEY) {
    return response.status(401).json({ error: 'Invalid API key' });
  }
  const { role, content, sender, metadata } = request.body ?? {};
  if (role !== 'external') {
    return response.status(400).json({ error: 'Role must be external' });
  }
  const { conversationId } = request.params;
  const last = await Message.findOne({ conversationId }, { _id: 0, user: 1, messageId: 1, endpoint: 1 })
    .sort({ createdAt: -1 })
    .lean();
  if (!last) {
    return response.status(404).json({ error: 'Conversation not found' });
  }
  const at = new Date();
  const message = {
    messageId: randomUUID(),
    conversationId,
    user: last.user,
    parentMessageId: last.messageId,
    sender: sender ?? 'External',
    text: content,
    content: [{ type: 'text', text: content }],
    role: 'external',
    isCreatedByUser: false,
    metadata,
    endpoint: last.endpoint,
    model: 'api',
    unfinished: false,
    error: false,
    createdAt: at,
    updatedAt: at,
    __v: 0,
  };
  // The update of the conversation does not wait for the message. The driver's own call makes no Mongoose document.
  const touched = Conversation.updateOne(
    { conversationId, user: last.user },
    { $set: { updatedAt: at } },
    { timestamps: false },
  );
  await Promise.all([
    Message.collection.insertOne(message).then(() => announce(message)),
    touched.exec(),
  ]);
  return response.status(201).type('json').send(jsonOf(message));
});

/** What clients see of a message; the driver has added the _id. */
const jsonOf = (message) => JSON.stringify(message);

/** One text and one buffer for all streams of the owner. */
function announce(message) {
  const open = listeners.get(message.user);
  if (!open) {
    return;
  }
  const { conversationId, messageId, parentMessageId } = message;
  const event = Buffer.from(
    `id: ${message._id}\nevent: newMessage\ndata: {"type":"newMessage","conversationId":"${conversationId}",` +
      `"messageId":"${messageId}","parentMessageId":"${parentMessageId}","message":${jsonOf(message)}}\n\n`,
  );
  for (const stream of open) {
    stream.write(event);
  }
}

app.get('/api/messages/stream', async (request, response) => {
  let user;
  try {
    const token = request.get('Authorization')?.replace(/^Bearer /i, '') ?? request.query.token;
    user = jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'] }).id;
  } catch {
    return response.status(401).json({ error: 'Invalid token' });
  }
  if (!(await User.findById(user, { _id: 1 }).lean())) {
    return response.status(401).json({ error: 'Invalid token' });
  }
  response.set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.write(': connected\n\n');
  const open = listeners.get(user) ?? new Set();
  listeners.set(user, open.add(response));
  response.on('close', () => {
    open.delete(response);
    if (open.size === 0 && listeners.get(user) === open) {
      listeners.delete(user);
    }
  });
});

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');
setInterval(() => {
  for (const open of listeners.values()) {
    for (const stream of open) {
      stream.write(KEEP_ALIVE);
    }
  }
}, KEEP_ALIVE_MS);

// For the measurement alone: node --expose-gc, and a signal that collects all garbage.
if (globalThis.gc) {
  process.on('SIGUSR2', () => globalThis.gc());
}

await mongoose.connect(MONGO_URI, { maxPoolSize: POOL, minPoolSize: 8 });
// The end of a thread, by conversation alone.
await Message.collection.createIndex({ conversationId: 1, createdAt: -1 });
const server = app.listen(Number(PORT), '127.0.0.1');
server.keepAliveTimeout = HTTP_KEEP_ALIVE_MS;
