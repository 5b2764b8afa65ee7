// Calls tools with the official MCP client: node call.mjs <url> <headers as JSON> <calls as JSON>.
// Prints one line of JSON for each call.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [urls, headers, calls] = process.argv.slice(2).map((argument) => JSON.parse(argument));

// Each request goes to the next of the replicas, as a proxy without stickiness sends it.
let next = 0;
const spread = (input, init) => {
  const url = new URL(input);
  const replica = new URL(urls[next++ % urls.length]);
  url.host = replica.host;
  return fetch(url, init);
};

const transport = new StreamableHTTPClientTransport(new URL(urls[0]), {
  requestInit: { headers },
  fetch: spread,
});
const client = new Client({ name: 'switchboard-test', version: '1.0.0' });
const errors = [];
client.onerror = (error) => errors.push(String(error));
await client.connect(transport);
const { tools } = await client.listTools();
console.log(JSON.stringify({
  server: client.getServerVersion().name,
  session: transport.sessionId ?? null,
  tools: tools.map((tool) => tool.name).sort(),
}));
for (const call of calls) {
  if (call.name === 'ping') {
    await client.ping();
    console.log(JSON.stringify({ text: 'pong' }));
    continue;
  }
  const result = await client.callTool(call);
  console.log(JSON.stringify({ isError: result.isError ?? false, text: result.content[0].text }));
}
await client.close();
console.log(JSON.stringify({ errors }));
