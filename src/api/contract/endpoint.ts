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
  | 'events:read';

/** One route without its schemas. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
}
