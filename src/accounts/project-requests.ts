// What administrators may ask of projects.
import { changeDocument, changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { DEFAULT_PROJECT } from '../model/access.ts';
import type { Project } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { endDocument } from './end-document.ts';
import { requireProjects, showProject } from './project-reads.ts';

/** What requests about projects need. */
export interface ProjectRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
}

const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PAGE = 500;

/** Adds a project. @throws project.name-invalid, project.name-taken */
export async function addProject(parts: ProjectRequestParts, id: string, description: string): Promise<void> {
  if (!NAME.test(id)) throw new BerthError('project.name-invalid', { name: id.slice(0, 100) });
  if (id === DEFAULT_PROJECT) throw new BerthError('project.name-taken', { name: id });
  try {
    await parts.store.create('project', { id, description, createdAt: parts.clock.now() });
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('project.name-taken', { name: id }, { cause: error });
    throw error;
  }
  await tell(parts, id, 'added');
}

/** Describes a project anew. @throws request.not-found */
export async function changeProject(parts: ProjectRequestParts, id: string, description: string): Promise<void> {
  await requireProjects(parts.store, [id]);
  await changeDocument(parts.store, 'project', id, (before) => ({
    ...(before ?? { id, createdAt: parts.clock.now() }),
    description,
  }));
  await tell(parts, id, 'changed');
}

/**
 * Removes a project that holds no applications, with the roles in it and the limits of tokens to it, so that a later one of its name
 * begins with nobody. @throws request.not-found, project.default, project.in-use, platform.store-conflict
 */
export async function removeProject(parts: ProjectRequestParts, id: string): Promise<void> {
  const { store } = parts;
  if (id === DEFAULT_PROJECT) throw new BerthError('project.default', { project: id });
  const stored = await store.get('project', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'project', id });
  await requireEmpty(store, id);
  await endDocument(store, 'project', id);
  await keepIfFilled(store, stored.doc);
  await takeRoles(store, id);
  await takeFromTokens(store, id);
  await tell(parts, id, 'removed');
}

/** Puts an application into a project. @throws request.not-found for either */
export async function moveApplication(parts: ProjectRequestParts, application: string, project: string): Promise<void> {
  const { store, recordEvent } = parts;
  await requireProjects(store, [project]);
  const before = (await store.get('application', application))?.doc.project ?? DEFAULT_PROJECT;
  await changeExisting(store, 'application', application, (found) => ({ ...found, project }));
  try {
    await requireProjects(store, [project]);
  } catch (error) {
    // Removed meanwhile: its remover looks again after that as well, so one of the two always sees the other.
    await changeExisting(store, 'application', application, (found) => ({ ...found, project: before }));
    throw error;
  }
  const text = `The application ${application} was moved from the project ${before} to ${project}.`;
  await recordEvent({ kind: 'application.moved', subject: `application:${application}`, application, text });
}

/** @throws project.in-use */
async function requireEmpty(store: Store, id: string): Promise<void> {
  const [application] = (await showProject(store, id)).applications;
  if (application !== undefined) throw new BerthError('project.in-use', { project: id, application });
}

/** Puts a project back into which somebody moved an application meanwhile. @throws project.in-use */
async function keepIfFilled(store: Store, project: Project): Promise<void> {
  for await (const { id: application, project: of } of pages(store, 'application', { limit: PAGE })) {
    if (of !== project.id) continue;
    await changeDocument(store, 'project', project.id, (there) => there ?? project);
    throw new BerthError('project.in-use', { project: project.id, application });
  }
}

async function takeRoles(store: Store, project: string): Promise<void> {
  for await (const { id, memberships } of pages(store, 'user', { limit: PAGE })) {
    if (memberships === undefined || !Object.hasOwn(memberships, project)) continue;
    await changeExisting(store, 'user', id, (user) => ({
      ...user,
      memberships: Object.fromEntries(Object.entries(user.memberships ?? {}).filter(([name]) => name !== project)),
    }));
  }
}

async function takeFromTokens(store: Store, project: string): Promise<void> {
  for await (const { id, projects } of pages(store, 'token', { limit: PAGE })) {
    if (!projects?.includes(project)) continue;
    await changeExisting(store, 'token', id, (token) => ({
      ...token,
      projects: (token.projects ?? []).filter((name) => name !== project),
    }));
  }
}

function tell({ recordEvent }: ProjectRequestParts, id: string, what: 'added' | 'changed' | 'removed'): Promise<void> {
  return recordEvent({ kind: `project.${what}`, subject: `project:${id}`, text: `The project ${id} was ${what}.` });
}
