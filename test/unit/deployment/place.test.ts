// Jobs that ask for a place, and the places where nodes are.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePlacement } from '../../../src/deployment/decide-placement.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { demandOf } from '../../../src/deployment/waiting-line.ts';
import { isWithin } from '../../../src/model/location.ts';
import { aJob, aNode, aNodeStatus, aSpec, T0 } from '../../builders/jobs.ts';

const rules = { cpuOvercommit: 2, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };

/** Where a job goes that asks for a location, by the location of each node. */
function placed(location: string | null, nodes: Readonly<Record<string, string | undefined>>) {
  const fleet = new FleetView();
  for (const [id, place] of Object.entries(nodes)) {
    fleet.written('node', id, aNode(id, { labels: place === undefined ? {} : { location: place } }));
    fleet.written('nodeStatus', id, aNodeStatus(id));
  }
  const demand = demandOf(aJob({ spec: aSpec({ location }) }), null);
  return decidePlacement(fleet, { demand, copiesOn: new Map(), avoid: null, before: [], rules }, T0);
}

describe('a place', () => {
  test.each([
    ['campus/a', 'campus/a', true],
    ['campus/a/room-1', 'campus/a', true],
    ['campus/ab', 'campus/a', false],
    ['campus', 'campus/a', false],
    ['other/campus/a', 'campus/a', false],
    ['/campus//a/', 'campus/a', true],
    ['Campus/a', 'campus/a', false],
    [undefined, 'campus/a', false],
    ['', 'campus/a', false],
  ])('%s lies in %s: %s', (place, wider, lies) => {
    expect(isWithin(place, wider)).toBe(lies);
  });

  test('lies in itself and in everything wider, and in nothing beside or below', () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,6}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), fc.nat(5), name, (path, cut, other) => {
        const place = path.join('/');
        const wider = path.slice(0, 1 + (cut % path.length));
        expect(isWithin(place, wider.join('/'))).toBe(true);
        expect(isWithin(place, `${place}/${other}`)).toBe(false);
        const beside = [...wider.slice(0, -1), `${wider.at(-1)}${other}`].join('/');
        expect(isWithin(place, beside)).toBe(false);
      }),
    );
  });
});

describe('a job that asks for a place', () => {
  test('goes to a node there, or deeper, and to no other', () => {
    const { chosen, verdicts } = placed('campus/a', { n1: 'campus/ab', n2: 'campus/a/room-1', n3: undefined });
    expect(chosen).toBe('n2');
    expect(verdicts.map(({ node, refused }) => [node, refused])).toEqual([
      ['n1', 'is at campus/ab, not in campus/a'],
      ['n2', undefined],
      ['n3', 'has no label location, campus/a is asked'],
    ]);
  });

  test('waits where there is none, and says why', () => {
    expect(placed('roof', { n1: 'cellar', n2: undefined }).sentence).toBe(
      'None of 2 nodes can take it: n1 is at cellar, not in roof; n2 has no label location, roof is asked.',
    );
  });

  test('goes anywhere when it asks for none', () => {
    expect(placed(null, { n1: 'cellar' }).chosen).toBe('n1');
  });
});
