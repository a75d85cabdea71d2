// A listening API with two projects, people of every role, and one of everything that belongs to an application of the first project.
import { beginSession } from '../../../src/accounts/session-requests.ts';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import type { Token, User } from '../../../src/model/account.ts';
import { INDEXES, type Kind } from '../../../src/model/kinds.ts';
import type { ProjectRole } from '../../../src/model/permission.ts';
import { aTask, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { type ApiWorld, call, openApi } from './api-world.ts';
import { exampleInstance, exampleZip } from './example-zip.ts';
import { bodies, type MadeNames, NAMED, parametersOf, QUERIES } from './route-calls.ts';

/** What everybody else must never read. */
export const HIDDEN = ['room-report', 'hidden'] as const;

/** Headers by which somebody calls. */
export type Credentials = Readonly<Record<string, string>>;

/** What a route answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Of a stream, nothing: it is left as soon as it begins. */
  readonly text: string;
  readonly code: string | undefined;
}

/** A world in which everybody may be asked to call everything. */
export interface AccessWorld extends ApiWorld {
  readonly url: string;
  readonly names: MadeNames;
  readonly file: Record<string, unknown>;
  /** A person who is signed in. */
  signIn(user: string): Promise<Credentials>;
  addUser(name: string, over: Partial<User>): Promise<void>;
  tokenOf(over: Partial<Pick<Token, 'permissions' | 'user' | 'projects' | 'expiresAt'>>): Promise<Credentials>;
  /** Calls a route; `over` stands for what the path names. */
  ask(name: RouteName, by: Credentials, over?: Readonly<Record<string, string>>): Promise<Answered>;
  /** Makes everything as it was when somebody was last given credentials, or took them away. */
  restore(): Promise<void>;
  /** Takes away all credentials of a person. */
  signOutEverywhere(user: string): Promise<void>;
}

/** Opens the world. Its people: `admin`, and for each role one of the project alpha, called like it; `stranger`, a developer of beta; `nobody`. */
export async function openAccessWorld(): Promise<AccessWorld> {
  const world = await openApi();
  const url = await world.server.listen({ host: '127.0.0.1', port: 0 });
  const { store, clock, random } = world.parts;
  const addUser = async (name: string, over: Partial<User>) => {
    const details = { displayName: name, email: null, mailsNotices: false, createdAt: clock.now() };
    await store.create('user', { id: name, ...details, ...over });
  };
  for (const id of ['alpha', 'beta']) await store.create('project', { id, description: '', createdAt: clock.now() });
  await addUser('admin', { administrator: true });
  const roles: readonly ProjectRole[] = ['developer', 'configurer', 'user'];
  for (const role of roles) await addUser(role, { memberships: { alpha: role } });
  await addUser('stranger', { memberships: { beta: 'developer' } });
  await addUser('nobody', {});
  await addUser('somebody', {});
  const { names, file } = await addHidden(world);
  let kept = await everything(world);
  const zip = await exampleZip();
  return {
    ...world,
    ...{ url, names, file, addUser },
    signIn: async (user) => {
      const { cookie } = await beginSession({ store, clock, random }, user, { address: '127.0.0.1', agent: 'test' });
      kept = await everything(world);
      return { cookie: `berth_session=${cookie}`, 'berth-console': '1' };
    },
    tokenOf: async (over) => {
      const { token, doc } = makeToken(world.parts, { name: 'ci', permissions: ['*'], expiresAt: null, ...over });
      await store.create('token', doc);
      kept = await everything(world);
      return { authorization: `Bearer ${token}` };
    },
    ask: (name, by, over = {}) => ask({ url, names, file, zip }, name, by, over),
    restore: () => putBack(world, kept),
    signOutEverywhere: async (user) => {
      for (const kind of ['session', 'token'] as const) {
        const { items } = await store.list(kind, { where: { user }, orderBy: 'createdAt', limit: 100 });
        for (const { doc, version } of items) await store.delete(kind, doc.id, version);
      }
      kept = await everything(world);
    },
  };
}

/** One of everything that belongs to an application of the project alpha, and an application of beta with nothing. */
async function addHidden(world: ApiWorld) {
  const { store, clock } = world.parts;
  const { package: id } = await call(world, 'pushPackage', { zip: await exampleZip() });
  const application = await store.get('application', NAMED.application);
  if (!application) throw new Error('the example was not pushed');
  await store.update('application', { ...application.doc, project: 'alpha' }, application.version);
  const { createdAt } = application.doc;
  await store.create('application', {
    ...application.doc,
    id: 'open-app',
    currentPackage: 'none',
    project: 'beta',
    createdAt,
  });
  const file = { ...(await exampleInstance('watch')), name: NAMED.instance };
  await call(world, 'createInstance', { body: file });
  const { id: jobId } = await call(world, 'runInstance', { params: { instance: NAMED.instance } });
  const job = await store.get('job', jobId);
  if (!job) throw new Error('there is no job');
  const task = aTask(job.doc, 0, 1, 'local');
  await store.create('task', task);
  await store.create('taskStatus', aTaskStatus(task));
  await addNotes(world, { job: jobId, task: task.id, instance: job.doc.instance });
  await world.parts.nodes.ensureLocalNode('/nowhere.sock');
  await store.create('ledger', { id: 'local', claim: jobId, reservations: [] });
  await store.create('event', {
    ...{ id: 'zz-hidden', at: clock.now(), kind: 'x', subject: 'application:room-report', evidence: {} },
    ...{ application: NAMED.application, text: 'hidden' },
  });
  const names: MadeNames = { package: id, other: id, job: jobId, task: task.id, subject: jobId };
  return { names, file };
}

/** An action, an output, a secret, and a wish for a sensor. */
async function addNotes({ parts: { store } }: ApiWorld, of: { job: string; task: string; instance: string }) {
  const order = { kind: 'notify', title: 'hidden', text: 'hidden', severity: 'info' } as const;
  const times = { requestedAt: T0, expiresAt: T0 + 1000, shard: 0 };
  const { application } = NAMED;
  await store.create('action', { id: NAMED.action, ...of, application, key: 'hidden', order, ...times });
  await store.create('secret', {
    ...{ id: `${application}/${NAMED.secret}`, application, name: NAMED.secret, sealed: 'x', key: 'k' },
    ...{ version: 1, updatedAt: T0, by: 'admin' },
  });
}

interface Callable extends Pick<AccessWorld, 'url' | 'names' | 'file'> {
  readonly zip: Buffer;
}

async function ask(
  { url, names, file, zip }: Callable,
  name: RouteName,
  by: Credentials,
  over: Readonly<Record<string, string>>,
): Promise<Answered> {
  const route: Route = ROUTES[name];
  const known: Readonly<Record<string, string>> = { ...NAMED, ...names, ...over };
  const path = parametersOf(route).reduce(
    (so, word) => so.replace(`:${word}`, encodeURIComponent(known[word] ?? 'unknown')),
    route.path,
  );
  const query = new URLSearchParams(QUERIES[name] ?? {});
  const left = new AbortController();
  const response = await fetch(`${url}${path}?${query}`, {
    method: route.method,
    signal: left.signal,
    ...sentBody(name, route, { file, zip }, by),
  });
  if (route.answer === 'stream' && response.ok) {
    left.abort();
    return { status: response.status, headers: response.headers, text: '', code: undefined };
  }
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  const code = isJson ? (JSON.parse(text) as { error?: { code?: string } }).error?.code : undefined;
  return { status: response.status, headers: response.headers, text, code };
}

function sentBody(
  name: RouteName,
  { method, body }: Route,
  { file, zip }: Pick<Callable, 'file' | 'zip'>,
  by: Credentials,
) {
  if (method === 'GET') return { headers: { ...by } };
  const json = bodies(file)[name];
  const typed = (type: string, contents: string | Uint8Array<ArrayBuffer>) => ({
    headers: { ...by, 'content-type': type },
    body: contents,
  });
  if (body === 'zip') return typed('application/zip', new Uint8Array(zip));
  if (body === 'calendar') return typed('text/calendar', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
  return json === undefined ? { headers: { ...by } } : typed('application/json', JSON.stringify(json));
}

type Kept = ReadonlyMap<string, { readonly kind: Kind; readonly doc: object & { readonly id: string } }>;

/** What is recorded and what is only observed need not be put back. */
const LEFT: readonly Kind[] = ['auditEntry', 'auditOutcome', 'event', 'nodeStatus'];

async function everything({ parts: { store } }: ApiWorld): Promise<Kept> {
  const kinds = (Object.keys(INDEXES) as Kind[]).filter((kind) => !LEFT.includes(kind));
  const lists = await Promise.all(
    kinds.map(async (kind) => (await store.list(kind, { limit: 1000 })).items.map(({ doc }) => ({ kind, doc }))),
  );
  return new Map(lists.flat().map((each) => [`${each.kind}:${each.doc.id}`, each]));
}

async function putBack({ parts: { store } }: ApiWorld, kept: Kept): Promise<void> {
  for (const { kind, doc } of kept.values()) {
    const stored = await store.get(kind, doc.id);
    if (stored && JSON.stringify(stored.doc) === JSON.stringify(doc)) continue;
    await (stored ? store.update(kind, doc as never, stored.version) : store.create(kind, doc as never));
  }
}
