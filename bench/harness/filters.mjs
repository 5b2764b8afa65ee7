// Filters in the form that SecantusDB finds an index for: it reads a whole collection for {$and: [{a: 1}, {b: 2}]},
// which MongoDB's planner reads as {a: 1, b: 2}.

/** The same filter without $and, where no field stands in it twice. */
export function flat(filter) {
  if (!Array.isArray(filter?.$and)) {
    return filter;
  }
  const { $and, ...rest } = filter;
  const merged = { ...rest };
  for (const part of $and.map(flat)) {
    for (const [name, value] of Object.entries(part)) {
      if (Object.hasOwn(merged, name)) {
        return filter;
      }
      merged[name] = value;
    }
  }
  return merged;
}

/** A command with flat filters. */
export function flatCommand(command) {
  const found = { ...command };
  for (const name of ['filter', 'query', 'q']) {
    if (found[name]?.$and) {
      found[name] = flat(found[name]);
    }
  }
  for (const name of ['updates', 'deletes']) {
    if (Array.isArray(found[name])) {
      found[name] = found[name].map(flatCommand);
    }
  }
  if (Array.isArray(found.pipeline)) {
    found.pipeline = found.pipeline.map((stage) =>
      stage.$match?.$and ? { ...stage, $match: flat(stage.$match) } : stage,
    );
  }
  return found;
}
