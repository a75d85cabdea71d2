// Which components are moved, where to, and that they are not moved about.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideLeftovers, decideMove, type MovableProcess } from '../../../src/monitoring/decide-move.ts';
import { MoveController } from '../../../src/monitoring/move-controller.ts';
import type { PlacedComponent } from '../../../src/ports/component-host.ts';
import { aComponent, monitoringWorld } from './monitoring-world.ts';

const process = (id: string, machine: string, over: Partial<MovableProcess> = {}): MovableProcess => ({
  ...{ id, machine, roles: ['scheduler'], isLost: false, lostForMs: 0, ...over },
});
const dying = (name: string) => ({ name, roles: ['nodes' as const], restarts: 9, keepsDying: true });
const gone = { isLost: true, lostForMs: 300_000 };

describe('a component is moved', () => {
  test('when its supervisor says that it keeps dying, to the machine with the fewest', () => {
    const processes = [
      process('a', 'm1', { supervised: [dying('b')] }),
      process('c', 'm2'),
      process('d', 'm2'),
      process('e', 'm3'),
    ];
    expect(decideMove(processes, ['m1', 'm2', 'm3'])).toEqual([
      {
        ...{ from: 'm1', to: 'm3', name: 'b', why: 'It died again and again on m1, 9 times so far.' },
        placed: { name: 'b--on-m3', roles: ['nodes'], like: 'b' },
      },
    ]);
  });

  test('when nothing is heard of its whole machine for minutes', () => {
    const processes = [process('a', 'm1', gone), process('b', 'm2')];
    expect(decideMove(processes, ['m2']).map(({ placed }) => placed.name)).toEqual(['a--on-m2']);
  });

  test.each([
    [
      'its machine is silent only for a moment',
      [process('a', 'm1', { ...gone, lostForMs: 299_999 }), process('b', 'm2')],
    ],
    [
      'others of its machine live: its supervisor does',
      [process('a', 'm1', gone), process('b', 'm1'), process('c', 'm2')],
    ],
    ['it was moved already', [process('a', 'm1', gone), process('a--on-m2', 'm2')]],
    ['it was moved here and dies here too', [process('x', 'm2', { supervised: [dying('b--on-m2')] })]],
    ['it does well', [process('a', 'm1', { supervised: [{ ...dying('a'), keepsDying: false }] }), process('b', 'm2')]],
  ])('not when %s', (_, processes) => {
    expect(decideMove(processes, ['m1', 'm2'])).toEqual([]);
  });

  test('not when there is no other machine', () => {
    expect(decideMove([process('a', 'm1', { supervised: [dying('b')] })], ['m1'])).toEqual([]);
  });

  test('never to where it was, never twice, and never again once it is placed', () => {
    const machine = fc.constantFrom('m1', 'm2', 'm3');
    const some = fc.array(fc.record({ machine, isLost: fc.boolean(), dies: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(some, fc.uniqueArray(machine), (made, machines) => {
        const processes = made.map((each, index) =>
          process(`p${index}`, each.machine, {
            ...{ isLost: each.isLost, lostForMs: each.isLost ? 400_000 : 0 },
            supervised: each.dies ? [dying(`d${index}`)] : [],
          }),
        );
        const moves = decideMove(processes, machines);
        expect(new Set(moves.map(({ name }) => name)).size).toBe(moves.length);
        for (const { from, to } of moves)
          expect([machines.some((each) => each === to), from === to]).toEqual([true, false]);
        const placed = moves.map(({ placed: { name }, to }) => process(name, to));
        expect(decideMove([...processes, ...placed], machines)).toEqual([]);
      }),
    );
  });
});

describe('what was moved and is still where it was', () => {
  const moved = process('b--on-m2', 'm2');
  const before = process('a', 'm1', { supervised: [dying('b'), dying('a')] });

  test('is taken away from there as long as its successor lives', () => {
    expect(decideLeftovers([before, moved])).toEqual([{ machine: 'm1', name: 'b' }]);
    expect(decideLeftovers([before, { ...moved, ...gone }])).toEqual([]);
  });

  test('is told once, by however many of its machine', () => {
    expect(decideLeftovers([before, { ...before, id: 'c' }, moved])).toHaveLength(1);
  });

  test('leaves everything else alone, and its successor', () => {
    const after = process('c', 'm2', { supervised: [dying('b--on-m2'), dying('c')] });
    expect(decideLeftovers([process('a', 'm1', { supervised: [dying('a')] }), moved, after])).toEqual([]);
  });
});

test('a machine that could not be told is told when it is back, and nobody waits for the one that died there', async () => {
  const made = await monitoringWorld();
  const answers = { isThere: false };
  const host = {
    machines: async () => ['m2'],
    place: async () => {},
    remove: async () => {
      if (!answers.isThere) throw new Error('unreachable');
    },
  };
  await made.store.create('component', aComponent({ id: 'b', machine: 'm1', supervised: [dying('b')] }));
  await made.store.create('component', aComponent({ id: 'b--on-m2', machine: 'm2' }));
  const controller = new MoveController({ ...made, host });
  await controller.reconcile('all', made.clock.now());
  expect(await made.store.get('component', 'b')).toBeDefined();
  answers.isThere = true;
  await controller.reconcile('all', made.clock.now() + 15_000);
  expect(await made.store.get('component', 'b')).toBeUndefined();
});

test('what is moved is started there before it is taken away here, and told', async () => {
  const made = await monitoringWorld();
  const acts: string[] = [];
  const host = {
    machines: async () => ['m1', 'm2'],
    place: async (machine: string, { name }: PlacedComponent) => void acts.push(`place ${name} on ${machine}`),
    remove: async (machine: string, name: string) => {
      acts.push(`remove ${name} from ${machine}`);
      throw new Error('unreachable');
    },
  };
  await made.store.create('component', aComponent({ id: 'a', supervised: [dying('b')] }));
  const controller = new MoveController({ ...made, host });
  await controller.reconcile('all', made.clock.now());
  await controller.reconcile('all', made.clock.now() + 15_000);
  expect(acts).toEqual(['place b--on-m2 on m2', 'remove b from m1']);
  expect(made.events.map(({ kind }) => kind)).toEqual(['component.moved']);
});
