// How to call each route so that nothing but the caller is at fault: what its path names, what it asks for, what it carries. A test checks
// that it says so of every route that there is.
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';

/** What paths name, by their parameters. */
export const NAMED = {
  application: 'room-report',
  instance: 'hidden-report',
  user: 'somebody',
  session: 'unknown',
  token: 'unknown',
  project: 'beta',
  secret: 'hidden-secret',
  action: 'hidden-action',
  notice: 'unknown',
  calendar: 'holidays',
  channel: 'e-mail',
  node: 'local',
  provider: 'unknown',
  sensor: 'unknown',
  type: 'unknown',
  request: 'unknown',
  record: 'r',
  silence: 'unknown',
  route: 'unknown',
} as const;

/** Those whose names are made when they are. */
export interface MadeNames {
  readonly package: string;
  readonly other: string;
  readonly job: string;
  readonly task: string;
  readonly subject: string;
}

/** Bodies of the routes that demand one; `file` is an instance file of the application that is there. */
export function bodies(file: unknown): Partial<Record<RouteName, unknown>> {
  const weak = { password: 'short' };
  return {
    ...{ createInstance: file, applyInstance: file, updateInstance: file, previewFile: file },
    ...{ applySensors: {}, setNodeRecovery: { mode: 'off' }, recoverNode: { step: 'retire' } },
    ...{ adoptMachine: { provider: 'unknown', machine: 'unknown' }, growFleet: { count: 1 } },
    ...{ usePackage: { package: 'unknown' }, stopJob: {}, addNode: { address: 'ssh://127.0.0.1:1' } },
    ...{ applyChannel: { kind: 'webhooks' }, testChannel: { to: 'unknown' }, refuseSensorRequest: { reason: 'none' } },
    addProvider: { name: 'cloud', access: { kind: 'command', status: ['/nonexistent'] } },
    claim: { secret: 'unknown', name: 'ana', displayName: 'Ana', ...weak },
    signIn: { name: 'somebody', ...weak },
    ...{ lookAtInvitation: { secret: 'unknown' }, acceptInvitation: { secret: 'unknown', ...weak } },
    ...{ askReset: { name: 'unknown' }, changeMe: { displayName: 'Me' }, changePassword: { old: 'a', new: 'b' } },
    makeMyToken: { name: 'mine', permissions: ['jobs:read'], projects: null, expiresInMs: null },
    makeToken: { name: 'ci', permissions: ['jobs:read'], projects: null, expiresInMs: null },
    ...{ addUser: { name: 'ana' }, changeUser: {}, inviteUser: {} },
    setUserAccess: { administrator: false, memberships: {}, disabled: false },
    ...{ addProject: { name: 'gamma' }, changeProject: { description: '' }, moveApplication: { project: 'alpha' } },
    ...{ silenceAlerts: { reason: 'test', forMs: 1000 }, putAlertRoute: { channel: 'smtp', to: ['a@example.org'] } },
    ...{ putSecret: { value: 'x' }, putPlatformSecret: { value: 'x' } },
  };
}

/** Queries of the routes that demand one. */
export const QUERIES: Partial<Record<RouteName, Readonly<Record<string, string>>>> = {
  whyOccurrence: { at: '2027-01-31T08:00:00Z' },
  readPackageFile: { path: 'app_config.json' },
  searchLog: { text: 'x' },
};

/** The names of the parameters in a path. */
export function parametersOf({ path }: Pick<Route, 'path'>): readonly string[] {
  return path.split('/').flatMap((part) => (part.startsWith(':') ? [part.slice(1)] : []));
}

/** Of each route that cannot be called as this table says: what is missing. */
export function missingCalls(file: unknown): readonly string[] {
  const sent = bodies(file);
  return (Object.entries(ROUTES) as [RouteName, Route][]).flatMap(([name, { path, query, body }]) => {
    const known = [...Object.keys(NAMED), 'package', 'other', 'job', 'task', 'subject'];
    const unnamed = parametersOf({ path }).filter((parameter) => !known.includes(parameter));
    const badQuery = query && !query.safeParse(QUERIES[name] ?? {}).success ? [`${name} needs a query`] : [];
    const needsBody = typeof body === 'string' ? body === 'instance-file' : body && !body.safeParse(sent[name]).success;
    const noBody = needsBody && sent[name] === undefined ? [`${name} needs a body`] : [];
    const badBody =
      needsBody && typeof body !== 'string' && sent[name] !== undefined ? [`${name} needs another body`] : [];
    return [...unnamed.map((parameter) => `${name} names a ${parameter}`), ...badQuery, ...noBody, ...badBody];
  });
}
