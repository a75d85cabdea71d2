// The page of who may do what, made from the routes and the roles: docs/permissions.md. A test calls every route as everybody and
// compares.
import {
  isProjectPermission,
  type Permission,
  PLATFORM_PERMISSIONS,
  PROJECT_PERMISSIONS,
  type ProjectRole,
  ROLE_PERMISSIONS,
} from '../../model/permission.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';

const ROLES: readonly ProjectRole[] = ['developer', 'configurer', 'user'];

const INTRODUCTION = `# Who may do what

This page is made from the program by \`npm run docs\`. A test calls every route as everybody and compares the answers with it.

An **administrator** may do everything. Everybody else is something in single projects: a **developer** uploads applications and keeps
their secrets, a **configurer** says what runs and when, a **user** looks. An account without a role may look after itself and nothing else.
Every application is in one project, and what belongs to it (packages, instances, jobs, tasks, outputs, logs, actions, events, secrets)
is judged by that project. Nodes, sensors, calendars, channels and accounts are the platform's.

A token does what its owner may at the time, and of that only what the token says: permissions, and projects if it is limited to some.
A token that belongs to nobody stands for itself.

## Answers

* Without a valid token or session: 401.
* To what the caller may not do: 403, \`account.not-allowed\`.
* To an object that the caller may not even look at: 404, the same answer as to one that is not there.
* Lists and live streams hold what the caller may look at, and nothing else. Events that belong to no application are for those who may
  read events everywhere.
* A live stream is judged again every ten seconds, and ends with the right to it.

`;

const TABLE_HEAD = `## Routes

*yes*: everywhere; *own projects*: in projects where the role is held; *own account*: for oneself. "Judged on" tells which object of the
path decides; *listed*: the answer holds only what may be seen; *body*: the application that the body names decides.

| Route | Method | Path | Permission | Judged on | Administrator | Developer | Configurer | User | No role | Not signed in |
|---|---|---|---|---|---|---|---|---|---|---|
`;

/** The page as Markdown. */
export function permissionsPage(): string {
  const rows = Object.entries<Endpoint>(ENDPOINTS).map(([name, endpoint]) => routeRow(name, endpoint));
  return `${INTRODUCTION}${permissionTable()}\n${TABLE_HEAD}${rows.join('')}`;
}

function permissionTable(): string {
  const row = (permission: Permission) =>
    `| \`${permission}\` | yes | ${ROLES.map((role) => given(role, permission)).join(' | ')} |\n`;
  const rows = [...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS].map(row);
  return `## Permissions\n\n| Permission | Administrator | Developer | Configurer | User |\n|---|---|---|---|---|\n${rows.join('')}`;
}

function routeRow(name: string, { method, path, permission, on }: Endpoint): string {
  const cells = [`\`${name}\``, method, `\`${path}\``, `\`${permission}\``, on ?? '–', ...whoMay({ permission, path })];
  return `| ${cells.join(' | ')} |\n`;
}

/** For administrators, each role, accounts without one, and whoever is not signed in. */
function whoMay({ permission, path }: Pick<Endpoint, 'permission' | 'path'>): readonly string[] {
  if (permission === 'public') return ['yes', 'yes', 'yes', 'yes', 'yes', 'yes'];
  if (permission === 'device') return ['–', '–', '–', '–', '–', "the sensor's device"];
  const self = 'own account';
  if (permission === 'self') return [path.includes(':user') ? 'yes' : self, self, self, self, self, '–'];
  return ['yes', ...ROLES.map((role) => given(role, permission)), '–', '–'];
}

function given(role: ProjectRole, permission: Permission): string {
  if (!ROLE_PERMISSIONS[role].includes(permission)) return '–';
  return isProjectPermission(permission) ? 'own projects' : 'yes';
}
