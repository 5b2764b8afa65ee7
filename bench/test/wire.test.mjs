import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flat, flatCommand } from '../harness/filters.mjs';
import { flatMessage, Messages } from '../harness/wire.mjs';

test('a conjunction of different fields becomes one document', () => {
  assert.deepEqual(flat({ $and: [{ a: 1 }, { b: { $gt: 2 } }] }), { a: 1, b: { $gt: 2 } });
  assert.deepEqual(flat({ c: 3, $and: [{ $and: [{ a: 1 }] }, { b: 2 }] }), { c: 3, a: 1, b: 2 });
});

test('different operators of one field become one condition', () => {
  assert.deepEqual(flat({ $and: [{ a: { $gt: 1 } }, { a: { $lt: 9 } }] }), { a: { $gt: 1, $lt: 9 } });
});

test('alternatives stand beside the other conditions', () => {
  const $or = [{ b: 1 }, { c: 1 }];
  assert.deepEqual(flat({ $and: [{ a: 1 }, { $or }] }), { a: 1, $or });
});

test('a conjunction that has no other form stays as it is', () => {
  for (const filter of [
    { $and: [{ a: { $gt: 1 } }, { a: { $gt: 9 } }] },
    { a: 1, $and: [{ a: 2 }] },
    { $and: [{ a: 1 }, { $and: [{ b: { $lt: 1 } }, { b: { $lt: 2 } }] }] },
    { a: 1 },
  ]) {
    assert.deepEqual(flat(filter), filter);
  }
});

test('the filters of every command are flat, and its other fields stay', () => {
  const filter = { $and: [{ a: 1 }, { b: 2 }] };
  const flatOne = { a: 1, b: 2 };
  assert.deepEqual(flatCommand({ find: 'x', filter, limit: 1 }), { find: 'x', filter: flatOne, limit: 1 });
  assert.deepEqual(flatCommand({ findAndModify: 'x', query: filter }), { findAndModify: 'x', query: flatOne });
  assert.deepEqual(flatCommand({ update: 'x', updates: [{ q: filter, u: { $set: { $and: 1 } } }] }), {
    update: 'x',
    updates: [{ q: flatOne, u: { $set: { $and: 1 } } }],
  });
  assert.deepEqual(flatCommand({ aggregate: 'x', pipeline: [{ $match: filter }, { $limit: 1 }] }), {
    aggregate: 'x',
    pipeline: [{ $match: flatOne }, { $limit: 1 }],
  });
});

test('the newest documents are looked for among the newest', () => {
  const now = Date.parse('2026-11-27T00:00:00Z');
  const newest = { find: 'messages', filter: { isTemporary: { $ne: true } }, sort: { createdAt: -1 }, limit: 50 };
  assert.deepEqual(flatCommand(newest, now).filter, {
    isTemporary: { $ne: true },
    createdAt: { $gte: new Date('2026-11-17T00:00:00Z') },
  });
  for (const other of [
    { ...newest, filter: { conversationId: 'x' } },
    { ...newest, sort: { createdAt: 1 } },
    { ...newest, sort: { createdAt: -1, _id: -1 } },
    { find: 'messages', filter: {}, sort: { createdAt: -1 } },
  ]) {
    assert.deepEqual(flatCommand(other, now), other);
  }
});

/** JSON in place of BSON: a length, and the text. */
const JSON_AS_BSON = {
  serialize: (document) => {
    const text = Buffer.from(JSON.stringify(document));
    const length = Buffer.alloc(4);
    length.writeInt32LE(text.length + 4);
    return Buffer.concat([length, text]);
  },
  deserialize: (bytes) => JSON.parse(bytes.subarray(4).toString()),
};

function message(command, name, documents) {
  const identifier = Buffer.from(`${name}\0`);
  const rows = Buffer.concat(documents.map(JSON_AS_BSON.serialize));
  const length = Buffer.alloc(4);
  length.writeInt32LE(4 + identifier.length + rows.length);
  const sections = [Buffer.from([0]), JSON_AS_BSON.serialize(command), Buffer.from([1]), length, identifier, rows];
  const header = Buffer.alloc(20);
  header.writeInt32LE(header.length + Buffer.concat(sections).length, 0);
  header.writeInt32LE(77, 4);
  header.writeInt32LE(2013, 12);
  return Buffer.concat([header, ...sections]);
}

test('a message keeps its number, and its sequences of documents become flat', () => {
  const filter = { $and: [{ a: 1 }, { b: 2 }] };
  const given = message({ update: 'x' }, 'updates', [{ q: filter }, { q: { c: 1 } }]);
  // JSON has no byte after a name: without it the message seems to have no $and, and stays as it is.
  assert.equal(flatMessage(given, JSON_AS_BSON), given);
  given.includes = () => true;
  assert.deepEqual(
    flatMessage(given, JSON_AS_BSON),
    message({ update: 'x' }, 'updates', [{ q: { a: 1, b: 2 } }, { q: { c: 1 } }]),
  );
});

test('messages are found in pieces and together', () => {
  const one = message({ ping: 1 }, 'none', []);
  const both = Buffer.concat([one, one]);
  const messages = new Messages();
  const found = [];
  for (let at = 0; at < both.length; at += 7) {
    found.push(...messages.add(both.subarray(at, at + 7)));
  }
  assert.deepEqual(found.map(Buffer.from), [one, one]);
  assert.equal([...new Messages().add(both)].length, 2);
});
