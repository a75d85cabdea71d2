// Brokers with TLS, names and access rules: each role's user gets as far as its grants, by every way of coming in.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { KafkaBus } from '../../src/adapters/kafka-bus/kafka-bus.ts';
import { aclArguments, type BusGrant, grantsOf, topicsOf } from '../../src/initializer/bus-grants.ts';
import type { Topic } from '../../src/ports/bus.ts';
import { request } from '../contracts/bus-contract.ts';
import { openKafkaBus } from '../contracts/kafka-buses.ts';
import { mustRun } from '../world/command.ts';
import { KAFKA_ADMIN, type KafkaAccess, startKafka, type TestKafka } from '../world/kafka.ts';
import { certificateIn } from '../world/own-certificate.ts';
import { until } from '../world/until.ts';

const USERS = { scheduler: 'of: the scheduler', deployment: 'of the deployment', stranger: 'of nobody' } as const;
const REQUESTS = 'berth.deploy.requests';
const READINGS = 'berth.sensor.readings';

let broker: TestKafka;
let access: KafkaAccess;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-test-'));
  access = { ...(await certificateIn(directory)), users: USERS };
  await rm(directory, { recursive: true, force: true });
  broker = await startKafka({ secure: access });
  // Kafka's own tool takes seconds for each call: what it does with our words is seen by one, the rest is given by the protocol.
  const isForTool = ({ operation, pattern }: BusGrant) => operation === 'Read' && pattern === 'literal';
  const [forTool, others] = partition(grantsOf('scheduler', ''), isForTool);
  await Promise.all([
    ...aclArguments('scheduler', forTool).map((words) => mustRun(broker.acls(...words))),
    grant('scheduler', others),
    grant('deployment', grantsOf('deployment', '')),
  ]);
});

afterAll(() => broker.destroy());

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

async function grant(role: string, grants: readonly BusGrant[]): Promise<void> {
  const { user: username, password } = KAFKA_ADMIN;
  const admin = new Admin({
    ...{ clientId: 'granter', bootstrapBrokers: [`127.0.0.1:${broker.port}`], tls: { ca: access.cert } },
    sasl: { mechanism: 'PLAIN', username, password },
  });
  const creations = grants.map(({ resource, name, pattern, operation }) => ({
    ...{ principal: `User:${role}`, host: '*', permissionType: AclPermissionTypes.ALLOW, resourceName: name },
    resourceType: resource === 'topic' ? ResourceTypes.TOPIC : ResourceTypes.GROUP,
    resourcePatternType: pattern === 'literal' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    operation: { Read: AclOperations.READ, Write: AclOperations.WRITE, Create: AclOperations.CREATE }[operation],
  }));
  await admin.createAcls({ creations });
  await admin.close();
}

interface Visitor {
  readonly user: string;
  readonly password: string;
  readonly sasl?: string;
  readonly topics: readonly Topic[];
}

async function come({ user, password, sasl, topics }: Visitor): Promise<KafkaBus> {
  const url = sasl === undefined ? broker.url : `${broker.url}?sasl=${sasl}`;
  const bus = await openKafkaBus(broker, '', {
    ...{ url, topics, credentials: { user, password }, certificates: access.cert },
  });
  onTestFinished(() => bus.close());
  return bus;
}

function comeAs(role: 'scheduler' | 'deployment', sasl?: string): Promise<KafkaBus> {
  const way = sasl === undefined ? {} : { sasl };
  return come({ user: role, password: USERS[role], topics: topicsOf([role]), ...way });
}

describe('Bus: Kafka with access rules', () => {
  test('with their grants the roles do their parts, by every way of coming in', async () => {
    const deployment = await comeAs('deployment');
    const seen: string[] = [];
    await deployment.subscribe(REQUESTS, 'deployment', async ({ message }) => void seen.push(message.id));
    const proposals: number[] = [];
    await deployment.share('deployment', (shards) => proposals.push(shards.length));
    for (const sasl of ['plain', 'scram-sha-256', 'scram-sha-512'])
      await (await comeAs('scheduler', sasl)).publish(REQUESTS, 'k', request(sasl));
    await until('the requests', 10_000, () => seen.length === 3 || undefined);
    expect(seen).toEqual(['plain', 'scram-sha-256', 'scram-sha-512']);
    expect(proposals).toEqual([64]);
  });

  test('the scheduler’s user may not read the readings of sensors, write them, or take part in another role', async () => {
    await come({ ...KAFKA_ADMIN, sasl: 'plain', topics: [READINGS] });
    const scheduler = await comeAs('scheduler');
    const forbidden = { code: 'bus.forbidden', retryable: false };
    const nothing = async () => undefined;
    await expect(scheduler.follow(READINGS, nothing)).rejects.toMatchObject(forbidden);
    await expect(scheduler.subscribe(READINGS, 'scheduler', nothing)).rejects.toMatchObject(forbidden);
    await expect(scheduler.subscribe(REQUESTS, 'deployment', nothing)).rejects.toMatchObject(forbidden);
    await expect(scheduler.share('sensors', () => {})).rejects.toMatchObject(forbidden);
    const reading = { sensor: 's', at: 1, values: {}, sequence: 1 };
    await expect(scheduler.publish(READINGS, 's', reading)).rejects.toMatchObject(forbidden);
  });

  test('a user without grants, a wrong password and a certificate that nobody trusts are told apart', async () => {
    const stranger = { user: 'stranger', password: USERS.stranger, topics: [REQUESTS] as const };
    await expect(come(stranger)).rejects.toMatchObject({ code: 'bus.forbidden' });
    await expect(come({ ...stranger, password: 'wrong' })).rejects.toMatchObject({ code: 'bus.login-refused' });
    const untrusting = openKafkaBus(broker, '', { url: broker.url, credentials: stranger });
    await expect(untrusting).rejects.toMatchObject({ code: 'bus.unreachable' });
    await expect(untrusting).rejects.toThrow('self-signed certificate');
  });
});
