// How tests run: unit tests side by side; contracts and reality, which share real engines and servers, two files at a time.
import { existsSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const globalSetup = ['test/world/global-setup.ts'];

/** Time for the first use of the world in a run: making base images takes about a minute each. */
const WORLD_SETUP_MS = 600_000;

/** Storms are among the ordinary tests too, where they are shorter. */
const LONG_STORM_SECONDS = '150';

/** What is written behind an act may come late where two files of real servers run at a time. */
const patience = { expect: { poll: { timeout: 30_000 } } };

/** Thousands of small databases that live for one test wait for the disk most of their time: they lie in memory where there is room for them. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;

function inMemory(): Record<string, string> {
  if (!existsSync(MEMORY)) return {};
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM_BYTES ? { TMPDIR: MEMORY } : {};
}

export default defineConfig({
  test: {
    reporters: ['default', './test/tally.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          env: inMemory(),
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          // Many wait for processes that they start: on two cores two files at a time take little more than half as long as one.
          maxWorkers: 2,
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'simulation',
          env: inMemory(),
          include: ['test/sim/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'contracts',
          include: ['test/contracts/**/*.test.ts'],
          globalSetup,
          ...patience,
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'reality',
          include: ['test/reality/**/*.test.ts', 'test/world/**/*.test.ts'],
          globalSetup,
          ...patience,
          maxWorkers: 2,
          testTimeout: 360_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/whole/**/*.test.ts'],
          globalSetup,
          ...patience,
          maxWorkers: 2,
          testTimeout: 1_800_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts', 'test/reality/storm/**/*.test.ts'],
          env: { BERTH_STORM_SECONDS: process.env.BERTH_STORM_SECONDS ?? LONG_STORM_SECONDS },
          globalSetup,
          ...patience,
          maxWorkers: 2,
          testTimeout: 1_200_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
