// Filters in the form that SecantusDB finds an index for. It reads a whole collection for {$and: [{a: 1}, {b: 2}]}, which
// MongoDB's planner reads as {a: 1, b: 2}; and for the newest documents it reads the whole index, where MongoDB reads as
// many entries as the limit says.

const DAY = 86_400_000;
/** The newest documents are at most so old: fill.mjs spreads its documents over 60 days, 16 a day or more. */
const NEWEST = 10 * DAY;
/** Conditions that leave few documents to sort. */
const SELECTIVE = ['_id', 'conversationId', 'user', 'messageId', 'createdAt'];

/** The same filter without $and, where no two parts contradict in form. */
export function flat(filter) {
  if (!Array.isArray(filter?.$and)) {
    return filter;
  }
  const { $and, ...rest } = filter;
  const merged = { ...rest };
  for (const part of $and.map(flat)) {
    for (const [name, value] of Object.entries(part)) {
      const both = Object.hasOwn(merged, name) ? joined(merged[name], value) : value;
      if (both === undefined || name === '$and') {
        return filter;
      }
      merged[name] = both;
    }
  }
  return merged;
}

/** Conditions of one field, such as $gt and $lt; undefined if they are not different operators. */
function joined(one, other) {
  const isJoinable = [one, other].every(areOperators) && !Object.keys(other).some((name) => Object.hasOwn(one, name));
  return isJoinable ? { ...one, ...other } : undefined;
}

const areOperators = (value) =>
  value !== null &&
  typeof value === 'object' &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).every((name) => name.startsWith('$'));

/** The newest documents, without the oldest. */
function bounded(command, now) {
  const { filter = {}, sort, limit } = command;
  const isNewest = limit && sort && Object.keys(sort).join() === 'createdAt' && Number(sort.createdAt) === -1;
  return isNewest && !SELECTIVE.some((name) => Object.hasOwn(filter, name))
    ? { ...command, filter: { ...filter, createdAt: { $gte: new Date(now - NEWEST) } } }
    : command;
}

/** A command in the form that SecantusDB has an index for. */
export function flatCommand(command, now = Date.now()) {
  const found = bounded({ ...command }, now);
  for (const name of ['filter', 'query', 'q']) {
    if (found[name]?.$and) {
      found[name] = flat(found[name]);
    }
  }
  for (const name of ['updates', 'deletes']) {
    if (Array.isArray(found[name])) {
      found[name] = found[name].map((one) => flatCommand(one, now));
    }
  }
  if (Array.isArray(found.pipeline)) {
    found.pipeline = found.pipeline.map((stage) =>
      stage.$match?.$and ? { ...stage, $match: flat(stage.$match) } : stage,
    );
  }
  return found;
}
