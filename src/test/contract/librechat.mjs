// Reads and writes a MongoDB database through LibreChat's own published data layer.
//
//   node librechat.mjs <mongoUri> <command> ['{"json":"arguments"}']
//
// Prints one JSON document on stdout and exits 0, or prints one line on stderr and exits 1.
// Every command also takes an optional "tenantId": it then runs in that tenant's scope.
// CONSOLE_LOG_LEVEL=debug shows LibreChat's own log on stderr.

import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// The data layer reads its settings while it is being imported, so all of this comes first, and
// the imports below are dynamic. No log files, no log lines, no search engine, no stray .env.
process.env.LOG_TO_FILE = 'false';
process.env.CONSOLE_LOG_LEVEL ??= 'silent';
process.env.DOTENV_CONFIG_PATH = devNull;
delete process.env.DEBUG_LOGGING;
delete process.env.DEBUG_CONSOLE;
delete process.env.MEILI_HOST;
delete process.env.MEILI_MASTER_KEY;
// stdout is for the result alone, whatever a library may print.
process.stdout.write = process.stderr.write.bind(process.stderr);

const USAGE = 'usage: node librechat.mjs <mongoUri> <command> [json-args]';

/** Names of the arguments each command cannot do without. */
const REQUIRED = {
  seed: ['email', 'name'],
  messages: ['conversationId', 'user'],
  conversations: ['user'],
  conversation: ['conversationId', 'user'],
  archive: ['conversationId', 'user'],
  reply: ['conversationId', 'user', 'parentMessageId', 'text'],
  token: ['user'],
  ensureIndexes: [],
};

function parseArguments(argv) {
  const [uri, command, json, ...rest] = argv;
  if (!uri || !command || rest.length > 0) {
    throw new Error(USAGE);
  }
  if (!Object.hasOwn(REQUIRED, command)) {
    throw new Error(`unknown command "${command}"; one of: ${Object.keys(REQUIRED).join(', ')}`);
  }
  let args;
  try {
    args = JSON.parse(json ?? '{}');
  } catch {
    throw new Error(`the arguments of ${command} are not JSON`);
  }
  if (args === null || typeof args !== 'object' || Array.isArray(args)) {
    throw new Error(`the arguments of ${command} must be one JSON object`);
  }
  for (const name of REQUIRED[command]) {
    if (typeof args[name] !== 'string' || args[name] === '') {
      throw new Error(`${command} needs "${name}", a non-empty string`);
    }
  }
  return { uri, command, args };
}

function createCommands(models, methods, provider) {
  const { Constants, EModelEndpoint, SystemRoles, encodeEphemeralAgentId } = provider;

  /** saveMessage answers a conversation id that is no UUID with nothing; here that is a failure. */
  async function saveMessage(context, message) {
    const saved = await methods.saveMessage(context, message, { context: 'contract test' });
    if (!saved) {
      throw new Error(`LibreChat refused to save message ${message.messageId}`);
    }
    return saved;
  }

  /** saveConvo hands back failures as an object with a message. */
  async function saveConvo(context, conversation, metadata) {
    const saved = await methods.saveConvo(context, conversation, {
      context: 'contract test',
      ...metadata,
    });
    if (!saved?.conversationId) {
      throw new Error(`LibreChat did not save the conversation: ${saved?.message ?? 'not found'}`);
    }
    return saved;
  }

  return {
    async seed({ email, name }) {
      const user = await methods.createUser(
        {
          provider: 'local',
          email,
          emailVerified: true,
          username: email.split('@')[0],
          name,
          avatar: null,
          role: SystemRoles.USER,
        },
        undefined,
        true,
        true,
      );
      const userId = user._id.toString();
      const conversationId = randomUUID();
      const endpoint = EModelEndpoint.openAI;
      const model = 'gpt-4o-mini';
      const sender = 'GPT-4o-mini';
      const context = { userId, isTemporary: false };
      const conversation = {
        conversationId,
        endpoint,
        model,
        // LibreChat runs plain endpoints as nameless agents, and stores their made-up id.
        agent_id: encodeEphemeralAgentId({ endpoint, model, sender }),
        resendFiles: true,
      };

      const question = await saveMessage(context, {
        messageId: randomUUID(),
        conversationId,
        parentMessageId: Constants.NO_PARENT,
        sender: 'User',
        text: 'Can you remind me what we agreed on?',
        isCreatedByUser: true,
        endpoint,
        unfinished: false,
        tokenCount: 12,
      });
      await saveConvo(context, conversation);
      await sleep(5); // getMessages sorts by createdAt alone
      const answer = await saveMessage(context, {
        messageId: randomUUID(),
        conversationId,
        parentMessageId: question.messageId,
        sender,
        model,
        text: '',
        content: [{ type: 'text', text: 'You agreed to meet on Tuesday at noon.' }],
        attachments: [],
        isCreatedByUser: false,
        endpoint,
        unfinished: false,
        error: false,
        tokenCount: 11,
      });
      await saveConvo(context, conversation);
      await saveConvo(
        context,
        { conversationId, title: 'What we agreed on' },
        { noUpsert: true },
      );
      return { userId, conversationId, messageIds: [question.messageId, answer.messageId] };
    },

    async messages({ conversationId, user }) {
      return methods.getMessages({ conversationId, user });
    },

    async conversations({ user }) {
      return methods.getConvosByCursor(user);
    },

    async conversation({ conversationId, user }) {
      return methods.getConvo(user, conversationId);
    },

    async archive({ conversationId, user }) {
      const context = { userId: user };
      return saveConvo(context, { conversationId, isArchived: true }, { noUpsert: true });
    },

    async reply({ conversationId, user, parentMessageId, text }) {
      const conversation = await methods.getConvo(user, conversationId);
      if (!conversation) {
        throw new Error(`user ${user} has no conversation ${conversationId}`);
      }
      const context = {
        userId: user,
        isTemporary: conversation.isTemporary === true,
        expiredAt: conversation.expiredAt,
      };
      const saved = await saveMessage(context, {
        messageId: randomUUID(),
        conversationId,
        parentMessageId,
        sender: 'User',
        text,
        isCreatedByUser: true,
        endpoint: conversation.endpoint,
        unfinished: false,
      });
      await saveConvo(context, { conversationId, endpoint: conversation.endpoint });
      return saved;
    },

    async token({ user }) {
      const found = await methods.getUserById(user);
      if (!found) {
        throw new Error(`there is no user ${user}`);
      }
      return { token: await methods.generateToken(found) };
    },

    /**
     * All three collections unless "collections" names some of them. A server that takes no notice
     * of partialFilterExpression has to do without the indexes of "users": there the unique index
     * on googleId and its like would let in one user only.
     */
    async ensureIndexes({ collections = ['messages', 'conversations', 'users'] }) {
      const byName = {
        messages: models.Message,
        conversations: models.Conversation,
        users: models.User,
      };
      const result = {};
      for (const name of collections) {
        if (!Object.hasOwn(byName, name)) {
          throw new Error(`ensureIndexes knows no collection "${name}"`);
        }
        await byName[name].createIndexes();
        result[name] = await byName[name].listIndexes();
      }
      return result;
    },
  };
}

async function main() {
  const { uri, command, args } = parseArguments(process.argv.slice(2));
  const [{ default: mongoose }, { createModels, createMethods, tenantStorage }, provider] =
    await Promise.all([
      import('mongoose'),
      import('@librechat/data-schemas'),
      import('librechat-data-provider'),
    ]);
  mongoose.set('strictQuery', true);
  // Otherwise every run would begin to build the indexes of all of LibreChat's collections.
  mongoose.set('autoIndex', false);
  mongoose.set('autoCreate', false);

  const commands = createCommands(createModels(mongoose), createMethods(mongoose), provider);
  try {
    await mongoose.connect(uri, { bufferCommands: false, serverSelectionTimeoutMS: 5000 });
    const run = async () => commands[command](args);
    const result = args.tenantId
      ? await tenantStorage.run({ tenantId: args.tenantId, userId: args.user }, run)
      : await run();
    return JSON.stringify(result ?? null);
  } finally {
    await mongoose.disconnect();
  }
}

/** Synchronous and complete, also into a pipe whose reader is slow. */
function writeAll(fd, text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        throw error;
      }
    }
  }
}

try {
  const json = await main();
  writeAll(1, json + '\n');
  process.exit(0);
} catch (error) {
  const text = (error instanceof Error && error.message) || String(error);
  writeAll(2, text.replace(/\s+/g, ' ').trim() + '\n');
  process.exit(1);
}
