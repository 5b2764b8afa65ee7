// A page that does what matters here as LibreChat's does: requests by XMLHttpRequest with a bearer
// that is renewed when a request is refused, React Query 4 below #root, LibreChat's query keys, and
// no refetching of its own.
const conversationId = new URLSearchParams(location.search).get('c');
let bearer = new URLSearchParams(location.search).get('token');
window.refreshes = 0;
window.seenAt = {};

function send(method, url, responseType = '') {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = responseType;
    request.setRequestHeader('Authorization', `Bearer ${bearer}`);
    request.onload = () => done(request);
    request.onerror = failed;
    request.send();
  });
}

// All requests that are refused at the same time wait for one new token, as LibreChat's do.
let refreshing;
async function refresh() {
  window.refreshes++;
  const refreshed = await send('POST', '/api/auth/refresh');
  bearer = JSON.parse(refreshed.responseText).token;
  refreshing = undefined;
  window.dispatchEvent(new CustomEvent('tokenUpdated', { detail: bearer }));
}

async function get(url) {
  const used = bearer;
  let answer = await send('GET', url);
  if (answer.status === 401) {
    if (used === bearer) await (refreshing ??= refresh());
    answer = await send('GET', url);
  }
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  return JSON.parse(answer.responseText);
}

if (window.React) {
  const { createElement: h } = React;
  const { QueryClient, QueryClientProvider, useQuery } = ReactQuery;
  const still = { refetchOnWindowFocus: false, refetchOnReconnect: false, refetchOnMount: false, retry: false };
  const client = new QueryClient();

  // While an answer is generated, LibreChat throws away what a refetch brings.
  window.generate = (on) => {
    window.generating = on;
  };
  const readMessages = async () => {
    const fresh = await get(`/api/messages/${conversationId}`);
    return window.generating ? client.getQueryData(['messages', conversationId]) : fresh;
  };

  // Pictures and links of Markdown, one a line. As in LibreChat, a link to files/<user>/<id>/<name>
  // is fetched with the bearer and saved.
  const download = async (event, path) => {
    event.preventDefault();
    const [, user, id, name] = path.split('/');
    const answer = await send('GET', `/api/files/download/${user}/${id}`, 'blob');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.response);
    link.download = decodeURIComponent(name);
    link.click();
  };
  const markdown = (line, key) => {
    const [, picture, label, address] = line.match(/^(!?)\[(.*)\]\(([^)\s]+)\)$/) ?? [];
    if (address === undefined) return line;
    const text = label.replace(/\\(.)/g, '$1');
    if (picture) return h('img', { key, src: address, alt: text });
    return address.startsWith('files/')
      ? h('a', { key, href: address, onClick: (event) => download(event, address) }, text)
      : h('a', { key, href: address, target: '_blank' }, text);
  };
  // An answer of the agent has its words in content.
  const parts = (content) => (content ?? []).map((part) => part.text?.value ?? part.text ?? '').join('\n');
  const words = (text) => {
    const lines = text.split('\n').map(markdown);
    return lines.some((line) => typeof line !== 'string')
      ? lines.map((line, i) => (typeof line === 'string' ? h('p', { key: i }, line) : line))
      : text;
  };
  // A call of a tool stands in content between the words: its name, what the agent gave it, and its result.
  const call = ({ name, args, output }, key) => h('div', { key, className: 'call' },
    h('strong', null, `Ran ${name.split('_mcp_')[0]}`), h('code', null, args), h('pre', null, output));
  const shown = (one) => (one.content ?? []).some((part) => part.type === 'tool_call')
    ? one.content.map((part, i) => (part.type === 'tool_call' ? call(part.tool_call, i) : h('p', { key: i }, words(part.text))))
    : words(one.text || parts(one.content));

  const Chat = () => {
    const { data = [] } = useQuery(['messages', conversationId], readMessages, still);
    return h('ol', { id: 'chat' }, data.map((one) => h(
      'li',
      { key: one.messageId, className: one.isCreatedByUser ? 'mine' : 'theirs', 'data-sender': one.sender },
      shown(one),
    )));
  };
  const Sidebar = () => {
    const { data = [] } = useQuery(['allConversations', { isArchived: false }], () => get('/api/convos'), still);
    return h('ul', { id: 'sidebar' }, data.map((one) => h('li', { key: one.conversationId }, `${one.title} ${one.updatedAt.$date}`)));
  };
  const App = () => h(React.StrictMode, null, h('main', null, h(Sidebar), h(Chat)));
  ReactDOM.createRoot(document.getElementById('root')).render(
    h(QueryClientProvider, { client }, h('div', { className: 'theme' }, h(App))),
  );
  new MutationObserver(() => {
    for (const line of document.querySelectorAll('#chat li')) window.seenAt[line.textContent] ??= Date.now();
  }).observe(document.body, { subtree: true, childList: true });
} else if (bearer) {
  get('/api/convos');
}
