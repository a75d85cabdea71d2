// What a caller may do, and where: of the whole platform, or in single projects.
import { isProjectPermission, type Permission, type ProjectRole, ROLE_PERMISSIONS } from './permission.ts';

/** The project of applications that nobody put into another. */
export const DEFAULT_PROJECT = 'default';

/** What a caller may do. `*` is every permission. */
export interface Access {
  /** On what the platform shares, and in every project. */
  readonly everywhere: readonly string[];
  /** In single projects besides. */
  readonly projects: Readonly<Record<string, readonly string[]>>;
}

/** Who calls, as every handler sees it. */
export interface Caller {
  /** As records name it: a person's user name, or a token's name. */
  readonly name: string;
  /** The person behind it; null: a token that belongs to nobody. */
  readonly user: string | null;
  /** The session or token by which it calls, for the audit. */
  readonly by: { readonly kind: 'session' | 'token' | 'device' | 'nobody'; readonly id: string };
  readonly access: Access;
}

/** All there is. */
export const FULL_ACCESS: Access = { everywhere: ['*'], projects: {} };

/** Whether a permission is given on what the platform shares, and so in every project. */
export function mayEverywhere({ everywhere }: Access, permission: Permission): boolean {
  return everywhere.includes('*') || everywhere.includes(permission);
}

/** Whether a permission is given in a project. */
export function mayIn(access: Access, permission: Permission, project: string): boolean {
  return mayEverywhere(access, permission) || gives(givenIn(access, project), permission);
}

/** Whether a permission is given anywhere at all. */
export function mayAnywhere(access: Access, permission: Permission): boolean {
  return mayEverywhere(access, permission) || Object.values(access.projects).some((given) => gives(given, permission));
}

function givenIn({ projects }: Access, project: string): readonly string[] {
  return (Object.hasOwn(projects, project) ? projects[project] : undefined) ?? [];
}

function gives(given: readonly string[], permission: Permission): boolean {
  return isProjectPermission(permission) && (given.includes('*') || given.includes(permission));
}

/** What a person may do who has these roles. */
export function accessOf(administrator: boolean, memberships: Readonly<Record<string, ProjectRole>>): Access {
  if (administrator) return FULL_ACCESS;
  const given = Object.entries(memberships).map(([project, role]) => [project, ROLE_PERMISSIONS[role]] as const);
  const shared = given.flatMap(([, permissions]) =>
    permissions.filter((permission) => !isProjectPermission(permission)),
  );
  return {
    everywhere: [...new Set(shared)],
    projects: Object.fromEntries(given.map(([project, all]) => [project, all.filter(isProjectPermission)])),
  };
}

/** What both give: a token never does more than the person whom it belongs to may at the time. */
export function narrowed(access: Access, permissions: readonly string[], projects: readonly string[] | null): Access {
  const both = (given: readonly string[]) => {
    if (given.includes('*')) return permissions;
    return permissions.includes('*') ? given : given.filter((permission) => permissions.includes(permission));
  };
  if (projects === null)
    return {
      everywhere: both(access.everywhere),
      projects: Object.fromEntries(Object.entries(access.projects).map(([project, given]) => [project, both(given)])),
    };
  const everywhere = both(access.everywhere);
  const inProject = (project: string) => [...new Set([...everywhere, ...both(givenIn(access, project))])];
  return {
    everywhere: everywhere.filter((permission) => permission !== '*' && !isProjectPermission(permission as Permission)),
    projects: Object.fromEntries(projects.map((project) => [project, inProject(project)])),
  };
}
