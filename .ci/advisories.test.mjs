// node --test .ci/advisories.test.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { check, compareVersions, isAffected, Malformed } from './advisories.mjs';

const bom = (...purls) => ({
  components: purls.map((purl) => {
    const [, group, name, version] = /^([^/]+)\/([^@]+)@(.+)$/.exec(purl);
    return { group, name, version };
  }),
});
const advisory = (events, more = {}) => ({
  id: 'CVE-2026-1',
  summary: 'A hole',
  affected: [{ package: { ecosystem: 'Maven', name: 'g:a' }, ranges: [{ type: 'ECOSYSTEM', events }] }],
  ...more,
});
const listed = (...advisories) => ({ exported: '2026-01-01', advisories });
const none = { bomFormat: 'CycloneDX', vulnerabilities: [] };
const statement = (more = {}) => ({
  bomFormat: 'CycloneDX',
  vulnerabilities: [
    {
      id: 'CVE-2026-1',
      analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: 'Nothing calls it.' },
      affects: [{ ref: 'pkg:maven/g/a@1.0' }],
      ...more,
    },
  ],
});
const until = (fixed) => advisory([{ introduced: '0' }, { fixed }]);
const today = '2026-01-02';

test('versions are ordered as Maven orders them', () => {
  const ascending = [
    ['4.1.132.Final', '4.1.137.Final', '4.1.138.Final', '4.2.0.Alpha1', '4.2.0.Beta1', '4.2.0.RC1', '4.2.0.Final'],
    ['1.0-alpha-1', '1.0-alpha1.1', '1.0-beta', '1.0-milestone-1', '1.0-rc1', '1.0-SNAPSHOT', '1.0', '1.0-sp1', '1.0.1'],
    ['1.9', '1.10', '1.10.1', '1.100', '2', '10'],
    ['3.33.1', '3.33.1.1', '3.33.2', '3.33.2.1', '3.33.3', '3.34.0.CR1', '3.34.0'],
    ['5.0-alpha1', '5.0', '5.0.1', '5.6-beta1', '5.6'],
    ['31.1-android', '32.0.0-jre'],
    ['20231013', '20240303'],
    ['1.0.0.RC2', '1.0.0-RC3'],
    ['9', '9.0.0.1'],
    ['2.9.10.7', '2.9.10.8'],
  ];
  for (const versions of ascending) {
    for (let i = 0; i < versions.length; i++) {
      for (let j = 0; j < versions.length; j++) {
        const [one, other] = [versions[i], versions[j]];
        assert.equal(Math.sign(compareVersions(one, other)), Math.sign(i - j), `${one} and ${other}`);
      }
    }
  }
  for (const [one, other] of [
    ['1', '1.0.0'],
    ['1.0', '1.0.Final'],
    ['1.0-ga', '1.0.RELEASE'],
    ['1.0-cr1', '1.0-RC1'],
    ['1-a1', '1-alpha-1'],
    ['4.1.137.Final', '4.1.137'],
  ]) {
    assert.equal(compareVersions(one, other), 0, `${one} and ${other}`);
  }
});

test('a component is affected from "introduced" on, and before "fixed"', () => {
  const affected = advisory([{ introduced: '4.2.0' }, { fixed: '4.2.18.Final' }, { introduced: '0' }, { fixed: '4.1.138.Final' }])
    .affected[0];
  for (const version of ['4.0', '4.1.137.Final', '4.1.138.Final-SNAPSHOT', '4.2.0.Final', '4.2.17.Final']) {
    assert.ok(isAffected(version, affected), version);
  }
  for (const version of ['4.1.138.Final', '4.1.138', '4.1.200.Final', '4.2.18.Final', '5.0']) {
    assert.ok(!isAffected(version, affected), version);
  }
});

test('"last_affected" is affected, and so is a version that is named', () => {
  const last = advisory([{ introduced: '1.5' }, { last_affected: '2.0' }]).affected[0];
  assert.ok(!isAffected('1.4', last));
  assert.ok(isAffected('1.5', last));
  assert.ok(isAffected('2.0', last));
  assert.ok(!isAffected('2.0.1', last));
  const named = { package: { ecosystem: 'Maven', name: 'g:a' }, versions: ['1.3'] };
  assert.ok(isAffected('1.3', named));
  assert.ok(!isAffected('1.4', named));
});

test('an affected component is open, a fixed one and one of another group are not', () => {
  assert.equal(check(bom('g/a@1.0'), listed(until('1.1')), none, today).open.length, 1);
  assert.match(check(bom('g/a@1.0'), listed(until('1.1')), none, today).open[0], /CVE-2026-1.*g\/a@1\.0.*A hole/);
  assert.deepEqual(check(bom('g/a@1.1'), listed(until('1.1')), none, today).open, []);
  assert.deepEqual(check(bom('h/a@1.0', 'g/b@1.0'), listed(until('1.1')), none, today).open, []);
});

test('a statement answers a hole by its id or alias, for the version that it names and no other', () => {
  const named = listed({ ...until('2.0'), id: 'GHSA-1', aliases: ['CVE-2026-1'] });
  assert.deepEqual(check(bom('g/a@1.0'), named, statement(), today).open, []);
  assert.equal(check(bom('g/a@1.0'), named, statement(), today).answered.length, 1);
  assert.equal(check(bom('g/a@1.1'), named, statement(), today).open.length, 1);
  assert.equal(check(bom('g/a@1.0'), named, statement({ id: 'CVE-2026-2' }), today).open.length, 1);
});

test('a hole in triage is answered until the day that is named', () => {
  const triage = (day) =>
    statement({
      analysis: { state: 'in_triage', detail: 'Not described yet.' },
      properties: day ? [{ name: 'until', value: day }] : [],
    });
  assert.deepEqual(check(bom('g/a@1.0'), listed(until('2.0')), triage(today), today).open, []);
  assert.equal(check(bom('g/a@1.0'), listed(until('2.0')), triage('2026-01-01'), today).open.length, 1);
  assert.throws(() => check(bom('g/a@1.0'), listed(until('2.0')), triage(), today), Malformed);
});

test('a statement that answers nothing any more is told', () => {
  assert.match(check(bom('g/a@2.0'), listed(until('2.0')), statement(), today).warnings.join(), /answers nothing/);
});

test('a statement without state, justification, reason, version or test is refused', () => {
  const analysis = statement().vulnerabilities[0].analysis;
  for (const more of [
    { analysis: { ...analysis, state: 'unknown' } },
    { analysis: { ...analysis, state: 'exploitable' } },
    { analysis: { ...analysis, justification: 'because' } },
    { analysis: { ...analysis, detail: ' ' } },
    { affects: [] },
    { affects: [{ ref: 'pkg:maven/g/a' }] },
    { properties: [{ name: 'test', value: 'src/test/java/Gone.java' }] },
  ]) {
    assert.throws(() => check(bom('g/a@1.0'), listed(until('2.0')), statement(more), today), Malformed, JSON.stringify(more));
  }
});

test('a list that cannot be read is refused, and not taken for an empty one', () => {
  const entry = until('2.0');
  for (const list of [
    {},
    { exported: 'yesterday', advisories: [entry] },
    { exported: today, advisories: [] },
    listed(entry, entry),
    listed({ ...entry, id: '' }),
    listed({ ...entry, affected: [] }),
    listed({ ...entry, affected: [{ package: { ecosystem: 'npm', name: 'g:a' }, versions: ['1'] }] }),
    listed({ ...entry, affected: [{ package: { ecosystem: 'Maven', name: 'a' }, versions: ['1'] }] }),
    listed({ ...entry, affected: [{ package: { ecosystem: 'Maven', name: 'g:a' } }] }),
    listed(advisory([{ fixed: '2.0' }])),
    listed(advisory([{ introduced: '0' }, { limit: '2.0' }])),
    listed(advisory([{ introduced: '0', fixed: '2.0' }])),
  ]) {
    assert.throws(() => check(bom('g/a@1.0'), list, none, today), Malformed, JSON.stringify(list));
  }
  assert.throws(() => check({ components: [] }, listed(entry), none, today), Malformed);
  assert.throws(() => check({ components: [{ group: 'g', name: 'a' }] }, listed(entry), none, today), Malformed);
  assert.throws(() => check(bom('g/a@1.0'), listed(entry), {}, today), Malformed);
});

test('a list that is older than 30 days is told, and fails nothing', () => {
  const old = check(bom('g/a@2.0'), listed(until('2.0')), none, '2026-02-01');
  assert.match(old.warnings.join(), /31 days old/);
  assert.deepEqual(old.open, []);
  assert.deepEqual(check(bom('g/a@2.0'), listed(until('2.0')), none, '2026-01-31').warnings, []);
});

test('the exit status says what was found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'advisories-'));
  const file = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const run = (...files) =>
    spawnSync(process.execPath, [new URL('advisories.mjs', import.meta.url).pathname, ...files, today]).status;
  const [materials, list, vex] = [file('bom', bom('g/a@1.0')), file('list', listed(until('2.0'))), file('vex', none)];
  assert.equal(run(materials, list, vex), 1);
  assert.equal(run(materials, list, file('answered', statement())), 0);
  assert.equal(run(materials, file('fixed', listed(until('1.0'))), vex), 0);
  assert.equal(run(materials, file('half', '{"exported":'), vex), 2);
  assert.equal(run(join(folder, 'missing'), list, vex), 2);
});
