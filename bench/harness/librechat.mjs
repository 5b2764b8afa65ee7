// Documents in the form that LibreChat writes.

import { hex, uuid } from './random.mjs';

const NO_PARENT = '00000000-0000-0000-0000-000000000000';
const WORDS = 'the order will arrive on Monday and the second parcel one day later because of the weather'.split(' ');
/** The length of an answer, so that a document has the 2 KB of an average answer. */
const ANSWER_CHARACTERS = 1_400;

/** A text of about this length. */
export function prose(random, characters) {
  let text = '';
  while (text.length < characters) {
    text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  }
  return text.trimEnd();
}

/** A conversation of this user, as the page makes conversations. */
export function conversation(random, user, at) {
  return {
    conversationId: uuid(random),
    user,
    title: prose(random, 24),
    endpoint: 'openAI',
    model: 'gpt-4o-mini',
    isArchived: false,
    tags: [],
    files: [],
    chatProjectId: null,
    resendFiles: true,
    maxContextTokens: 30_400,
    isTemporary: false,
    expiredAt: null,
    createdAt: at,
    updatedAt: at,
    __v: 0,
  };
}

/** The user's message. */
export function question(random, { conversationId, user }, at, parent = NO_PARENT) {
  return {
    messageId: uuid(random),
    conversationId,
    user,
    parentMessageId: parent,
    sender: 'User',
    text: prose(random, 60),
    isCreatedByUser: true,
    tokenCount: 14,
    model: null,
    ...common(at),
  };
}

/** The model's answer: the words are in the content, the text is empty. */
export function answer(random, { conversationId, user }, at, parent, characters = ANSWER_CHARACTERS) {
  return {
    messageId: uuid(random),
    conversationId,
    user,
    parentMessageId: parent,
    sender: 'GPT-4o mini',
    text: '',
    content: [{ type: 'text', text: prose(random, characters) }],
    attachments: [],
    isCreatedByUser: false,
    tokenCount: 310,
    model: 'gpt-4o-mini',
    ...common(at),
  };
}

/** The id of a user. */
export const userId = (random) => hex(random, 24);

function common(at) {
  return {
    endpoint: 'openAI',
    unfinished: false,
    error: false,
    isTemporary: false,
    expiredAt: null,
    _meiliIndex: false,
    createdAt: at,
    updatedAt: at,
    __v: 0,
  };
}
