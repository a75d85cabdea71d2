// What each role may do on the brokers: the topics that it writes and reads, and the groups that it takes part in.
import type { Role } from '../model/role.ts';
import { ROLES } from '../model/role.ts';
import type { Topic } from '../ports/bus.ts';

/** Who writes and who reads a topic; `outside`: programs of people, as far as somebody lets them. */
export interface TopicUse {
  readonly writes: readonly (Role | 'outside')[];
  readonly reads: readonly (Role | 'outside')[];
}

/** Something that a user may do with a topic or a group. Reading and writing include seeing that it is there. */
export interface BusGrant {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** `prefixed`: everything whose name begins like this. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: 'Read' | 'Write' | 'Create';
}

/** A process's account on brokers that the initializer runs. */
export interface BrokerAccount {
  readonly user: string;
  readonly password: string;
  readonly grants: readonly BusGrant[];
}

/** Who uses each topic. Hints between processes go to and come from every role. */
export const TOPIC_USES: Readonly<Record<Topic, TopicUse>> = {
  'berth.deploy.requests': { writes: ['scheduler', 'api', 'outside'], reads: ['deployment'] },
  'berth.deploy.acknowledgements': { writes: ['deployment'], reads: ['outside'] },
  'berth.deploy.events': { writes: ROLES, reads: ['outside'] },
  'berth.node.status': { writes: ['nodes'], reads: ['outside'] },
  'berth.sensor.readings': { writes: ['sensors'], reads: ['api', 'nodes', 'outside'] },
  'berth.actions': { writes: ['sensors'], reads: ['outside'] },
  'berth.heartbeats': { writes: ROLES, reads: ['monitoring', 'outside'] },
  'berth.client.requests': { writes: ['outside'], reads: ['api'] },
  'berth.client.replies': { writes: ['api'], reads: ['outside'] },
  'berth.changes': { writes: ROLES, reads: ROLES },
  'berth.wakes': { writes: ROLES, reads: ROLES },
};

const EVERY_TOPIC = Object.keys(TOPIC_USES) as readonly Topic[];

/** The topics that some roles write or read, which their process opens the bus with. */
export function topicsOf(roles: readonly Role[]): readonly Topic[] {
  const isOurs = (user: Role | 'outside') => user !== 'outside' && roles.includes(user);
  return EVERY_TOPIC.filter((topic) => [...TOPIC_USES[topic].writes, ...TOPIC_USES[topic].reads].some(isOurs));
}

/** What the user of a role needs: its topics, where their dead go, its shards, its groups. `prefix` is that of the platform's address. */
export function grantsOf(role: Role, prefix: string): readonly BusGrant[] {
  const may = (operation: BusGrant['operation'], name: string): BusGrant => {
    return { resource: 'topic', name: `${prefix}${name}`, pattern: 'literal', operation };
  };
  const topics = topicsOf([role]).flatMap((topic) => [
    may('Create', topic),
    ...(TOPIC_USES[topic].writes.includes(role) ? [may('Write', topic)] : []),
    ...(TOPIC_USES[topic].reads.includes(role) ? [may('Read', topic)] : []),
    may('Create', `${topic}.dead`),
    may('Write', `${topic}.dead`),
  ]);
  const group = { resource: 'group', operation: 'Read' } as const;
  return [
    ...topics,
    may('Create', 'berth.shards'),
    may('Read', 'berth.shards'),
    { ...group, name: `${prefix}berth.role.${role}`, pattern: 'literal' },
    { ...group, name: `${prefix}berth.${role}.`, pattern: 'prefixed' },
  ];
}

/** What a process of several roles needs: what each of them does, once. */
export function grantsOfAll(roles: readonly Role[], prefix: string): readonly BusGrant[] {
  const all = roles.flatMap((role) => grantsOf(role, prefix));
  return [...new Map(all.map((grant) => [Object.values(grant).join(' '), grant])).values()];
}

/** The words for `kafka-acls` that give a user what a role needs, in as few calls as it takes; where to connect goes before them. */
export function aclArguments(user: string, grants: readonly BusGrant[]): readonly (readonly string[])[] {
  const calls = Object.values(Object.groupBy(grants, ({ operation, pattern }) => `${operation} ${pattern}`));
  return calls.flatMap((alike = []) => {
    const [first] = alike;
    if (!first) return [];
    const how = ['--operation', first.operation, '--resource-pattern-type', first.pattern];
    const names = alike.flatMap(({ resource, name }) => [`--${resource}`, name]);
    return [['--add', '--allow-principal', `User:${user}`, ...how, ...names]];
  });
}
