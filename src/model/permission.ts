// What callers may be allowed to do, and which role gives what. The page docs/permissions.md is made from this and from the routes.

/** Permissions that are given project by project: what they are judged on belongs to an application, and that to a project. */
export const PROJECT_PERMISSIONS = [
  'applications:read',
  'applications:write',
  'instances:read',
  'instances:write',
  'jobs:read',
  'jobs:write',
  'logs:read',
  'events:read',
  'actions:read',
  'actions:write',
  'secrets:read',
  'secrets:write',
] as const;

/** Permissions on what the whole platform shares. */
export const PLATFORM_PERMISSIONS = [
  'platform:read',
  'nodes:read',
  'nodes:write',
  'sensors:read',
  'sensors:write',
  'sensors:approve',
  'calendars:read',
  'calendars:write',
  'schedules:write',
  'channels:read',
  'channels:write',
  'users:read',
  'users:write',
  'projects:write',
  'tokens:write',
  'platform-secrets:read',
  'platform-secrets:write',
  'settings:read',
  'alerts:read',
  'alerts:write',
  'metrics:read',
  'platform-logs:read',
  'audit:read',
  'backups:write',
] as const;

/** A permission that is given project by project. */
export type ProjectPermission = (typeof PROJECT_PERMISSIONS)[number];

/** A permission on what the whole platform shares. */
export type PlatformPermission = (typeof PLATFORM_PERMISSIONS)[number];

/** What a caller may be allowed to do. */
export type Permission = ProjectPermission | PlatformPermission;

/** What somebody is in a project, from the source documents; an administrator is one of the whole platform and may do everything. */
export type ProjectRole = 'developer' | 'configurer' | 'user';

const USER: readonly Permission[] = [
  'platform:read',
  'applications:read',
  'instances:read',
  'jobs:read',
  'logs:read',
  'events:read',
  'actions:read',
  'sensors:read',
  'calendars:read',
];

const CONFIGURER: readonly Permission[] = [
  ...USER,
  'nodes:read',
  'instances:write',
  'jobs:write',
  'actions:write',
  'secrets:read',
];

/** What each role gives: a user sees, a configurer says what runs and when, a developer uploads and keeps secrets too. */
export const ROLE_PERMISSIONS: Readonly<Record<ProjectRole, readonly Permission[]>> = {
  user: USER,
  configurer: CONFIGURER,
  developer: [...CONFIGURER, 'applications:write', 'secrets:write'],
};

/** Whether a permission is given project by project. */
export function isProjectPermission(permission: Permission): permission is ProjectPermission {
  return (PROJECT_PERMISSIONS as readonly string[]).includes(permission);
}
