// Every act that people ask for stands in the audit before it is done, with what came of it after.
import type { FastifyRequest } from 'fastify';
import { auditState } from '../accounts/audit-state-reads.ts';
import type { Caller } from '../model/access.ts';
import type { AuditState } from '../model/audit.ts';
import { type AuditedObject, auditedObject, objectKey, objectState } from './audited-object.ts';
import { clientOf } from './client-of.ts';
import { errorAnswer } from './error-answer.ts';
import type { RouteParts } from './exchange.ts';
import type { NamedRoute } from './named-route.ts';
import { projectOf } from './route-access.ts';

/** What things that were made are called. */
const IDS: readonly string[] = ['id', 'name', 'application', 'package'];
/** What is asked with a body though it keeps nothing. */
const KEEP_NOTHING: readonly string[] = ['checkPackage', 'previewFile'];

/** An act that somebody asks for. */
export interface AskedAct {
  readonly named: NamedRoute;
  readonly request: FastifyRequest;
  /** Of the object that the path names; null when it names none. */
  readonly application: string | null;
}

/** Whether a route does something. Readings of devices are data, and far too many. */
export function isAudited({ name, route: { method, permission } }: NamedRoute): boolean {
  return method !== 'GET' && permission !== 'device' && !KEEP_NOTHING.includes(name);
}

/** Does an act with its entry before and its outcome after. @throws audit.unwritten before it is done, and whatever the act throws */
export async function audited<T>(parts: RouteParts, asked: AskedAct, act: () => Promise<T>): Promise<T> {
  const { named, request } = asked;
  const object = await auditedObject(parts.store, named.route.path, paramsOf(request));
  const before = object && (await objectState(parts.store, object));
  const entry = await parts.audit.begin(await questionOf(parts, asked, object, before));
  const after = async (answer: unknown) => (object ? objectState(parts.store, object) : idsIn(answer));
  try {
    const answer = await act();
    await parts.audit.end(entry, { status: 200, code: null, after: await after(answer) });
    return answer;
  } catch (error) {
    const { status, body } = errorAnswer(error, { ...parts, log: SILENT }, request);
    await parts.audit.end(entry, { status, code: String(body.error.code), after: await after(undefined) });
    throw error;
  }
}

/** The answer is told to the log where it is sent. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

async function questionOf(
  { store }: RouteParts,
  { named, request, application }: AskedAct,
  object: AuditedObject | null,
  before: AuditState,
) {
  const { caller, query, body } = request;
  const sent = body === undefined || body === null || body === request.raw ? {} : { body };
  return {
    ...{ who: whoOf(caller), via: caller.by.id === '' ? null : `${caller.by.kind}:${caller.by.id}` },
    ...{ from: clientOf(request).address, act: named.name, object: object && objectKey(object), before },
    project: application === null ? projectIn(before) : await projectOf(store, application),
    asked: auditState({ ...paramsOf(request), ...(query as object), ...sent }),
  };
}

/** Whose doing it is. */
function whoOf({ name, user, by }: Caller): string {
  if (user !== null) return `user:${user}`;
  return by.kind === 'token' ? `token:${name}` : by.kind === 'nobody' ? 'nobody' : name;
}

function projectIn(before: AuditState): string | null {
  const project = before?.project;
  return typeof project === 'string' ? project : null;
}

/** Of something that was made, what it is called: an answer may hold what nobody is to see again. */
function idsIn(answer: unknown): AuditState {
  if (typeof answer !== 'object' || answer === null) return null;
  const ids = Object.entries(answer).filter(([key, value]) => IDS.includes(key) && typeof value === 'string');
  return ids.length === 0 ? null : Object.fromEntries(ids);
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  return params as Readonly<Record<string, string>>;
}
