/**
 * The part of the operator's page about webhooks of other services: making, trying and changing
 * hooks, and their deliveries. Everything that comes from a service is set as text, never as markup.
 */

/** The services that the card offers: scheme, template, who makes the secret, the event's header. */
const SERVICES = {
  github: { each: 'pull request, issue, release or branch', label: 'GitHub', event: 'X-GitHub-Event', where: 'Repository → Settings → Webhooks; enter the address, the content type application/json and the secret' },
  gitlab: { each: 'merge request, issue or branch', label: 'GitLab', event: 'X-Gitlab-Event', where: 'Project → Settings → Webhooks; enter the secret as secret token' },
  stripe: { each: 'customer', label: 'Stripe', theirs: true, where: 'Developers → Webhooks; Stripe shows its signing secret (whsec_…)' },
  slack: { each: 'channel', label: 'Slack', theirs: true, where: 'Your app → Event Subscriptions; the signing secret is in Basic Information' },
  shopify: { each: 'order', label: 'Shopify', theirs: true, event: 'X-Shopify-Topic', where: 'Settings → Notifications → Webhooks; Shopify shows the secret below the list' },
  sentry: { each: 'issue', label: 'Sentry', theirs: true, event: 'Sentry-Hook-Resource', where: 'Settings → Developer Settings; the secret is the client secret of the integration' },
  grafana: { each: 'group of alerts', label: 'Grafana', where: 'Alerting → Contact points → Webhook; enter the secret in HMAC signature' },
  alertmanager: { each: 'group of alerts', label: 'Alertmanager', scheme: 'token', template: 'preset:alertmanager', where: 'In webhook_configs set http_config.authorization.credentials to the secret' },
  pagerduty: { each: 'incident', label: 'PagerDuty', theirs: true, where: 'Integrations → Generic Webhooks (v3); PagerDuty shows its secret once' },
  linear: { each: 'issue', label: 'Linear', theirs: true, event: 'Linear-Event', where: 'Settings → API → Webhooks; Linear shows its signing secret' },
  'uptime-kuma': { each: 'monitor', label: 'Uptime Kuma', scheme: 'token', template: 'preset:uptime-kuma', where: 'Notifications → Webhook, JSON, with the header Authorization: Bearer and the secret' },
  zoom: { label: 'Zoom', theirs: true, where: 'Your app → Feature → Event Subscriptions; the secret is the secret token of the app' },
  meta: { label: 'Meta (WhatsApp, Messenger, Instagram)', theirs: true, where: 'App → Webhooks; the secret is the app secret. Enter the verify token that this page shows at Meta' },
  zendesk: { label: 'Zendesk', theirs: true, where: 'Admin Center → Webhooks; Zendesk shows the signing secret' },
  typeform: { label: 'Typeform', where: 'Connect → Webhooks; enter the secret' },
  square: { label: 'Square', theirs: true, where: 'Developer Console → Webhooks; the secret is the signature key' },
  standard: { label: 'Standard Webhooks (Svix, Clerk, Resend, …)', theirs: true, where: 'The service shows a secret that begins with whsec_' },
  token: { label: 'Something else, with a token', where: 'Send the header Authorization: Bearer and the secret' },
  hmac: { label: 'Something else, with a signature', where: 'Send X-Signature: the HMAC-SHA256 of the body in hexadecimal digits' },
};

const STATES = { accepted: '', collected: '', appended: 'ok', skipped: 'warn', failed: 'fail' };
const NEW = '+'; // no hook has this name
const EVERY = 3_000; // ms between two requests for the deliveries

/** @param {object} page what page.js makes elements and requests with */
export function hooksView({ $, ask, make, note, moment, chat, table, toast, sure, act, list }) {
  let shown; // the hook that is shown
  let told; // the name and the secret of the hook that was made last: shown once
  let waiting; // the timer that looks for deliveries

  const path = (name, more = '') => `hooks/${encodeURIComponent(name)}${more}`;
  const link = (name) => make('a', { href: `#hooks/${encodeURIComponent(name)}` }, name);

  function service(hook) {
    const preset = hook.template?.startsWith('preset:') ? hook.template.slice('preset:'.length) : undefined;
    return SERVICES[preset]?.scheme === hook.scheme ? preset : hook.scheme;
  }

  async function show(chosen) {
    clearInterval(waiting);
    waiting = undefined;
    const name = chosen === undefined ? undefined : decodeURIComponent(chosen);
    $('hooks-all').hidden = name !== undefined;
    $('hooks-new').hidden = name !== NEW;
    $('hooks-one').hidden = name === undefined || name === NEW;
    if (name === undefined) await all();
    else if (name === NEW) begin();
    else await one(name);
  }

  function all() {
    return list(
      'hooks-list',
      'hooks',
      (items) =>
        table(
          [
            ['Hook', (hook) => link(hook.name)],
            ['Service', (hook) => SERVICES[service(hook)]?.label ?? hook.scheme],
            ['Owner', (hook) => hook.owner],
            ['State', (hook) => [hook.enabled ? 'on' : make('span', { class: 'badge warn' }, 'off'), hook.readOnly ? note('in the configuration') : '']],
          ],
          items,
        ),
      'No hooks yet.',
    );
  }

  // ── A new hook ────────────────────────────────────────────────────────────────────────────────

  function begin() {
    $('hook-form').reset();
    $('hook-error').textContent = '';
    chosen();
  }

  /** The form follows the service. */
  function chosen() {
    const known = SERVICES[$('hook-service').value];
    $('hook-where').textContent = known.where;
    $('hook-each').hidden = !known.each;
    $('hook-each-what').textContent = known.each ?? '';
    $('hook-own-thread').hidden = Boolean(known.each) && $('hook-each-one').checked;
    $('hook-their-secret').hidden = !known.theirs;
    $('hook-secret').required = Boolean(known.theirs);
  }

  async function create() {
    const id = $('hook-service').value;
    const known = SERVICES[id];
    const wanted = { name: $('hook-name').value.trim(), scheme: known.scheme ?? id };
    if (known.template) wanted.template = known.template;
    if (known.theirs) wanted.secrets = [$('hook-secret').value.trim()];
    if ($('hook-owner').value.trim()) wanted.owner = $('hook-owner').value.trim();
    if (known.each && $('hook-each-one').checked) wanted.thread = `preset:${id}`;
    else if ($('hook-thread').value.trim()) wanted.thread = $('hook-thread').value.trim();
    if ($('hook-digest').value) wanted.digest = $('hook-digest').value;
    if ($('hook-reply').checked) wanted.reply = true;
    const made = await ask('hooks', 'POST', wanted);
    told = { name: made.name, secret: made.secret };
    $('hook-secret').value = '';
    location.hash = `#hooks/${encodeURIComponent(made.name)}`;
  }

  // ── One hook ──────────────────────────────────────────────────────────────────────────────────

  function copy(text) {
    return act('Copy', async () => {
      await navigator.clipboard.writeText(text);
      toast('Copied.');
    });
  }

  function fact(label, ...content) {
    return make('div', {}, make('dt', {}, label), make('dd', {}, ...content.flatMap((one) => [one, ' '])));
  }

  async function one(name) {
    try {
      shown = await ask(path(name));
    } catch (failure) {
      $('hook-title').textContent = name;
      $('hook-facts').replaceChildren(make('p', { class: 'empty' }, failure.message));
      return;
    }
    const known = SERVICES[service(shown)];
    $('hook-title').textContent = shown.name;
    const facts = [
      fact('Address to enter at the service', make('code', { id: 'hook-url' }, shown.url), ' ', copy(shown.url)),
    ];
    if (told?.name === name && told.secret) {
      facts.push(fact('Secret, shown only now', make('code', { id: 'hook-made-secret' }, told.secret), ' ', copy(told.secret)));
    }
    if (shown.verifyToken) facts.push(fact('Verify token', make('code', {}, shown.verifyToken), ' ', copy(shown.verifyToken)));
    facts.push(
      fact('Service', known?.label ?? shown.scheme, known ? note(known.where) : ''),
      fact('Conversations', shown.conversationId ? chat(shown.conversationId) : threads(), note(`of ${shown.owner}`)),
      fact('State', shown.enabled ? 'on' : 'off', shown.digest ? note(`one message for the webhooks of ${shown.digest}`) : '', shown.reply ? note('the agent answers') : ''),
    );
    if (shown.when) facts.push(fact('Conditions', make('code', {}, JSON.stringify(shown.when))));
    $('hook-facts').replaceChildren(make('dl', { class: 'facts' }, ...facts));
    $('hook-acts').replaceChildren(...(shown.readOnly ? [note('This hook is in the configuration and can only be changed there.')] : buttons()));
    $('hook-template').value = shown.template ?? '';
    $('hook-template').disabled = shown.readOnly;
    $('hook-save').hidden = shown.readOnly;
    $('preview-result').replaceChildren();
    $('preview-error').textContent = '';
    await deliveries();
    waiting = setInterval(() => {
      if (document.hidden || $('view-hooks').hidden || $('hooks-one').hidden) return;
      if (!$('deliveries').querySelector('details[open]')) deliveries().catch(() => {});
    }, EVERY);
  }

  function threads() {
    if (!shown.thread) return 'one for the hook';
    const preset = SERVICES[shown.thread.replace(/^preset:/, '')];
    return shown.thread.startsWith('preset:') && preset?.each ? `one for each ${preset.each}` : make('code', {}, shown.thread);
  }

  function buttons() {
    return [
      act(shown.enabled ? 'Switch off' : 'Switch on', async () => {
        await change({ enabled: !shown.enabled });
        toast(shown.enabled ? 'The hook is on.' : 'The hook is off.');
      }),
      ' ',
      act('New secret', async () => {
        // A secret that such a service does not know would refuse all of its webhooks after 24 hours.
        const theirs = SERVICES[service(shown)]?.theirs;
        const secret = theirs ? prompt('The new secret that the service shows (16 to 512 characters)')?.trim() : undefined;
        if (theirs ? !secret : !(await sure('Make a new secret?', 'The old secret is valid for 24 hours more.', 'Make'))) return;
        const made = await ask(path(shown.name, '/secret'), 'POST', secret && { secret });
        if (theirs) toast('The secret is stored. The old secret is valid for 24 hours more.');
        told = { name: shown.name, secret: made.secret };
        await one(shown.name);
      }),
      ' ',
      act(
        'Remove',
        async () => {
          if (!(await sure('Remove this hook?', 'The next webhook of the service is answered with 404. The conversations stay.', 'Remove'))) return;
          await ask(path(shown.name), 'DELETE');
          toast('The hook is removed.');
          location.hash = '#hooks';
        },
        'danger',
      ),
    ];
  }

  async function change(fields) {
    const { name, url, secret, verifyToken, readOnly, createdAt, updatedAt, ...kept } = shown;
    const wanted = { ...kept, ...fields };
    if (!wanted.template) delete wanted.template;
    await ask(path(name), 'PUT', wanted);
    await one(name);
  }

  // ── The preview ───────────────────────────────────────────────────────────────────────────────

  async function preview() {
    const header = SERVICES[service(shown)]?.event;
    const event = $('preview-event').value.trim();
    const result = await ask(path(shown.name, '/preview'), 'POST', {
      headers: header && event ? { [header]: event } : {},
      body: $('preview-body').value,
    });
    const lines = [
      make(
        'p',
        { id: 'preview-verdict' },
        make('span', { class: `badge ${result.problem ? 'fail' : result.text ? 'ok' : 'warn'}` }, result.problem ? 'fails' : result.text ? 'goes into the chat' : 'is skipped'),
        ' ',
        result.problem ?? result.reason,
      ),
    ];
    if (result.thread) lines.push(make('p', {}, 'Conversation: ', make('code', {}, result.thread), result.title ? `, titled “${result.title}”` : ''));
    if (result.text) lines.push(make('pre', { id: 'preview-text' }, result.text));
    if (result.unknown) lines.push(note(`Not in the sample: ${result.unknown.join(', ')}`));
    $('preview-result').replaceChildren(...lines);
  }

  // ── The deliveries ────────────────────────────────────────────────────────────────────────────

  function deliveries() {
    const name = shown.name;
    return list(
      'deliveries',
      path(name, '/deliveries'),
      (items) =>
        table(
          [
            ['Received', (one) => moment(one.receivedAt, true) ?? ''],
            ['Event', (one) => one.event ?? '', 'event'],
            ['State', (one) => [make('span', { class: `badge ${STATES[one.state] ?? ''}` }, one.state), one.reason ? note(one.reason) : '']],
            ['Text', (one) => [one.text ? make('pre', {}, one.text) : '', details(one), chat(one.conversationId) ?? '']],
            ['', (one) => acts(name, one), 'acts'],
          ],
          items,
        ),
      'No delivery yet. This list shows the first delivery when it arrives.',
    );
  }

  function details(one) {
    const headers = Object.entries(one.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
    const body = one.body ?? (one.bytes ? `${one.bytes.toLocaleString()} bytes` : '');
    return make('details', {}, make('summary', {}, 'Headers and body'), make('pre', {}, [...headers, '', body].join('\n')));
  }

  function acts(name, one) {
    const found = [];
    if (one.body) {
      found.push(
        act('Use as sample', async () => {
          $('preview-body').value = one.body;
          $('preview-event').value = one.event ?? '';
          await preview();
          $('preview-body').focus();
        }),
        ' ',
      );
    }
    if (one.state === 'failed' || one.state === 'skipped') {
      found.push(
        act('Replay', async () => {
          await ask(path(name, `/deliveries/${encodeURIComponent(one.id)}/replay`), 'POST');
          toast('The delivery is processed again.');
          await deliveries();
        }),
      );
    }
    return found;
  }

  function leave() {
    clearInterval(waiting);
    waiting = told = shown = undefined;
    for (const id of ['hooks-list', 'hook-facts', 'hook-acts', 'deliveries', 'preview-result']) $(id).replaceChildren();
    for (const id of ['preview-body', 'preview-event', 'hook-template', 'hook-secret']) $(id).value = '';
  }

  /** A form whose failure is shown below its fields. */
  function onSubmit(form, error, work) {
    $(form).addEventListener('submit', async (event) => {
      event.preventDefault();
      $(error).textContent = '';
      const button = $(form).querySelector('[type=submit]');
      button.disabled = true;
      try {
        await work();
      } catch (failure) {
        $(error).textContent = failure.message;
      } finally {
        button.disabled = false;
      }
    });
  }

  for (const [id, known] of Object.entries(SERVICES)) $('hook-service').append(make('option', { value: id }, known.label));
  $('hook-service').addEventListener('change', chosen);
  $('hook-each-one').addEventListener('change', chosen);
  onSubmit('hook-form', 'hook-error', create);
  onSubmit('preview-form', 'preview-error', preview);
  onSubmit('template-form', 'template-error', async () => {
    await change({ template: $('hook-template').value.trim() });
    toast('The template is saved.');
  });

  return { show, leave };
}
