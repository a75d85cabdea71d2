import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JobSensorNeeds, MissingSensorPolicy } from '../../../src/model/binding.ts';
import type { RegistrationRequest, Sensor, SensorState } from '../../../src/model/sensor.ts';
import type { BindingSnapshot } from '../../../src/sensors/binding-snapshot.ts';
import { decideBinding, endedBinding } from '../../../src/sensors/decide-binding.ts';
import { aThermometer, aTypeOf, needsOfSensors } from '../../builders/bindings.ts';
import { T0 } from '../../builders/jobs.ts';
import { aBinding } from '../../builders/sensors.ts';

type Known = readonly [id: string, state: SensorState, over?: Partial<Sensor>];

function snapshot(
  needs: JobSensorNeeds,
  known: readonly Known[],
  over: Partial<BindingSnapshot> = {},
): BindingSnapshot {
  const devices = known.map(([id, state, more]) => ({ sensor: aThermometer(id, more), state }));
  return {
    job: { id: 'j', instance: 'room-abc123', shard: 3 },
    needs,
    types: new Set(['temperature', 'fan']),
    devices: new Map(devices.map((device) => [device.sensor.id, device])),
    requests: new Map(),
    before: null,
    ...over,
  };
}

const decide = (needs: JobSensorNeeds, known: readonly Known[], over: Partial<BindingSnapshot> = {}) =>
  decideBinding(snapshot(needs, known, over), T0);

const two = (missing: MissingSensorPolicy = 'wait', query: { location?: string; tags?: string[] } = {}) =>
  needsOfSensors({ air: ['temperature', 2] }, { missing, sensors: { air: { by: 'query', query } } });
const named = (ids: readonly string[], missing: MissingSensorPolicy = 'wait') =>
  needsOfSensors({ air: ['temperature', ids.length] }, { missing, sensors: { air: { by: 'id', sensors: ids } } });

const openRequest = (id: string): RegistrationRequest => ({
  id,
  wish: { kind: 'type', type: aTypeOf('radar') },
  packages: [],
  application: 'room',
  state: 'open',
  decision: null,
  createdAt: T0,
});

describe('a name that is bound by a query', () => {
  test('gets the sensors of its type that are online, in the order of their ids', () => {
    const binding = decide(two(), [
      ['t-3', 'online'],
      ['t-1', 'online'],
      ['t-2', 'online'],
      ['fan-1', 'online', { type: 'fan' }],
    ]);
    expect(binding).toMatchObject({
      id: 'j',
      state: 'bound',
      sensors: { air: ['t-1', 't-2'] },
      nextAt: null,
      shard: 3,
    });
    expect(binding.reason).toBe('air is t-1 and t-2, of 3 temperature sensors');
  });

  test('gets only those at its place, or deeper, and with all of its tags', () => {
    const at = (location: string, ...tags: string[]) => ({ location, tags });
    const binding = decide(two('wait', { location: 'campus/a', tags: ['indoor'] }), [
      ['t-1', 'online', at('campus/ab', 'indoor')],
      ['t-2', 'online', at('campus/a')],
      ['t-3', 'online', at('campus/a', 'indoor', 'new')],
      ['t-4', 'online', at('campus/a/room-1', 'indoor')],
    ]);
    expect(binding.sensors).toEqual({ air: ['t-3', 't-4'] });
    expect(binding.reason).toBe('air is t-3 and t-4, of 2 temperature sensors in campus/a with the tag indoor');
  });

  test('never shares a sensor with another name, and leaves each what only it can use', () => {
    const needs = needsOfSensors(
      { any: ['temperature', 1], north: ['temperature', 1] },
      { sensors: { north: { by: 'query', query: { location: 'north' } } } },
    );
    const binding = decide(needs, [
      ['t-1', 'online', { location: 'north' }],
      ['t-2', 'online'],
    ]);
    expect(binding.sensors).toEqual({ any: ['t-2'], north: ['t-1'] });
  });

  test('does not take a sensor that another name has by its id', () => {
    const needs = needsOfSensors(
      { any: ['temperature', 1], mine: ['temperature', 1] },
      { sensors: { mine: { by: 'id', sensors: ['t-1'] } } },
    );
    expect(
      decide(needs, [
        ['t-1', 'online'],
        ['t-2', 'online'],
      ]).sensors,
    ).toEqual({ any: ['t-2'], mine: ['t-1'] });
    expect(decide(needs, [['t-1', 'online']]).reason).toContain('t-1 is taken by another name');
  });

  test('may steer the device that another name reads', () => {
    const needs = needsOfSensors({ speed: ['fan', 1] }, {}, { fan: 'fan' });
    const binding = decide(needs, [['fan-1', 'online', { type: 'fan' }]]);
    expect(binding).toMatchObject({ state: 'bound', sensors: { speed: ['fan-1'] }, controls: { fan: ['fan-1'] } });
  });
});

describe('names that stand for sensors by their ids', () => {
  test('get them in the order of the instance', () => {
    const binding = decide(named(['t-2', 't-1']), [
      ['t-1', 'online'],
      ['t-2', 'online'],
    ]);
    expect(binding.sensors).toEqual({ air: ['t-2', 't-1'] });
    expect(binding.reason).toBe('air is t-2 and t-1, as the instance says');
  });

  test('may stand for the same one', () => {
    const needs = needsOfSensors(
      { a: ['temperature', 1], b: ['temperature', 1] },
      { sensors: { a: { by: 'id', sensors: ['t-1'] }, b: { by: 'id', sensors: ['t-1'] } } },
    );
    expect(decide(needs, [['t-1', 'online']]).sensors).toEqual({ a: ['t-1'], b: ['t-1'] });
  });
});

describe('a sensor that is missing', () => {
  test.each<[string, readonly Known[], string]>([
    ['not registered', [], 't-2 is not registered'],
    ['disabled', [['t-2', 'online', { enabled: false }]], 't-2 is disabled'],
    ['silent', [['t-2', 'silent']], 't-2 is silent'],
    ['offline', [['t-2', 'offline']], 't-2 is offline'],
    ['never heard of', [['t-2', 'unknown']], 't-2 was never heard of'],
    ['of another type', [['t-2', 'online', { type: 'fan' }]], 't-2 is of the type fan'],
  ])('because it is %s is waited for, or the job is refused', (_, known, why) => {
    const all: readonly Known[] = [['t-1', 'online'], ...known];
    const waiting = decide(named(['t-1', 't-2']), all);
    expect(waiting).toMatchObject({ state: 'waiting', nextAt: T0 + 30_000 });
    expect(waiting.reason).toBe(`waits for its sensors: air needs 2 temperature sensors and has 1 (t-1): ${why}`);
    const refused = decide(named(['t-1', 't-2'], 'refuse'), all);
    expect(refused).toMatchObject({ state: 'refused', nextAt: null });
    expect(refused.reason).toContain(`it does not run without: air needs`);
  });

  test('is done without, if the instance says so; one that was never heard of is given after those that are online', () => {
    const short = decide(two('run-without'), [
      ['t-1', 'silent'],
      ['t-2', 'online'],
    ]);
    expect(short).toMatchObject({ state: 'bound', sensors: { air: ['t-2'] } });
    expect(short.reason).toBe('air needs 2 temperature sensors and has 1 (t-2): t-1 is silent, and it runs without');
    const unknown = decide(two('run-without'), [
      ['t-1', 'unknown'],
      ['t-2', 'online'],
    ]);
    expect(unknown.sensors).toEqual({ air: ['t-2', 't-1'] });
  });

  test('is told with those that are there, a few by name', () => {
    const silent = Array.from({ length: 8 }, (_, index): Known => [`t-${index}`, 'silent']);
    const { reason } = decide(two(), silent);
    expect(reason).toMatch(/has none: t-0 is silent, .* t-4 is silent, 3 more are not there either$/);
    expect(decide(two(), []).reason).toMatch(/has none: no other is registered$/);
  });
});

describe('a type that a package wishes for', () => {
  const needs = (missing: MissingSensorPolicy) => needsOfSensors({ sky: ['radar', 1] }, { missing });
  const requests = new Map([['type:radar', openRequest('type:radar')]]);

  test.each<[MissingSensorPolicy, string]>([
    ['wait', 'waiting'],
    ['refuse', 'waiting'],
    ['run-without', 'bound'],
  ])('and nobody has decided on: with %s the job is %s', (missing, state) => {
    expect(decide(needs(missing), [], { requests }).state).toBe(state);
  });

  test('is named in the reason, and so is who refused it', () => {
    expect(decide(needs('wait'), [], { requests }).reason).toBe(
      'waits for its sensors: sky is of the sensor type radar, which is not registered yet: an administrator has to decide on the request type:radar',
    );
    const decision = { by: 'ann', at: T0, reason: 'there is none' };
    const refused = new Map([['type:radar', { ...openRequest('type:radar'), state: 'refused' as const, decision }]]);
    expect(decide(needs('refuse'), [], { requests: refused })).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('which was refused by ann: there is none'),
    });
  });
});

describe('a binding', () => {
  test('that was decided stays, whatever becomes of its sensors', () => {
    const before = aBinding('j', { sensors: { air: ['t-9'] } });
    expect(decide(two(), [['t-1', 'online']], { before })).toBe(before);
  });

  test('that waits is written again only when what it says has changed, and looked at less often with time', () => {
    const before = decide(two(), [['t-1', 'silent']]);
    expect(decideBinding(snapshot(two(), [['t-1', 'silent']], { before }), T0 + 60_000)).toBe(before);
    const later = decideBinding(snapshot(two(), [['t-1', 'offline']], { before }), T0 + 120_000);
    expect(later).toMatchObject({ createdAt: T0, updatedAt: T0 + 120_000, nextAt: T0 + 240_000 });
  });

  test('of a job that ended before its sensors came says so', () => {
    const ended = endedBinding(decide(two(), []), T0 + 5);
    expect(ended).toMatchObject({ state: 'refused', nextAt: null });
    expect(ended.reason).toMatch(/^the job ended before its sensors were there: waits/);
  });

  const known = fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.constantFrom<SensorState>('online', 'unknown', 'silent', 'offline'),
      fc.record({
        enabled: fc.boolean(),
        type: fc.constantFrom('temperature', 'fan'),
        location: fc.constantFrom('', 'x', 'x/y'),
      }),
    ),
    { selector: ([id]) => id },
  );
  const count = fc.integer({ min: 1, max: 3 });
  const policy = fc.constantFrom<MissingSensorPolicy>('wait', 'run-without', 'refuse');

  test('is the same for the same sensors in any order, gives no sensor twice, and only those that are there', () => {
    fc.assert(
      fc.property(known, count, count, policy, (sensors, one, other, missing) => {
        const needs = needsOfSensors(
          { near: ['temperature', one], any: ['temperature', other] },
          { missing, sensors: { near: { by: 'query', query: { location: 'x' } } } },
        );
        const binding = decide(needs, sensors);
        expect(decide(needs, sensors.toReversed())).toEqual(binding);
        const given = [...(binding.sensors.near ?? []), ...(binding.sensors.any ?? [])];
        expect(new Set(given).size).toBe(given.length);
        for (const id of given) {
          const [, state, facts] = sensors.find(([each]) => each === id) ?? [];
          expect(facts).toMatchObject({ enabled: true, type: 'temperature' });
          expect(state === 'online' || (missing === 'run-without' && state === 'unknown')).toBe(true);
        }
        const isWhole = given.length === one + other;
        expect(binding.state).toBe(
          isWhole || missing === 'run-without' ? 'bound' : { wait: 'waiting', refuse: 'refused' }[missing],
        );
      }),
      { numRuns: 300 },
    );
  });
});
