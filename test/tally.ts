// What counts of a run of vitest, from its JSON report.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** How many tests passed and failed, and one line for each failure. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Assertion {
  readonly fullName: string;
  readonly status: string;
  readonly duration?: number | null;
}

const SLOWEST = 10;

/** Reads a report. Whatever did not pass has failed: skipped tests and files that could not be loaded too. */
export function readTally(path: string, root: string): Tally & { readonly slowest: readonly string[] } {
  const { testResults } = readReport(path);
  const files = testResults.map((file) => ({ ...file, path: relative(root, file.name) }));
  const cases = files.flatMap((file) => file.assertionResults.map((each) => ({ ...each, path: file.path })));
  const broken = files.filter((file) => file.status !== 'passed' && file.assertionResults.every(hasPassed));
  const lost = cases.filter((each) => !hasPassed(each));
  const problems = [
    ...broken.map((file) => `${file.path}: ${file.message.split('\n')[0] || 'not loaded'}`),
    ...lost.map((each) => `${each.path}: ${each.fullName} (${each.status})`),
  ];
  return { passed: cases.length - lost.length, failed: problems.length, problems, slowest: slowest(cases) };
}

function readReport(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { testResults: [] };
    throw error;
  }
}

function hasPassed({ status }: Assertion): boolean {
  return status === 'passed';
}

function slowest(cases: readonly (Assertion & { readonly path: string })[]): string[] {
  const longest = cases.toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0)).slice(0, SLOWEST);
  const lines = longest.map(
    (each) => `  ${((each.duration ?? 0) / 1000).toFixed(2).padStart(7)} s  ${each.path}: ${each.fullName}`,
  );
  return lines.length === 0 ? [] : ['Slowest tests:', ...lines];
}
