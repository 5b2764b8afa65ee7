// Reads manifests (kustomize's output) on standard input and holds each against its schema. The compiled
// validators tell wrong types, enumerations and missing fields. They let unknown fields pass; those are
// found by what a validator never asks for.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const PACKAGES = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/gateway.networking.k8s.io',
  'serving.knative.dev': '@kubernetes-models/knative/serving.knative.dev',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
};
const CORE = 'kubernetes-models';

async function model(apiVersion, kind) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const home = PACKAGES[group] ?? (group === '' ? CORE : `${CORE}/${group}`);
  return (await import(`${home}/${version}/${kind}`))[kind];
}

// Remembers which fields were asked for; asking for all of them (a map such as labels) counts as well.
function watched(value, path, unseen) {
  if (value === null || typeof value !== 'object') return value;
  const inside = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) inside[key] = watched(value[key], `${path}/${key}`, unseen);
  if (Array.isArray(value)) return inside;
  for (const key of Object.keys(inside)) unseen.add(`${path}/${key}`);
  return new Proxy(inside, {
    get(target, key) {
      unseen.delete(`${path}/${String(key)}`);
      return target[key];
    },
    ownKeys(target) {
      for (const key of Reflect.ownKeys(target)) unseen.delete(`${path}/${String(key)}`);
      return Reflect.ownKeys(target);
    },
  });
}

let failures = 0;
let seen = 0;
for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  const manifest = document.toJS();
  if (!manifest) continue;
  seen++;
  const name = `${manifest.apiVersion} ${manifest.kind} ${manifest.metadata?.name}`;
  const unseen = new Set();
  try {
    const Model = await model(manifest.apiVersion, manifest.kind);
    Model.prototype.validate.call(watched(manifest, '', unseen));
    if (unseen.size > 0) throw new Error(`unknown fields: ${[...unseen].join(', ')}`);
    console.log(`${name}: good`);
  } catch (error) {
    failures++;
    console.error(`${name}: ${error.message}`);
  }
}
console.log(`${seen} manifests, ${failures} wrong`);
process.exit(failures > 0 || seen === 0 ? 1 : 0);
