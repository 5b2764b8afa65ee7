// Connection strings of MongoDB.

const FORM = /^(mongodb(?:\+srv)?:\/\/)(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(\?.*)?$/;
const PORT = 27017;

function parts(uri) {
  const found = FORM.exec(uri);
  if (!found) {
    throw new Error('The connection string must begin with mongodb:// or mongodb+srv://');
  }
  const [, scheme, login, hosts, path, options = ''] = found;
  return { scheme, login, hosts, path, options };
}

/** The same server, with this database. */
export function withPath(uri, name) {
  const { scheme, login, hosts, options } = parts(uri);
  return `${scheme}${login === undefined ? '' : `${login}@`}${hosts}/${name}${options}`;
}

/** What a report may contain. */
export function withoutPassword(uri) {
  const { scheme, hosts } = parts(uri);
  return `${scheme}${hosts}`;
}

/** The ports of the server's members, as far as the connection string names them. */
export function portsOf(uri) {
  const { scheme, hosts } = parts(uri);
  return scheme === 'mongodb+srv://'
    ? [PORT]
    : [...new Set(hosts.split(',').map((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? PORT)))];
}
