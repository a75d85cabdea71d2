// Which object a path names for the audit, and how it stands.
import { auditState } from '../accounts/audit-state-reads.ts';
import type { AuditState } from '../model/audit.ts';
import type { Kind } from '../model/kinds.ts';
import type { Store } from '../ports/store.ts';

/** An object as the audit names it. */
export interface AuditedObject {
  readonly kind: Kind;
  readonly id: string;
}

/** The kinds of objects that parameters of paths tell; the last of a path counts. */
const KINDS: Readonly<Record<string, Kind>> = {
  application: 'application',
  package: 'package',
  instance: 'instance',
  job: 'job',
  action: 'action',
  calendar: 'calendar',
  node: 'node',
  provider: 'provider',
  sensor: 'sensor',
  type: 'sensorType',
  request: 'registrationRequest',
  channel: 'actionChannel',
  silence: 'alertSilence',
  route: 'alertRoute',
  user: 'user',
  token: 'token',
  session: 'session',
  project: 'project',
};

/** What a path names; null when it names nothing. */
export async function auditedObject(
  store: Store,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<AuditedObject | null> {
  const { secret, application } = params;
  if (secret !== undefined) return { kind: 'secret', id: `${application ?? 'platform:'}/${secret}` };
  const named = path
    .split('/')
    .flatMap((part) => (part.startsWith(':') ? [part.slice(1)] : []))
    .findLast((name) => KINDS[name] !== undefined);
  const kind = named === undefined ? undefined : KINDS[named];
  if (named === undefined || kind === undefined) return null;
  const id = params[named] ?? '';
  return { kind, id: kind === 'instance' ? await instanceId(store, id) : id };
}

/** The key of an object. */
export function objectKey({ kind, id }: AuditedObject): string {
  return `${kind}:${id}`;
}

/** How an object stands, without secrets; null when it is not there. */
export async function objectState(store: Store, { kind, id }: AuditedObject): Promise<AuditState> {
  const doc = (await store.get(kind, id))?.doc;
  if (doc === undefined) return null;
  if (!('files' in doc)) return auditState(doc);
  // A package never changes: its files need not stand here.
  const { files, ...rest } = doc;
  return auditState({ ...rest, files: files.length });
}

async function instanceId(store: Store, reference: string): Promise<string> {
  if (await store.get('instance', reference)) return reference;
  return (await store.get('instanceName', reference))?.doc.instance ?? reference;
}
