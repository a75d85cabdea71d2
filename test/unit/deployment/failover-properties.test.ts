// What must hold of a job in any weather: nodes cut off, powered off, taken for lost though they are not, drained, and decisions that
// break off after any step.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideLedger } from '../../../src/deployment/decide-ledger.ts';
import { jobEnded } from '../../../src/model/job.ts';
import type { Ledger } from '../../../src/model/node.ts';
import { taskEnded } from '../../../src/model/task.ts';
import { aSpec } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';
import { type Happening, type MachineAct, Witness } from './witness.ts';

/** Many worlds on a machine that may be busy with other things. */
const WITHIN_MS = 60_000;

const NODES = ['n1', 'n2', 'n3'] as const;
const node = fc.constantFrom(...NODES);
const crash = fc.option(fc.integer({ min: 0, max: 5 }), { nil: Number.POSITIVE_INFINITY, freq: 2 });
const to = (...acts: readonly MachineAct[]) => fc.record({ what: fc.constantFrom(...acts), node });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 500, max: 12_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('decide' as const), crash }) },
  // What goes on all the time, so that the rest of the world does not stand still.
  { weight: 5, arbitrary: fc.constant({ what: 'round' as const }) },
  { weight: 2, arbitrary: to('act', 'renew', 'see', 'ask') },
  { weight: 2, arbitrary: to('cut', 'heal', 'off', 'on', 'mistake', 'drain', 'undrain') },
);

/** Ledgers as they are after somebody looked at them a while later: a decision that broke off may leave more in them until then. */
function tidied(story: Story): Ledger[] {
  const jobs = new Map([[story.job.id, story.status]]);
  return NODES.flatMap((id) => {
    const ledger = story.fleet.get(id)?.ledger;
    return ledger ? [decideLedger(ledger, jobs, story.now + 60_000)?.ledger ?? ledger] : [];
  });
}

function roomOf({ id, reservations }: Ledger): string[] {
  return reservations.map(({ task }) => `${task} on ${id}`);
}

test(
  'two copies of an exactlyOne job never run at a time',
  () => {
    let replaced = 0;
    fc.assert(
      fc.property(fc.array(happening, { minLength: 30, maxLength: 120, size: 'max' }), (happenings) => {
        const witness = new Witness(new Story({ spec: aSpec({ exactlyOne: true }) }, fleetOf(...NODES)), NODES);
        for (const what of happenings) {
          witness.happens(what);
          if (witness.working().length > 1) expect.fail(witness.tale());
        }
        if (witness.story.slot.attempt > 1) replaced++;
      }),
      { numRuns: 200 },
    );
    expect(replaced, 'most of these worlds must see a successor, or they show nothing').toBeGreaterThan(40);
  },
  WITHIN_MS,
);

test(
  'start-first never stops a copy before its successor runs, and gives up none that could go on',
  () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80, size: 'max' }), (happenings) => {
        const witness = new Witness(new Story({}, fleetOf(...NODES)), NODES);
        const { story } = witness;
        for (const what of happenings) {
          witness.happens(what);
          for (const step of story.steps) {
            if (step.do !== 'stop-task') continue;
            const { predecessor, task } = story.slot;
            const isRunning = (id: string | null) => story.statuses.get(id ?? '')?.state === 'running';
            const isWell = step.task === predecessor?.task ? isRunning(task) : !isRunning(step.task);
            if (!isWell) expect.fail(witness.tale());
          }
        }
      }),
      { numRuns: 100 },
    );
  },
  WITHIN_MS,
);

test(
  'room is reserved for exactly the tasks that slots name, and a job that is over leaves none behind',
  () => {
    const exactlyOne = fc.boolean();
    const machine = fc.constantFrom('shared' as const, 'standalone' as const);
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), exactlyOne, machine, (happenings, only, use) => {
        const over = { copies: 2, machine: use, spec: aSpec({ exactlyOne: only }) };
        const witness = new Witness(new Story(over, fleetOf(...NODES)), NODES);
        const { story } = witness;
        for (const what of happenings) {
          witness.happens(what);
          if (what.what !== 'decide' || what.crash !== Number.POSITIVE_INFINITY) continue;
          const named = story.status.slots.flatMap(({ state, task, node, predecessor }) => [
            ...(state === 'filled' ? [`${task} on ${node}`] : []),
            ...(predecessor ? [`${predecessor.task} on ${predecessor.node}`] : []),
          ]);
          expect(tidied(story).flatMap(roomOf).toSorted()).toEqual(named.toSorted());
        }
        story.stop();
        witness.settle();
        expect(jobEnded(story.status.state), `${story.status.reason} ${witness.tale()}`).toBe(true);
        expect(tidied(story).flatMap(roomOf)).toEqual([]);
        expect(tidied(story).filter(({ claim }) => claim !== null)).toEqual([]);
        for (const [id, { state }] of story.statuses) expect(taskEnded(state), id).toBe(true);
      }),
      { numRuns: 100 },
    );
  },
  WITHIN_MS,
);

test(
  'when everything is well again, every copy runs where it may stay, once',
  () => {
    const only = fc.boolean();
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), only, (happenings, exactlyOne) => {
        const witness = new Witness(new Story({ copies: 2, spec: aSpec({ exactlyOne }) }, fleetOf(...NODES)), NODES);
        for (const what of happenings) witness.happens(what);
        witness.settle();
        const { story } = witness;
        expect(story.status.reason, witness.tale()).toBe('2 of 2 copies run');
        expect(story.status.slots.some(({ predecessor }) => predecessor !== undefined)).toBe(false);
        expect(witness.working().toSorted()).toEqual(story.status.slots.map(({ task }) => task).toSorted());
      }),
      { numRuns: 100 },
    );
  },
  WITHIN_MS,
);
