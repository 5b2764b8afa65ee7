import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apart, bars, lines, logTicks, short, ticks } from '../harness/svg.mjs';

test('steps are round and enclose the values', () => {
  assert.deepEqual(ticks(97), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(1_068), [0, 250, 500, 750, 1_000, 1_250]);
  assert.deepEqual(ticks(0.3), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(0), [0, 1]);
  assert.deepEqual(logTicks(3, 40), [2, 5, 10, 20, 50]);
});

test('figures have as many digits as a reader needs', () => {
  assert.deepEqual([0, 0.456, 3.14, 42.42, 420.6, 12_345].map(short), ['0', '0.46', '3.1', '42.4', '421', '12.3k']);
});

test('labels that would lie on one another move apart and keep their order', () => {
  const found = apart([100, 102, 300], 15);
  assert.ok(found[1] - found[0] >= 14.9);
  assert.equal(found[2], 300);
  assert.ok(Math.abs((found[0] + found[1]) / 2 - 101) < 0.1);
});

const well = (svg) => {
  const open = [...svg.matchAll(/<(\w+)(?=[\s>])[^>]*?(\/?)>/g)].filter(([, , closed]) => !closed).length;
  const closed = [...svg.matchAll(/<\/\w+>/g)].length;
  assert.equal(open, closed);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
};

test('lines have a title, axes with units, and a label for each series', () => {
  const svg = lines({
    title: 'A & B',
    note: 'Note',
    x: 'callers',
    y: 'ms',
    places: ['1', '16'],
    series: [
      { name: 'one', colour: 'blue', values: [1, 2] },
      { name: 'other', colour: 'orange', dashed: true, values: [undefined, 3] },
    ],
  });
  well(svg);
  for (const word of ['A &amp; B', 'callers', '>ms<', 'one: 2', 'other: 3']) {
    assert.ok(svg.includes(word), word);
  }
  assert.match(svg, /prefers-color-scheme:dark/);
});

test('bars of values that are missing are left out', () => {
  const svg = bars({
    title: 'T',
    note: 'N',
    x: 'ms',
    unit: 'ms',
    log: true,
    groups: [
      { name: 'first', bars: [{ name: 'a', colour: 'blue', value: 5 }, { name: 'b', colour: 'blue', value: null }] },
      { name: 'empty', bars: [{ name: 'c', colour: 'blue', value: undefined }] },
    ],
  });
  well(svg);
  assert.equal([...svg.matchAll(/<rect class="mark/g)].length, 1);
  assert.doesNotMatch(svg, /empty/);
});
