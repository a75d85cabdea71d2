// Jobs that need a machine to themselves: they claim it, wait for it with a reason and an estimate, and give it back.
import { describe, expect, test } from 'vitest';
import type { Reservation } from '../../../src/model/node.ts';
import { aLedger, aNode, aReservation, T0 } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';

const MINUTE = 60_000;

/** A standalone job over machines that others use. */
function waiting(used: Readonly<Record<string, readonly Reservation[]>>): Story {
  const fleet = fleetOf(...Object.keys(used));
  for (const [id, reservations] of Object.entries(used)) fleet.written('ledger', id, aLedger(id, reservations));
  const story = new Story({ machine: 'standalone' }, fleet);
  story.decide();
  return story;
}

const until = (endsAt: number | null, task = 'other.0.1') => aReservation(task, { endsAt });

describe('a standalone job that waits is told when a machine may be free', () => {
  test.each<[string, Readonly<Record<string, readonly Reservation[]>>, string]>([
    [
      'at the end of the last job on the machine that is free first',
      {
        n1: [until(T0 + 90 * MINUTE)],
        n2: [until(T0 + 10 * MINUTE), until(T0 + 30 * MINUTE, 'more.0.1')],
        n3: [until(null)],
      },
      'n2 may be free at 08:30:00 UTC, when the last of what runs there is to end.',
    ],
    [
      'with the date, when it is not today',
      { n1: [until(T0 + 24 * 60 * MINUTE)] },
      'n1 may be free at 2026-11-23 08:00:00 UTC, when the last of what runs there is to end.',
    ],
    [
      'not at all while no end is known',
      { n1: [until(null)], n2: [aReservation('old.0.1')] },
      'When a machine will be free cannot be said: no end is known of what runs there.',
    ],
    [
      'in a moment, when what runs there is past its end',
      { n1: [until(T0)] },
      'n1 should be free in a moment: what runs there has come to its end.',
    ],
  ])('%s', (_, used, sentence) => {
    const { status } = waiting(used);
    expect(status.state).toBe('waiting');
    expect(status.reason).toContain('runs 1 other tasks');
    expect(status.reason).toMatch(new RegExp(`${sentence.replaceAll('.', '\\.')}$`));
  });

  test('of those alone that it could take', () => {
    const story = waiting({ n1: [until(T0 + MINUTE)], n2: [until(T0 + 5 * MINUTE)] });
    story.node('n1', { draining: true });
    story.decide();
    expect(story.status.reason).toContain('n2 may be free at 08:05:00 UTC');
    story.node('n2', { draining: true });
    story.decide();
    expect(story.status.reason).not.toContain('free');
  });

  test('with the same words as long as nothing changes', () => {
    const story = waiting({ n1: [until(T0 + MINUTE)] });
    story.now += 5000;
    expect(story.decide().steps).toEqual([]);
  });
});

test('a shared job is told when the standalone job that keeps it out is to end', () => {
  const other = new Story({}, fleetOf('n1'));
  other.fleet.written('ledger', 'n1', aLedger('n1', [until(T0 + MINUTE)], 'other'));
  other.decide();
  expect(other.status.reason).toContain('belongs to the standalone job other');
  expect(other.status.reason).toContain('n1 may be free at 08:01:00 UTC');
});

describe('a standalone job', () => {
  function claimed(): Story {
    const story = new Story({ machine: 'standalone', endsAt: T0 + MINUTE });
    story.decide();
    story.become('running');
    story.decide();
    return story;
  }
  const claims = ({ fleet, job }: Story) => ['n1', 'n2'].filter((id) => fleet.get(id)?.ledger?.claim === job.id);

  test('claims its machine, tells others its end, and releases it', () => {
    const story = claimed();
    expect(claims(story)).toEqual(['n1']);
    expect(story.fleet.get('n1')?.ledger?.reservations[0]?.endsAt).toBe(T0 + MINUTE);
    story.become('stopped');
    story.decide();
    expect([claims(story), story.status.state]).toEqual([[], 'stopped']);
  });

  test('claims another machine when its own is lost, and the claim goes with it', () => {
    const story = claimed();
    story.lose('n1');
    story.decide();
    expect([claims(story), story.slot.node]).toEqual([['n2'], 'n2']);
  });

  test('waits with its claim on the lost machine while another job uses the others', () => {
    const story = claimed();
    story.fleet.written('ledger', 'n2', aLedger('n2', [until(null)]));
    story.lose('n1');
    story.decide();
    expect(claims(story)).toEqual(['n1']);
    expect(story.status.reason).toContain('no end is known of what runs there');
  });

  test.each([1, 2, 3, 4])('comes to the same when the platform ends after step %i of its move', (steps) => {
    const story = claimed();
    story.lose('n1');
    story.decide(steps);
    story.decide();
    story.decide();
    expect([story.slot.node, story.slot.attempt, story.tasks.has(story.slot.task ?? '')]).toEqual(['n2', 2, true]);
    expect(claims(story)).toContain('n2');
  });
});

test("a machine that was removed is in nobody's way", () => {
  const story = waiting({ n1: [until(null)] });
  story.fleet.written('node', 'n1', undefined);
  story.fleet.written('node', 'n2', aNode('n2'));
  story.health('n2', 'ready');
  story.decide();
  expect(story.slot.node).toBe('n2');
});
