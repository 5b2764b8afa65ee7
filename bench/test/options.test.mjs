import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options, WrongOption } from '../harness/options.mjs';
import { portsOf, withoutPassword, withPath } from '../harness/uri.mjs';

test('without options the ordinary parts run on the embedded database and are recorded', () => {
  const found = options([]);
  assert.equal(found.scale, 'full');
  assert.deepEqual(found.parts, ['a', 'b', 'c', 'd', 'e']);
  assert.equal(found.database, 'embedded');
  assert.equal(found.record, true);
});

test('a part of a run is recorded only on demand', () => {
  assert.equal(options(['--only', 'a']).record, false);
  assert.equal(options(['--quick']).record, false);
  assert.equal(options(['--streams', '2000']).record, false);
  assert.equal(options(['--only', 'a', '--record']).record, true);
});

test('MONGO_URI is the database unless --database names another', () => {
  const environment = { MONGO_URI: 'mongodb://db:27018/LibreChat' };
  assert.equal(options([], environment).database, environment.MONGO_URI);
  assert.equal(options(['--database=indexed'], environment).database, 'indexed');
  assert.equal(options([], { MONGO_URI: '' }).database, 'embedded');
});

test('an option of the replicas runs the replicas, and --growth the growth', () => {
  assert.deepEqual(options(['--replicas=1,4']).parts, ['f']);
  assert.deepEqual(options(['--replicas=1,4']).replicas, [1, 4]);
  assert.deepEqual(options(['--replicas']).replicas, [1, 2, 4]);
  assert.deepEqual(options(['--redis', '--writers', '--growth']).parts, ['f', 'g']);
  assert.deepEqual(options(['--crowd', '500']).parts, ['h']);
  assert.equal(options(['--crowd']).crowd, 100_000);
  assert.deepEqual(options(['--only', 'f,g,storm']).parts, ['f', 'g', 'storm']);
});

test('options without a value have their defaults', () => {
  const found = options(['--redis', '--writers', '--growth']);
  assert.equal(found.redis, 'local');
  assert.equal(found.writers, 500);
  assert.equal(found.growth, 400_000);
  const others = options(['--redis', 'redis://cache:6379', '--writers', '50', '--growth', '9000']);
  assert.equal(others.redis, 'redis://cache:6379');
  assert.equal(others.writers, 50);
  assert.equal(others.growth, 9_000);
  assert.equal(options(['--only', 'f']).writers, undefined);
});

test('the smoke run has every part, and few documents', () => {
  const found = options(['--smoke']);
  assert.deepEqual(found.parts, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'storm']);
  assert.equal(found.growth, 2_000);
});

for (const [wrong, sentence] of [
  [['--only', 'x'], /--only takes a, b/],
  [['--streams', '10'], /--streams takes a number, 50 or more; not 10/],
  [['--replicas', '0'], /--replicas takes numbers from 1 to 16/],
  [['--replicas', '2,x'], /--replicas takes numbers/],
  [['--writers', '-5'], /--writers/],
  [['--crowd', '5'], /--crowd takes a number, 100 or more; not 5/],
  [['--growth', '1e6'], /--growth takes a number, 2000 or more/],
  [['--redis', 'cache:6379'], /--redis takes local, or an address/],
  [['--database', 'postgres://db'], /--database takes embedded, indexed, or a connection string/],
  [['--unknown'], /--unknown/],
  [['leftover'], /leftover/],
]) {
  test(`${wrong.join(' ')} is refused with a sentence`, () => {
    assert.throws(
      () => options(wrong),
      (error) => error instanceof WrongOption && sentence.test(error.message),
    );
  });
}

test('a connection string keeps its members, its login and its options, with another database', () => {
  const uri = 'mongodb://me:p%40ss@a:27018,b:27019,c/LibreChat?replicaSet=rs0&w=1';
  assert.equal(withPath(uri, 'bench_a'), 'mongodb://me:p%40ss@a:27018,b:27019,c/bench_a?replicaSet=rs0&w=1');
  assert.equal(withPath('mongodb://a', 'bench_a'), 'mongodb://a/bench_a');
  assert.equal(withPath('mongodb+srv://x.example.com/?tls=true', 'y'), 'mongodb+srv://x.example.com/y?tls=true');
  assert.deepEqual(portsOf(uri), [27018, 27019, 27017]);
  assert.deepEqual(portsOf('mongodb+srv://x.example.com'), [27017]);
});

test('a report contains no password', () => {
  assert.equal(withoutPassword('mongodb://me:secret@a:27018/x?authSource=admin'), 'mongodb://a:27018');
});
