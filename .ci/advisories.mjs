// Compares the bill of materials (target/bom.json) with the list of known vulnerabilities (.ci/advisories.json, entries
// in the OSV format) and fails on each affected component that .ci/vex.json does not answer (a CycloneDX VEX: id of the
// vulnerability, purl with the version, state, justification and the reason in words). The script downloads nothing:
// SECURITY.md says how to refresh the list.
//
//   node .ci/advisories.mjs [bom] [advisories] [vex] [today]
//
// Exit status: 0 no open vulnerability; 1 a component is affected; 2 an input cannot be read.
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Days after which the age of the list causes a warning; not a failure, since time alone must not break a build. */
const OLD_DAYS = 30;

export class Malformed extends Error {}

// ── Maven's order of versions (org.apache.maven.artifact.versioning.ComparableVersion) ─────────────────────────────

const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const ALIASES = { ga: '', final: '', release: '', cr: 'rc' };
const SHORT = { a: 'alpha', b: 'beta', m: 'milestone' };
const RELEASE = String(QUALIFIERS.indexOf(''));

const number = (digits) => ({ kind: 'number', value: BigInt(digits) });
const word = (text, beforeDigit) => {
  const full = beforeDigit && text.length === 1 ? (SHORT[text] ?? text) : text;
  return { kind: 'word', value: ALIASES[full] ?? full };
};
const list = () => ({ kind: 'list', items: [] });
const isNull = (item) =>
  item.kind === 'number' ? item.value === 0n : item.kind === 'word' ? rank(item.value) === RELEASE : !item.items.length;
const rank = (value) => {
  const known = QUALIFIERS.indexOf(value);
  return known >= 0 ? String(known) : `${QUALIFIERS.length}-${value}`;
};
const sign = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

function parse(version) {
  const text = version.toLowerCase();
  const root = list();
  const lists = [root];
  let current = root;
  let start = 0;
  let digits = false;
  const open = () => {
    const inner = list();
    current.items.push(inner);
    lists.push(inner);
    current = inner;
  };
  const add = (end) => current.items.push(digits ? number(text.slice(start, end)) : word(text.slice(start, end), false));
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '.' || char === '-') {
      if (i === start) current.items.push(number('0'));
      else add(i);
      start = i + 1;
      if (char === '-') open();
    } else if (char >= '0' && char <= '9') {
      if (!digits && i > start) {
        if (current.items.length) open();
        current.items.push(word(text.slice(start, i), true));
        start = i;
        open();
      }
      digits = true;
    } else {
      if (digits && i > start) {
        add(i);
        start = i;
        open();
      }
      digits = false;
    }
  }
  if (text.length > start) {
    if (!digits && current.items.length) open();
    add(text.length);
  }
  for (const one of lists.reverse()) {
    for (let i = one.items.length - 1; i >= 0; i--) {
      if (isNull(one.items[i])) one.items.splice(i, 1);
      else if (one.items[i].kind !== 'list') break;
    }
  }
  return root;
}

function compare(left, right) {
  if (left.kind === 'number') {
    if (!right) return left.value === 0n ? 0 : 1;
    return right.kind === 'number' ? sign(left.value, right.value) : 1;
  }
  if (left.kind === 'word') {
    if (!right) return sign(rank(left.value), RELEASE);
    return right.kind === 'word' ? sign(rank(left.value), rank(right.value)) : -1;
  }
  if (!right) return left.items.map((item) => compare(item, null)).find((result) => result) ?? 0;
  if (right.kind !== 'list') return right.kind === 'number' ? -1 : 1;
  for (let i = 0; i < Math.max(left.items.length, right.items.length); i++) {
    const [one, other] = [left.items[i], right.items[i]];
    const result = one ? compare(one, other) : -compare(other, null);
    if (result) return result;
  }
  return 0;
}

/** Below zero where the first version is older, by Maven's rules. */
export const compareVersions = (one, other) => compare(parse(one), parse(other));

// ── What is affected ───────────────────────────────────────────────────────────────────────────────────────────────

/** Whether OSV's events of one range, in their order, leave this version affected. */
function inRange(version, events) {
  const bound = (event) => event.introduced ?? event.fixed ?? event.last_affected;
  const sorted = [...events].sort(
    (one, other) =>
      (bound(one) === '0' ? -1 : 0) - (bound(other) === '0' ? -1 : 0) || compareVersions(bound(one), bound(other)),
  );
  let affected = false;
  for (const event of sorted) {
    if (event.introduced !== undefined) {
      if (event.introduced === '0' || compareVersions(version, event.introduced) >= 0) affected = true;
    } else if (event.fixed !== undefined) {
      if (compareVersions(version, event.fixed) >= 0) affected = false;
    } else if (compareVersions(version, event.last_affected) > 0) {
      affected = false;
    }
  }
  return affected;
}

export const isAffected = (version, affected) =>
  (affected.versions ?? []).includes(version) ||
  (affected.ranges ?? []).some((range) => range.type === 'ECOSYSTEM' && inRange(version, range.events));

// ── The three files ────────────────────────────────────────────────────────────────────────────────────────────────

const text = (value) => typeof value === 'string' && value.trim() !== '';
const must = (holds, says) => {
  if (!holds) throw new Malformed(says);
};

/** Fails on an entry without package, range or event, which would hide a vulnerability. */
function checkAdvisories(file) {
  must(/^\d{4}-\d{2}-\d{2}$/.test(file?.exported ?? ''), 'advisories: "exported" is no date (YYYY-MM-DD)');
  must(Array.isArray(file.advisories) && file.advisories.length, 'advisories: there is no entry');
  const ids = new Set();
  for (const one of file.advisories) {
    must(text(one?.id), 'advisories: an entry has no id');
    must(!ids.has(one.id), `advisories: ${one.id} is listed twice`);
    ids.add(one.id);
    must(text(one.summary), `advisories: ${one.id} has no summary`);
    must(Array.isArray(one.affected) && one.affected.length, `advisories: ${one.id} affects nothing`);
    for (const affected of one.affected) {
      must(affected.package?.ecosystem === 'Maven', `advisories: ${one.id} is not of the ecosystem Maven`);
      must(/^[^:\s]+:[^:\s]+$/.test(affected.package.name ?? ''), `advisories: ${one.id} names no group:artifact`);
      must((affected.ranges ?? []).length || (affected.versions ?? []).length, `advisories: ${one.id} has no range`);
      for (const range of affected.ranges ?? []) {
        must(range.type === 'ECOSYSTEM', `advisories: ${one.id} has a range of the type ${range.type}`);
        must(Array.isArray(range.events) && range.events.some((event) => text(event.introduced)), `advisories: ${one.id} has a range without "introduced"`);
        for (const event of range.events) {
          const keys = Object.keys(event);
          must(
            keys.length === 1 && ['introduced', 'fixed', 'last_affected'].includes(keys[0]) && text(event[keys[0]]),
            `advisories: ${one.id} has an event that cannot be read: ${JSON.stringify(event)}`,
          );
        }
      }
    }
  }
}

/** CycloneDX's states that answer a vulnerability; the last state only until the date of the property "until". */
const ANSWERS = ['not_affected', 'false_positive', 'resolved', 'in_triage'];

/** The justifications of the first state. */
const JUSTIFICATIONS = [
  'code_not_present',
  'code_not_reachable',
  'requires_configuration',
  'requires_dependency',
  'requires_environment',
  'protected_by_compiler',
  'protected_at_runtime',
  'protected_at_perimeter',
  'protected_by_mitigating_control',
];

const until = (statement) => (statement.properties ?? []).find(({ name }) => name === 'until')?.value;

function checkStatements(vex, exists) {
  must(vex?.bomFormat === 'CycloneDX' && Array.isArray(vex.vulnerabilities), 'vex: this is no CycloneDX VEX');
  for (const one of vex.vulnerabilities) {
    must(text(one?.id), 'vex: a statement has no id');
    must(ANSWERS.includes(one.analysis?.state), `vex: ${one.id} has no state of ${ANSWERS.join(', ')}`);
    must(
      one.analysis.state !== 'not_affected' || JUSTIFICATIONS.includes(one.analysis.justification),
      `vex: ${one.id} has no justification`,
    );
    must(
      one.analysis.state !== 'in_triage' || /^\d{4}-\d{2}-\d{2}$/.test(until(one) ?? ''),
      `vex: ${one.id} is in triage without a day (property "until")`,
    );
    must(text(one.analysis.detail), `vex: ${one.id} gives no reason ("detail")`);
    must(Array.isArray(one.affects) && one.affects.length, `vex: ${one.id} names no component`);
    for (const { ref } of one.affects) {
      must(/^pkg:maven\/[^/@]+\/[^/@]+@[^@?]+$/.test(ref ?? ''), `vex: ${one.id} names no component with its version: ${ref}`);
    }
    for (const { name, value } of one.properties ?? []) {
      must(name !== 'test' || exists(value), `vex: ${one.id} rests on ${value}, which is not there`);
    }
  }
}

/**
 * Compares the three files.
 *
 * @returns open: lines that fail the build; answered: by a statement; warnings: lines that do not
 */
export function check(bom, advisories, vex, today, exists = existsSync) {
  must(Array.isArray(bom?.components) && bom.components.length, 'bom: there is no component');
  checkAdvisories(advisories);
  checkStatements(vex, exists);

  const [open, answered, warnings, used] = [[], [], [], new Set()];
  for (const component of bom.components) {
    must(text(component.name) && text(component.version), `bom: a component has no name or no version`);
    const name = `${component.group ?? ''}:${component.name}`;
    const purl = `pkg:maven/${component.group}/${component.name}@${component.version}`;
    for (const advisory of advisories.advisories) {
      if (!advisory.affected.some((one) => one.package.name === name && isAffected(component.version, one))) continue;
      const names = [advisory.id, ...(advisory.aliases ?? [])];
      const statement = vex.vulnerabilities.find(
        (one) => names.includes(one.id) && one.affects.some(({ ref }) => ref === purl),
      );
      if (statement) used.add(statement);
      if (statement && (until(statement) ?? today) >= today) {
        answered.push(`${names.join(', ')}: ${purl}: ${statement.analysis.state}`);
      } else {
        open.push(`${names.join(', ')}: ${purl}: ${advisory.summary}`);
      }
    }
  }
  for (const statement of vex.vulnerabilities) {
    if (!used.has(statement)) warnings.push(`vex: ${statement.id} answers nothing any more: remove the statement`);
  }
  const age = Math.floor((Date.parse(today) - Date.parse(advisories.exported)) / 86_400_000);
  if (age > OLD_DAYS) warnings.push(`The list of known vulnerabilities is ${age} days old: refresh it (SECURITY.md)`);
  return { open, answered, warnings };
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (failure) {
    throw new Malformed(`${path}: ${failure.message}`);
  }
}

function main([
  bom = 'target/bom.json',
  advisories = '.ci/advisories.json',
  vex = '.ci/vex.json',
  today = new Date().toISOString().slice(0, 10),
]) {
  try {
    const components = read(bom);
    const found = check(components, read(advisories), read(vex), today);
    console.log(
      `${components.components.length} components, ${found.open.length} with a known vulnerability, ${found.answered.length} answered by .ci/vex.json`,
    );
    found.answered.forEach((line) => console.log(`answered: ${line}`));
    found.warnings.forEach((line) => console.warn(`warning: ${line}`));
    found.open.forEach((line) => console.error(line));
    return found.open.length ? 1 : 0;
  } catch (failure) {
    if (!(failure instanceof Malformed)) throw failure;
    console.error(failure.message);
    return 2;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exit(main(process.argv.slice(2)));
}
