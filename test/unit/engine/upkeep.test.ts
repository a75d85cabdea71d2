// Upkeep over time: a round at the start, then every so often, in turns where it is much.
import { expect, test } from 'vitest';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../../../src/engine/upkeep.ts';
import { engineWorld } from './engine-world.ts';

const EVERY_MS = 3_600_000;

/** Does what it is told to, turn by turn, and notes when it was asked. */
class Scripted extends Upkeep {
  readonly prefix = 'scripted';
  readonly turns: UpkeepTurn[] = [];
  readonly #script: (UpkeepProgress | 'fails')[];

  constructor(...script: (UpkeepProgress | 'fails')[]) {
    super(EVERY_MS);
    this.#script = script;
  }

  protected async work(turn: UpkeepTurn): Promise<UpkeepProgress> {
    this.turns.push(turn);
    const what = this.#script.shift() ?? 'done';
    if (what === 'fails') throw new Error('no database');
    return what;
  }
}

/** Runs it under a loop that sweeps every minute; resolves to its turns, in ms since the start. */
async function turnsWithin(ms: number, upkeep: Scripted) {
  const { engine, clock } = engineWorld();
  const startedAt = clock.now();
  engine.register(upkeep);
  await engine.start();
  await clock.advance(ms);
  await engine.stop();
  return upkeep.turns.map(({ now, lookedAt }) => [now - startedAt, lookedAt === null ? null : lookedAt - startedAt]);
}

test('it is done at the start and then as often as asked, however often the loop sweeps', async () => {
  expect(await turnsWithin(2 * EVERY_MS, new Scripted())).toEqual([
    [0, null],
    [EVERY_MS, 0],
    [2 * EVERY_MS, EVERY_MS],
  ]);
});

test('a round that takes several turns is one look, counted from its beginning', async () => {
  const turns = await turnsWithin(EVERY_MS, new Scripted('more', 'more', 'done'));
  expect(turns).toEqual([
    [0, null],
    [0, null],
    [0, null],
    [EVERY_MS, 0],
  ]);
});

test('a turn that fails is tried again within seconds, and its round is not counted as a look', async () => {
  expect(await turnsWithin(60_000, new Scripted('fails'))).toEqual([
    [0, null],
    [1000, null],
  ]);
});
