// What counts of a run of vitest: its reporter writes it to the file that the environment names, and whoever started vitest reads it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** How many tests passed and failed, and some lines for each failure. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

/** A tally, and the tests that took longest. */
export interface RunTally extends Tally {
  readonly slowest: readonly string[];
}

/** The variable that names the file. */
export const TALLY_VARIABLE = 'BERTH_TALLY';

type Fault = Readonly<{ message: string; stack?: string | undefined; diff?: string | undefined; cause?: unknown }>;

const SLOWEST = 10;
/** What is shown of one error, where only the end of a long output is kept: how it begins and, where the cause mostly is, how it ends. */
const FIRST_LINES = 4;
const LAST_LINES = 12;
const SHOWN_OF_A_LINE = 300;

/** Writes the tally when a run ends. Whatever did not pass has failed: skipped tests, files that could not be loaded and errors beside the tests too. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly Fault[]): void {
    const path = process.env[TALLY_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(tallyOf(modules, unhandled)));
  }
}

/** Reads what the reporter wrote; nothing counts when it did not come to its end. */
export function readTally(path: string): RunTally {
  if (!existsSync(path)) return { passed: 0, failed: 0, problems: [], slowest: [] };
  return JSON.parse(readFileSync(path, 'utf8')) as RunTally;
}

function tallyOf(modules: readonly TestModule[], unhandled: readonly Fault[]): RunTally {
  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  const lost = cases.filter((each) => !each.ok() || each.result().state !== 'passed');
  const problems = [
    ...modules.flatMap(faultsAroundTests),
    ...lost.map(
      (each) => `${pathOf(each.module)}: ${each.fullName}${shown(each.result().errors, each.result().state)}`,
    ),
    ...unhandled.map((fault) => `beside the tests${shown([fault], 'unhandled')}`),
  ];
  return { passed: cases.length - lost.length, failed: problems.length, problems, slowest: slowest(cases) };
}

/** Errors of a file and of its suites: what could not be loaded, and what failed before and after tests. */
function faultsAroundTests(module: TestModule): string[] {
  const around = [module, ...module.children.allSuites()];
  const faults = around.flatMap((each) => each.errors());
  const isEmpty = module.state() === 'failed' && module.children.size === 0 && faults.length === 0;
  if (isEmpty) return [`${pathOf(module)}: not loaded`];
  return faults.map((fault) => `${pathOf(module)}${shown([fault], 'around its tests')}`);
}

function shown(faults: readonly Fault[] | undefined, state: string): string {
  const lines = (faults ?? []).flatMap(linesOf);
  return [` (${state})`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function linesOf({ message, stack, diff, cause }: Fault): string[] {
  const text = stack?.includes(message) ? stack : `${message}\n${stack ?? ''}`;
  const lines = text.trimEnd().split('\n');
  const telling = endsOf(lines.filter((line) => !line.includes('/node_modules/')));
  if (diff) telling.push('Found (+) and expected (-):', ...endsOf(differing(diff)));
  return isFault(cause) ? [...telling, 'Caused by:', ...linesOf(cause)] : telling;
}

/** The message of an assertion names no more than the kind of what it compared. */
function differing(diff: string): string[] {
  return stripVTControlCharacters(diff)
    .split('\n')
    .filter((line) => /^[+-] /.test(line));
}

function endsOf(lines: readonly string[]): string[] {
  const short = lines.map((line) => line.slice(0, SHOWN_OF_A_LINE));
  if (short.length <= FIRST_LINES + LAST_LINES) return short;
  return [...short.slice(0, FIRST_LINES), '…', ...short.slice(-LAST_LINES)];
}

function isFault(cause: unknown): cause is Fault {
  return typeof cause === 'object' && cause !== null && 'message' in cause && typeof cause.message === 'string';
}

function pathOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}

function slowest(cases: readonly TestCase[]): string[] {
  const timed = cases.map((each) => ({ each, ms: each.diagnostic()?.duration ?? 0 }));
  const longest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const lines = longest.map(
    ({ each, ms }) => `  ${(ms / 1000).toFixed(2).padStart(7)} s  ${pathOf(each.module)}: ${each.fullName}`,
  );
  return lines.length === 0 ? [] : ['Slowest tests:', ...lines];
}
