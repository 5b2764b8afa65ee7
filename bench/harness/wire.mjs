// MongoDB's wire protocol, as far as the relay in front of SecantusDB needs it: OP_MSG with a body (kind 0) and
// sequences of documents (kind 1), without a checksum.

import { flatCommand } from './filters.mjs';

const OP_MSG = 2013;
const HEADER = 16;
const CHECKSUM = 1;
/** What only a message has that is to be changed; all others stay as they are, and are not read. */
const SIGNS = ['$and\0', 'sort\0'].map((name) => Buffer.from(name));
/** Types stay what they are: an int32 does not become a double. */
const EXACT = { promoteValues: false, promoteLongs: false, promoteBuffers: false };

/** Splits what arrives on a connection into whole messages. */
export class Messages {
  #rest = Buffer.alloc(0);

  *add(chunk) {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4 && this.#rest.length >= this.#rest.readInt32LE(0)) {
      const length = this.#rest.readInt32LE(0);
      yield this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
    }
  }
}

/**
 * The same message with the filters of filters.mjs.
 *
 * @param BSON the driver's BSON
 */
export function flatMessage(message, BSON) {
  if (message.readInt32LE(12) !== OP_MSG || !SIGNS.some((sign) => message.includes(sign)) || message.readInt32LE(HEADER) & CHECKSUM) {
    return message;
  }
  const again = (document) =>
    BSON.serialize(flatCommand(BSON.deserialize(document, EXACT)), { ignoreUndefined: false });
  const sections = [];
  for (let at = HEADER + 4; at < message.length; ) {
    const length = message.readInt32LE(at + 1);
    const section = message.subarray(at, at + 1 + length);
    sections.push(section[0] === 0 ? body(section, again) : sequence(section, again));
    at += 1 + length;
  }
  const whole = Buffer.concat([message.subarray(0, HEADER + 4), ...sections]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

const body = (section, again) => Buffer.concat([section.subarray(0, 1), again(section.subarray(1))]);

function sequence(section, again) {
  const end = section.indexOf(0, 5) + 1;
  const documents = [];
  for (let at = end; at < section.length; ) {
    const length = section.readInt32LE(at);
    documents.push(again(section.subarray(at, at + length)));
    at += length;
  }
  const whole = Buffer.concat([section.subarray(0, end), ...documents]);
  whole.writeInt32LE(whole.length - 1, 1);
  return whole;
}
