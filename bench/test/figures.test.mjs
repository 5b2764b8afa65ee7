import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, seeded, uuid } from '../harness/random.mjs';
import { answer, conversation, question, userId } from '../harness/librechat.mjs';
import { SCALES, within } from '../harness/scales.mjs';
import { median, p99, percentile } from '../harness/stats.mjs';
import { connections, difference } from '../harness/traffic.mjs';

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(median(values), 50);
  assert.equal(p99(values), 99);
  assert.equal(percentile(values, 1), 100);
  assert.equal(p99([7]), 7);
});

test('a percentile of nothing is no number', () => {
  assert.ok(Number.isNaN(median([])));
});

test('the same seed gives the same documents, in the forms of LibreChat', () => {
  const made = (seed) => {
    const random = seeded(seed);
    const talk = conversation(random, userId(random), new Date(0));
    const asked = question(random, talk, new Date(0));
    return [talk, asked, answer(random, talk, new Date(0), asked.messageId)];
  };
  assert.deepEqual(made(1), made(1));
  assert.notDeepEqual(made(1), made(2));
  const [talk, asked, answered] = made(1);
  assert.match(talk.user, /^[0-9a-f]{24}$/);
  assert.equal(asked.parentMessageId, '00000000-0000-0000-0000-000000000000');
  assert.equal(answered.parentMessageId, asked.messageId);
  assert.equal(answered.text, '');
  assert.ok(answered.content[0].text.length >= 1_400);
});

test('ids are long enough, and UUIDs are UUIDs', () => {
  const random = seeded(3);
  assert.match(hex(random, 64), /^[0-9a-f]{64}$/);
  assert.match(uuid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  const ids = new Set(Array.from({ length: 10_000 }, () => uuid(random)));
  assert.equal(ids.size, 10_000);
});

const line = (local, peer, pid, { segments, sent, received }) =>
  `ESTAB 0      0      ${local} ${peer} users:(("java",pid=${pid},fd=20)) bbr wscale:10,10 rto:204 ` +
  `bytes_sent:${sent} bytes_acked:${sent} bytes_received:${received} segs_out:99 segs_in:99 data_segs_out:${segments} data_segs_in:9`;

test('the commands of a process are the segments that it sent to the database', () => {
  const before = connections(
    line('127.0.0.1:5001', '127.0.0.1:27017', 7, { segments: 10, sent: 1_000, received: 5_000 }),
    [27017],
  );
  const after = connections(
    [
      line('127.0.0.1:5001', '127.0.0.1:27017', 7, { segments: 14, sent: 1_400, received: 9_000 }),
      // A new connection counts from its beginning.
      line('127.0.0.1:5002', '127.0.0.1:27017', 7, { segments: 2, sent: 100, received: 300 }),
      // The server's end of the connection, another server, and another process.
      line('127.0.0.1:27017', '127.0.0.1:5001', 1, { segments: 500, sent: 1, received: 1 }),
      line('127.0.0.1:5003', '127.0.0.1:6379', 7, { segments: 500, sent: 1, received: 1 }),
      line('127.0.0.1:5004', '127.0.0.1:27017', 8, { segments: 500, sent: 1, received: 1 }),
    ].join('\n'),
    [27017],
  );
  assert.deepEqual(difference(before, after, [7]), { commands: 6, sent: 500, received: 4_300 });
  assert.deepEqual(difference(before, after, [9]), { commands: 0, sent: 0, received: 0 });
});

test('IPv6 addresses have ports too', () => {
  const found = connections(
    line('[::ffff:127.0.0.1]:5001', '[::ffff:127.0.0.1]:27017', 7, { segments: 1, sent: 1, received: 1 }),
    [27017],
  );
  assert.equal(found.get(7).size, 1);
});

test('a small machine has at most as many streams as it is told', () => {
  const { b, c } = within(SCALES.full, 2_000);
  assert.deepEqual(b.levels, [1_000, 2_000]);
  assert.equal(c.users, 2_000);
  assert.deepEqual(within(SCALES.full, Infinity), SCALES.full);
});
