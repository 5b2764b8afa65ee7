// Calls the operations with a client whose types are generated from the description. It compiles
// only if the fields that are used are there in the types, without a check for undefined.
//   node built/client.js <address> <key> <conversation>
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

declare const process: { argv: string[]; exit(code: number): never };

const [address, key, conversationId] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: address, headers: { 'X-Internal-API-Key': key } });
let checked = 0;

function good<T>(answer: { data?: T; error?: { error: string }; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${answer.error?.error}`);
  }
  checked++;
  return answer.data;
}

function same(actual: string | number | boolean | null, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(`${actual} is not ${expected}`);
  }
}

const number = '+15551234567';
const injected = good(
  await client.POST('/api/messages/{conversationId}/external', {
    params: { path: { conversationId } },
    body: { role: 'external', content: 'Hello', metadata: { source: 'sms' } },
  }),
);
if ('messageId' in injected && 'text' in injected && 'parentMessageId' in injected) {
  same(injected.text ?? null, 'Hello');
}
const mapping = good(
  await client.POST('/api/mappings', { body: { phoneNumber: number, conversationId, label: 'Ann' } }),
);
same(mapping.conversationId.length, 36);
const path = { params: { path: { id: mapping.id } } };
same(good(await client.GET('/api/mappings/{id}', path)).phoneNumber, number);
same(good(await client.POST('/api/mappings/{id}/code', path)).id, mapping.id);
const mappings = good(await client.GET('/api/mappings', { params: { query: { limit: 10, conversationId } } }));
same(mappings.items[0].user.length, 24);
good(await client.POST('/api/messages/external', { body: { role: 'external', content: 'Hi', from: number } }));
const queued = good(await client.POST('/api/sms', { body: { to: number, conversationId, text: 'Hello' } }));
same(queued.mapping.id, mapping.id);
const text = good(await client.GET('/api/sms/{id}', { params: { path: { id: queued.id } } }));
same(text.history[0].at.length, 24);
const group = good(
  await client.POST('/api/sms/conversations/{conversationId}', {
    params: { path: { conversationId } },
    body: { text: 'To all' },
  }),
);
same(group.people[0].person, 'Ann');
const state: 'held' | 'cancelled' | 'queued' | 'sending' | 'ambiguous' | 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed' | 'blocked' | 'dead' =
  text.status;
same(good(await client.GET('/api/sms', { params: { query: { state } } })).limit, 50);
same(good(await client.GET('/api/inbox', { params: { query: { state: 'dead' } } })).total, 0);
same(good(await client.GET('/api/replies', { params: { query: { state: 'dead' } } })).total, 0);
same(good(await client.GET('/api/optouts', {})).total, 0);
same(good(await client.GET('/api/feed', { params: { query: { limit: 1 } } })).items[0].sender.length > 0, true);
same(good(await client.GET('/api/streams', {})).open, 0);
same(good(await client.POST('/api/spend/pause', {})).paused, true);
same(good(await client.POST('/api/spend/resume', {})).paused, false);
same(good(await client.GET('/api/spend', {})).segments.used > 0, true);
same(good(await client.GET('/api/doctor', {})).checks[0].area.length > 0, true);
same(good(await client.DELETE('/api/people/{phoneNumber}', { params: { path: { phoneNumber: number } } })).mappings, 1);

const refused = await client.GET('/api/sms/{id}', { params: { path: { id: 'nothing' } } });
same(refused.error?.status ?? null, 404);
console.log(`${checked} answers`);
