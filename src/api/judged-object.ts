// The object that a path names: to which application it belongs, and whether the caller may do to it what the route does.
import { findInstance } from '../applications/instance-reads.ts';
import type { Caller } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import type { ProjectPermission } from '../model/permission.ts';
import type { Store } from '../ports/store.ts';
import type { JudgedOn } from './contract/endpoint.ts';
import { findLogSubject } from './log-subject.ts';
import { mayInProject, notAllowed, projectOf, readingOf } from './route-access.ts';

/** What a path names. */
export type NamedObject = Exclude<JudgedOn, 'listed' | 'body'>;

/** The path parameter that tells an object; what a refusal calls it; what whoever may look at it has. */
const OBJECTS: Readonly<
  Record<NamedObject, { readonly parameter: string; readonly what: string; readonly reading: ProjectPermission }>
> = {
  application: { parameter: 'application', what: 'app', reading: 'applications:read' },
  package: { parameter: 'package', what: 'package', reading: 'applications:read' },
  instance: { parameter: 'instance', what: 'instance', reading: 'instances:read' },
  job: { parameter: 'job', what: 'job', reading: 'jobs:read' },
  task: { parameter: 'task', what: 'task', reading: 'jobs:read' },
  log: { parameter: 'subject', what: 'log', reading: 'logs:read' },
  action: { parameter: 'action', what: 'action', reading: 'actions:read' },
};

/** What is asked of an object. */
export interface ObjectQuestion {
  readonly on: NamedObject;
  readonly permission: ProjectPermission;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Passes callers who may do it, and gives the application that the object belongs to. Whoever may not even look at the object is told
 * the same as of one that is not there. @throws request.not-found, account.not-allowed
 */
export async function judgeObject(store: Store, caller: Caller, question: ObjectQuestion): Promise<string> {
  const { on, permission, params } = question;
  const { parameter, what, reading } = OBJECTS[on];
  const id = params[parameter] ?? '';
  const hidden = () => new BerthError('request.not-found', { what, id });
  const application = await applicationOf(store, on, id);
  if (application === undefined) throw hidden();
  const project = await projectOf(store, application);
  const may = (wanted: ProjectPermission) => mayInProject(caller.access, wanted, project);
  if (may(permission)) return application;
  if (may(readingOf(permission)) || may(reading)) throw notAllowed(caller, permission);
  throw hidden();
}

/** The application that an object belongs to; undefined when there is no such object. */
async function applicationOf(store: Store, on: NamedObject, id: string): Promise<string | undefined> {
  if (on === 'instance') return applicationOfInstance(store, id);
  if (on === 'log') return applicationOfLog(store, id);
  if (on === 'application') return (await store.get('application', id))?.doc.id;
  if (on === 'package') return ((await store.get('package', id)) ?? (await store.get('image', id)))?.doc.application;
  return (await store.get(on, id))?.doc.application;
}

async function applicationOfInstance(store: Store, reference: string): Promise<string | undefined> {
  return orNothing(async () => (await findInstance(store, reference)).application);
}

async function applicationOfLog(store: Store, word: string): Promise<string | undefined> {
  return orNothing(async () => {
    const subject = await findLogSubject(store, word);
    const found = 'job' in subject ? await store.get('job', subject.job) : await store.get('task', subject.task);
    return found?.doc.application;
  });
}

async function orNothing(find: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof BerthError && error.code === 'request.not-found') return undefined;
    throw error;
  }
}
