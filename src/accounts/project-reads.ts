// Projects, as they are known.
import { pages } from '../engine/shard-sweep.ts';
import { type Access, DEFAULT_PROJECT, mayEverywhere } from '../model/access.ts';
import type { Project } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';

/** A project with the names of the applications in it. */
export interface ProjectView {
  readonly project: Pick<Project, 'id' | 'description'> & { readonly createdAt: Project['createdAt'] | null };
  readonly applications: readonly string[];
}

const PAGE = 500;
const DEFAULT = {
  id: DEFAULT_PROJECT,
  description: 'Applications that nobody put into another project.',
  createdAt: null,
} as const;

/** Every project that somebody with this access may see, by name. */
export async function listProjects(store: Store, access: Access): Promise<readonly ProjectView[]> {
  const stored = await Array.fromAsync(pages(store, 'project', { limit: PAGE }));
  const all = stored.some(({ id }) => id === DEFAULT_PROJECT) ? stored : [DEFAULT, ...stored];
  const seen = all.filter(({ id }) => maySee(access, id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const applications = await applicationsByProject(store);
  return seen.map((project) => ({ project, applications: applications.get(project.id) ?? [] }));
}

/** One project. @throws request.not-found */
export async function showProject(store: Store, id: string): Promise<ProjectView> {
  const project = (await store.get('project', id))?.doc ?? (id === DEFAULT_PROJECT ? DEFAULT : undefined);
  if (!project) throw new BerthError('request.not-found', { what: 'project', id });
  return { project, applications: (await applicationsByProject(store)).get(id) ?? [] };
}

/** Whether somebody with this access sees a project. */
export function maySee(access: Access, project: string): boolean {
  return mayEverywhere(access, 'applications:read') || Object.hasOwn(access.projects, project);
}

/** Refuses names of projects that are not there. @throws request.not-found */
export async function requireProjects(store: Store, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (id === DEFAULT_PROJECT || (await store.get('project', id))) continue;
    throw new BerthError('request.not-found', { what: 'project', id });
  }
}

async function applicationsByProject(store: Store): Promise<ReadonlyMap<string, readonly string[]>> {
  const applications = await Array.fromAsync(pages(store, 'application', { limit: PAGE }));
  const names = applications.map(({ id, project = DEFAULT_PROJECT }) => ({ id, project }));
  return new Map(
    Map.groupBy(names, ({ project }) => project)
      .entries()
      .map(([project, all]) => [project, all.map(({ id }) => id)]),
  );
}
