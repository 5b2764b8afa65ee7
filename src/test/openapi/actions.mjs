// Makes tools of the description as LibreChat's Actions do, with LibreChat's own code, and checks
// that each operation is one with an address, typed fields and a schema.
//   node actions.mjs <openapi.json>
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import * as provider from 'librechat-data-provider';

const text = readFileSync(process.argv[2], 'utf8');
const parsed = provider.validateAndParseOpenAPISpec(text);
assert.equal(parsed.status, true, parsed.message);
const { functionSignatures, requestBuilders, zodSchemas } = provider.openapiToFunction(parsed.spec, true);
const operations = Object.values(parsed.spec.paths).flatMap(Object.values);
assert.equal(functionSignatures.length, operations.length);
for (const { name, description, parameters } of functionSignatures) {
  assert.match(name, /^[A-Za-z]{3,30}$/);
  assert.ok(description, name);
  assert.ok(requestBuilders[name].domain.startsWith('http'), name);
  for (const [field, schema] of Object.entries(parameters.properties)) {
    // A reference would reach the model as it is.
    assert.ok(!schema.$ref, `${name}.${field}`);
  }
}
const valid = zodSchemas.sendText.safeParse({
  to: '+15551234567',
  conversationId: '0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11',
  text: 'Hello',
});
assert.ok(valid.success, JSON.stringify(valid.error));
assert.equal(requestBuilders.sendText.contentType, 'application/json');
console.log(`${functionSignatures.length} tools`);
