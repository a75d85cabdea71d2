// What each role may do on the brokers.
import { describe, expect, test } from 'vitest';
import { groupName, roleGroup, TOPICS } from '../../../src/adapters/kafka-bus/topics.ts';
import { aclArguments, grantsOf, TOPIC_USES, topicsOf } from '../../../src/initializer/bus-grants.ts';
import { ROLES } from '../../../src/model/role.ts';

describe('grants on the brokers', () => {
  test('every topic is written and read by somebody', () => {
    for (const topic of TOPICS) {
      expect(TOPIC_USES[topic].writes, topic).not.toEqual([]);
      expect(TOPIC_USES[topic].reads, topic).not.toEqual([]);
    }
    expect(topicsOf(ROLES)).toEqual(TOPICS);
  });

  test('a role may read the topics that it uses, and no others', () => {
    for (const role of ROLES) {
      const read = grantsOf(role, '').filter(({ resource, operation }) => resource === 'topic' && operation === 'Read');
      const wanted = TOPICS.filter((topic) => TOPIC_USES[topic].reads.includes(role));
      expect(read.map(({ name }) => name)).toEqual([...wanted, 'berth.shards']);
    }
    expect(TOPIC_USES['berth.sensor.readings'].reads).not.toContain('scheduler');
    expect(TOPIC_USES['berth.client.requests'].reads).toEqual(['api']);
  });

  test('a role may take part in its groups, as the bus names them', () => {
    const groups = grantsOf('deployment', '').filter(({ resource }) => resource === 'group');
    expect(groups.map(({ name, pattern }) => [name, pattern])).toEqual([
      [roleGroup('deployment'), 'literal'],
      ['berth.deployment.', 'prefixed'],
    ]);
    expect(groupName('berth.deploy.requests', 'deployment')).toMatch(/^berth\.deployment\./);
  });

  test('the words for kafka-acls give all of it, in one call per kind', () => {
    const grants = grantsOf('scheduler', 'staging.');
    const calls = aclArguments('eva', grants);
    expect(calls).toHaveLength(4);
    for (const words of calls) expect(words.slice(0, 3)).toEqual(['--add', '--allow-principal', 'User:eva']);
    const names = calls.flatMap((words) => words.filter((word) => word.startsWith('staging.')));
    expect(names.toSorted()).toEqual(grants.map(({ name }) => name).toSorted());
    expect(calls.at(-1)?.slice(3)).toEqual([
      ...['--operation', 'Read', '--resource-pattern-type', 'prefixed', '--group', 'staging.berth.scheduler.'],
    ]);
  });
});
