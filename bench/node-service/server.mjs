// What an ordinary developer would write for the same task: Express, Mongoose, a Map of listeners.
// It is here only to be measured beside Switchboard.
//
//   PORT, MONGO_URI, INTERNAL_API_KEY, JWT_SECRET

import { randomUUID } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';

const { PORT, MONGO_URI, INTERNAL_API_KEY, JWT_SECRET } = process.env;
const KEEP_ALIVE_MS = 15_000;

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
// LibreChat makes the collections and the indexes; this service only uses them.
mongoose.set('autoIndex', false);
mongoose.set('autoCreate', false);
const Message = mongoose.model('Message', messageSchema);
const Conversation = mongoose.model('Conversation', conversationSchema);
const User = mongoose.model('User', new mongoose.Schema({ email: String }));

/** @type {Map<string, Set<import('express').Response>>} by user */
const listeners = new Map();

const app = express();
app.disable('x-powered-by');

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
  const last = await Message.findOne({ conversationId }).sort({ createdAt: -1 }).lean();
  if (!last) {
    return response.status(404).json({ error: 'Conversation not found' });
  }
  const message = await new Message({
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
  }).save();
  await Conversation.findOneAndUpdate(
    { conversationId, user: last.user },
    { updatedAt: new Date() },
  ).lean();
  const view = message.toJSON();
  const open = listeners.get(last.user);
  if (open) {
    const event = `id: ${view._id}\nevent: newMessage\ndata: ${JSON.stringify({
      type: 'newMessage',
      conversationId,
      messageId: view.messageId,
      parentMessageId: view.parentMessageId,
      message: view,
    })}\n\n`;
    for (const stream of open) {
      stream.write(event);
    }
  }
  return response.status(201).json(view);
});

app.get('/api/messages/stream', async (request, response) => {
  let user;
  try {
    const token = request.get('Authorization')?.replace(/^Bearer /i, '') ?? request.query.token;
    user = jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'] }).id;
  } catch {
    return response.status(401).json({ error: 'Invalid token' });
  }
  if (!(await User.findById(user).lean())) {
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

setInterval(() => {
  for (const open of listeners.values()) {
    for (const stream of open) {
      stream.write(': keep-alive\n\n');
    }
  }
}, KEEP_ALIVE_MS);

// For the measurement alone: node --expose-gc, and a signal that collects all garbage.
if (globalThis.gc) {
  process.on('SIGUSR2', () => globalThis.gc());
}

await mongoose.connect(MONGO_URI);
app.listen(Number(PORT), '127.0.0.1');
