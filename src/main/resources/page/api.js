// Shows /q/openapi: operations in groups, parameters, schemas of requests and answers, and a form to try each.

const DEPTH = 6; // of a schema in a schema: one that contains itself ends
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
let description;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined && child !== ''));
  return made;
}

/** Returns the target of a $ref; returns every other value unchanged. */
function resolve(part) {
  for (let hops = 0; part?.$ref && hops < 10; hops++) {
    part = part.$ref
      .slice(2)
      .split('/')
      .reduce((inside, name) => inside?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], description);
  }
  return part ?? {};
}

/** Describes a schema in words: string (uuid), at most 256 characters, one of … */
function words(schema) {
  const types = [schema.type ?? (schema.properties ? 'object' : [])].flat();
  const said = [types.join(' or ') + (schema.format ? ` (${schema.format})` : '')];
  if (schema.enum) said.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`);
  if (schema.const !== undefined) said.push(JSON.stringify(schema.const));
  if (schema.pattern) said.push(`pattern ${schema.pattern}`);
  for (const [name, text] of Object.entries({
    minLength: 'at least # characters',
    maxLength: 'at most # characters',
    minimum: 'at least #',
    maximum: 'at most #',
    minItems: 'at least # items',
    maxItems: 'at most # items',
  })) {
    if (schema[name] !== undefined) said.push(text.replace('#', schema[name]));
  }
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.filter(Boolean).join(', ');
}

/** Renders a schema as a list of its properties. */
function schemaOf(given, depth = 0) {
  const schema = resolve(given);
  const list = element('ul', { className: 'schema' });
  const required = new Set(schema.required ?? []);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const inside = resolve(member);
    list.append(
      element(
        'li',
        {},
        element('code', {}, name),
        required.has(name) ? element('span', { className: 'must' }, ' required') : '',
        element('span', { className: 'note' }, ` ${words(inside)} ${inside.description ?? ''}`),
        isDeep(inside) && depth < DEPTH ? schemaOf(inside, depth + 1) : '',
      ),
    );
  }
  for (const [name, parts] of Object.entries({
    'each item': schema.items ? [schema.items] : [],
    'each value': typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [],
    'one of': schema.oneOf ?? [],
    'any of': schema.anyOf ?? [],
    'all of': schema.allOf ?? [],
  })) {
    for (const part of parts) {
      const inside = resolve(part);
      list.append(
        element(
          'li',
          {},
          element('span', { className: 'note' }, `${name}: ${words(inside)} ${inside.description ?? ''}`),
          isDeep(inside) && depth < DEPTH ? schemaOf(inside, depth + 1) : '',
        ),
      );
    }
  }
  return list;
}

const isDeep = (schema) =>
  ['properties', 'items', 'oneOf', 'anyOf', 'allOf'].some((name) => schema[name]) ||
  typeof schema.additionalProperties === 'object';

function contentOf(content = {}) {
  return Object.entries(content).flatMap(([type, { schema }]) => [
    element('p', {}, element('code', {}, type), element('span', { className: 'note' }, ` ${words(resolve(schema))}`)),
    schema && isDeep(resolve(schema)) ? schemaOf(schema) : '',
  ]);
}

/** Returns a small JSON value that is valid for the schema, as the initial body of the form. */
function exampleOf(given, depth = 0) {
  const schema = resolve(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const branch = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (branch) return exampleOf(branch, depth + 1);
  const type = [schema.type].flat()[0];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  if (type === 'array') return depth < DEPTH && schema.items ? [exampleOf(schema.items, depth + 1)] : [];
  if (type === 'object' || schema.properties) {
    const names = schema.required ?? Object.keys(schema.properties ?? {});
    return depth < DEPTH
      ? Object.fromEntries(names.map((name) => [name, exampleOf(schema.properties?.[name], depth + 1)]))
      : {};
  }
  return '';
}

function tryForm(method, path, parameters, body) {
  const fields = parameters
    .filter((parameter) => parameter.in !== 'cookie')
    .map((parameter) => ({ parameter, input: element('input', { required: parameter.in === 'path' }) }));
  const type = Object.keys(body?.content ?? {})[0];
  const text = type && element('textarea', { rows: 8, spellcheck: false });
  if (text && type.includes('json')) text.value = JSON.stringify(exampleOf(body.content[type].schema), null, 2);
  const status = element('p', { className: 'status', role: 'status' });
  const answer = element('pre', { hidden: true });
  const form = element(
    'form',
    { className: 'try' },
    ...fields.map(({ parameter, input }) => element('label', {}, `${parameter.name} (${parameter.in})`, input)),
    text ? element('label', {}, `Body (${type})`, text) : '',
    element('button', { type: 'submit' }, 'Send'),
    status,
    answer,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const headers = new Headers(text ? { 'Content-Type': type } : {});
    const key = document.querySelector('#key').value;
    if (key) headers.set('X-API-Key', key);
    const query = new URLSearchParams();
    let address = path;
    for (const { parameter, input } of fields) {
      if (!input.value) continue;
      if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (parameter.in === 'query') query.append(parameter.name, input.value);
      else headers.set(parameter.name, input.value);
    }
    status.textContent = '…';
    try {
      // The relative URL also works below a proxy's prefix.
      const response = await fetch(`../..${address}${query.size ? `?${query}` : ''}`, {
        method,
        headers,
        body: text?.value,
      });
      status.textContent = `${response.status} ${response.statusText}`;
      const said = await response.text();
      answer.textContent = pretty(said);
      answer.hidden = !said;
    } catch (failure) {
      status.textContent = String(failure);
    }
  });
  return form;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function operation(method, path, { summary, description: text, operationId, requestBody, responses, ...rest }, shared) {
  const parameters = [...(shared ?? []), ...(rest.parameters ?? [])].map(resolve);
  const body = requestBody && resolve(requestBody);
  const streams = Object.values(responses ?? {}).some((one) => resolve(one).content?.['text/event-stream']);
  return element(
    'details',
    { className: 'operation', id: operationId ?? `${method}${path}` },
    element(
      'summary',
      {},
      element('span', { className: `method ${method}` }, method.toUpperCase()),
      element('code', { className: 'path' }, path),
      element('span', { className: 'note' }, summary ?? ''),
    ),
    element(
      'div',
      {},
      text ? element('p', {}, text) : '',
      ...(parameters.length
        ? [
            element('h3', {}, 'Parameters'),
            element(
              'ul',
              { className: 'schema' },
              ...parameters.map((parameter) =>
                element(
                  'li',
                  {},
                  element('code', {}, parameter.name),
                  parameter.required ? element('span', { className: 'must' }, ' required') : '',
                  element(
                    'span',
                    { className: 'note' },
                    ` in ${parameter.in}, ${words(resolve(parameter.schema))} ${parameter.description ?? ''}`,
                  ),
                ),
              ),
            ),
          ]
        : []),
      ...(body ? [element('h3', {}, 'Request'), ...contentOf(body.content)] : []),
      element('h3', {}, 'Answers'),
      ...Object.entries(responses ?? {}).flatMap(([status, given]) => {
        const response = resolve(given);
        return [
          element('p', {}, element('span', { className: 'status' }, status), ` ${response.description ?? ''}`),
          ...contentOf(response.content),
        ];
      }),
      ...(streams ? [] : [element('h3', {}, 'Try'), tryForm(method.toUpperCase(), path, parameters, body)]),
    ),
  );
}

function show() {
  document.querySelector('#about').textContent = description.info.description ?? '';
  const groups = new Map((description.tags ?? []).map(({ name, description: text }) => [name, { text, all: [] }]));
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      const name = item[method].tags?.[0] ?? 'Others';
      if (!groups.has(name)) groups.set(name, { text: '', all: [] });
      groups.get(name).all.push(operation(method, path, item[method], item.parameters));
    }
  }
  for (const [name, { text, all }] of groups) {
    if (all.length === 0) continue;
    document
      .querySelector('#groups')
      .append(
        element('section', { className: 'group' }, element('h2', {}, name), element('p', { className: 'note' }, text), ...all),
      );
  }
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  if (wanted instanceof HTMLDetailsElement) {
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

try {
  const answer = await fetch('../openapi?format=json', { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`/q/openapi answered ${answer.status}`);
  description = await answer.json();
  show();
} catch (failure) {
  document.querySelector('#failure').textContent = String(failure);
}
