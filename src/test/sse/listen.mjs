// Listens to a stream with one client library, and prints each event as a line of JSON.
//   node listen.mjs <library> <url with the token>
const [library, url] = process.argv.slice(2);
const EVENTS = ['connected', 'newMessage', 'resync', 'tokenExpired'];

const print = (name, id, data) => console.log(JSON.stringify({ name, id, data }));

async function standard(module) {
  const { EventSource } = await import(module);
  const source = new EventSource(url);
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => print(name, event.lastEventId, event.data));
  }
}

const libraries = {
  'eventsource 4': () => standard('eventsource'),
  'eventsource 3': () => standard('eventsource-3'),
  'eventsource-client': async () => {
    const { createEventSource } = await import('eventsource-client');
    createEventSource({ url, onMessage: ({ event, id, data }) => print(event, id, data) });
  },
};

await libraries[library]();
