// How tests run: unit tests side by side; contracts and reality, which share real engines and servers, two files at a time.
import { defineConfig } from 'vitest/config';

const globalSetup = ['test/world/global-setup.ts'];

/** Time for the first use of the world in a run: making base images takes about a minute each. */
const WORLD_SETUP_MS = 600_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'simulation',
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
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'reality',
          include: ['test/reality/**/*.test.ts', 'test/world/**/*.test.ts'],
          globalSetup,
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/whole/**/*.test.ts'],
          globalSetup,
          maxWorkers: 2,
          testTimeout: 1_800_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          globalSetup,
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: WORLD_SETUP_MS,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
