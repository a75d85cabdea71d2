// What one route of the API is, without the schemas of what it carries.

/** What a caller must be allowed to do. */
export type Permission =
  | 'platform:read'
  | 'applications:read'
  | 'applications:write'
  | 'instances:read'
  | 'instances:write'
  | 'jobs:read'
  | 'jobs:write'
  | 'logs:read'
  | 'nodes:read'
  | 'nodes:write'
  | 'events:read'
  | 'actions:read'
  | 'actions:write'
  | 'channels:read'
  | 'channels:write'
  | 'inbox:read'
  | 'inbox:write'
  | 'users:read'
  | 'users:write'
  | 'sensors:read'
  | 'sensors:write'
  | 'sensors:approve'
  /** To be the device of the sensor that the path names: the credential of the sensor itself, and no token. */
  | 'device';

/** One route without its schemas. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
}
