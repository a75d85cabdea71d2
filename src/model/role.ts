// What a process of the platform may do. One process does all of it by default; spread over machines, each process has some of the roles.

/** Every role. */
export const ROLES = ['api', 'scheduler', 'deployment', 'nodes', 'servers', 'sensors', 'monitoring'] as const;

/**
 * `api`: the HTTP edge, the console, accounts, applications. `scheduler`: instances become jobs. `deployment`: jobs become tasks. `nodes`: all that
 * touches a node, and images. `servers`: the machines under nodes. `sensors`: devices, readings, actions. `monitoring`: components and alerts.
 */
export type Role = (typeof ROLES)[number];

/** Which role looks after the keys of each prefix. */
export const ROLE_OF_PREFIX: Readonly<Record<string, Role>> = {
  instance: 'scheduler',
  calendar: 'scheduler',
  schedules: 'scheduler',
  gapsweep: 'scheduler',
  job: 'deployment',
  fleet: 'deployment',
  historysweep: 'deployment',
  task: 'nodes',
  node: 'nodes',
  image: 'nodes',
  imagesweep: 'nodes',
  logsweep: 'nodes',
  server: 'servers',
  order: 'servers',
  scale: 'servers',
  binding: 'sensors',
  registration: 'sensors',
  readingsweep: 'sensors',
  action: 'sensors',
  actionsweep: 'sensors',
  secretkeys: 'api',
  accountsweep: 'api',
  auditsweep: 'api',
  eventsweep: 'api',
  component: 'monitoring',
  alerts: 'monitoring',
  alertsweep: 'monitoring',
  componentlogsweep: 'monitoring',
  moves: 'monitoring',
};
