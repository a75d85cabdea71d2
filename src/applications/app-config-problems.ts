// What the shape of app_config.json cannot tell: names that stand twice, scripts that are not in the package or not for its runtime. It reads the file as it
// was sent, not as the schema left it, so that these problems are told together with those of the schema.
import type { Problem } from '../model/errors.ts';
import type { Runtime } from '../model/package.ts';
import { CONFIG_FILES } from './examine-archive.ts';
import { splitNpmPackage } from './npm-package.ts';
import { pathFault } from './path-fault.ts';
import { shortened } from './shortened.ts';

const SUGGESTIONS = 10;

/** Problems of a parsed app_config.json beside those that its schema finds. */
export function appConfigProblems(value: unknown, files: readonly string[]): Problem[] {
  const algorithms = listOf(value, 'algorithms');
  const dependencies = fieldOf(value, 'dependencies');
  const npm = listOf(dependencies, 'npm');
  const outline = { files, scripts: scriptsOf(value) };
  return [
    ...repeated('$.algorithms', algorithms, 'id'),
    ...repeated('$.network', listOf(value, 'network'), 'host'),
    ...repeatedTexts('$.dependencies.pip', listOf(dependencies, 'pip')),
    ...repeatedTexts('$.dependencies.debian', listOf(dependencies, 'debian')),
    ...npmProblems(value, npm),
    ...algorithms.flatMap((algorithm, index) => algorithmProblems(algorithm, `$.algorithms[${index}]`, outline)),
  ];
}

/** Problems of a parsed sensor_config.json beside those that its schema finds. */
export function sensorConfigProblems(value: unknown): Problem[] {
  const problems = [
    ...repeated('$.types', listOf(value, 'types'), 'id'),
    ...repeated('$.sensors', listOf(value, 'sensors'), 'id'),
  ];
  return problems.map((each) => ({ ...each, file: CONFIG_FILES.sensors }));
}

/** What the runtime says of scripts: how their names end, and in words. */
interface Scripts {
  readonly endings: readonly string[];
  readonly words: string;
}

const SCRIPTS = {
  python: { endings: ['.py'], words: '.py' },
  node: { endings: ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'], words: '.js, .mjs, .cjs, .ts, .mts or .cts' },
} as const satisfies Record<Runtime, Scripts>;

/** Of a runtime that there is not, which the schema tells, no script is wrong. */
function scriptsOf(value: unknown): Scripts {
  const runtime = fieldOf(value, 'runtime');
  if (runtime === undefined || runtime === 'python') return SCRIPTS.python;
  return runtime === 'node' ? SCRIPTS.node : { endings: [''], words: '' };
}

function npmProblems(value: unknown, npm: readonly unknown[]): Problem[] {
  const path = '$.dependencies.npm';
  const elsewhere = 'no npm packages, or "runtime": "node": there is no Node in other images';
  const misplaced = npm.length > 0 && fieldOf(value, 'runtime') !== 'node';
  const names = npm.map((word) => (typeof word === 'string' ? splitNpmPackage(word).name : word));
  return [
    ...(misplaced ? [problem(path, shortened(npm), elsewhere)] : []),
    ...repeats(names).map(({ index, first, text }) =>
      problem(`${path}[${index}]`, `${shortened(text)}, as in ${path}[${first}]`, 'each package once'),
    ),
  ];
}

interface PackageOutline {
  readonly files: readonly string[];
  readonly scripts: Scripts;
}

function algorithmProblems(algorithm: unknown, path: string, outline: PackageOutline): Problem[] {
  return [
    ...scriptProblems(fieldOf(algorithm, 'script'), `${path}.script`, outline),
    ...repeated(`${path}.sensors`, listOf(algorithm, 'sensors'), 'name'),
    ...repeated(`${path}.controls`, listOf(algorithm, 'controls'), 'name'),
  ];
}

function scriptProblems(script: unknown, path: string, { files, scripts }: PackageOutline): Problem[] {
  // Everything else is told by the schema.
  if (typeof script !== 'string' || script === '') return [];
  const there = () => (files.includes(script) ? extensionFault(script, scripts) : missingScript(files, scripts));
  const expected = pathFault(script) ?? there();
  return expected === undefined ? [] : [problem(path, shortened(script), expected)];
}

function extensionFault(script: string, { words, ...scripts }: Scripts): string | undefined {
  if (script.endsWith('.d.ts')) return 'a script; .d.ts files hold types alone';
  return endsWell(script, scripts) ? undefined : `a script that ends in ${words}`;
}

function endsWell(file: string, { endings }: Pick<Scripts, 'endings'>): boolean {
  return endings.some((ending) => file.endsWith(ending)) && !file.endsWith('.d.ts');
}

function missingScript(files: readonly string[], { words, ...scripts }: Scripts): string {
  const found = files.filter((file) => endsWell(file, scripts));
  if (found.length === 0) return `a script of the package; it holds no ${words} file`;
  const more = found.length > SUGGESTIONS ? ` and ${found.length - SUGGESTIONS} more` : '';
  return `a script of the package: ${found.slice(0, SUGGESTIONS).join(', ')}${more}`;
}

function repeated(path: string, items: readonly unknown[], field: string): Problem[] {
  return repeats(items.map((item) => fieldOf(item, field))).map(({ index, first, text }) =>
    problem(`${path}[${index}].${field}`, `${shortened(text)}, as in ${path}[${first}]`, `its own ${field}`),
  );
}

function repeatedTexts(path: string, items: readonly unknown[]): Problem[] {
  return repeats(items).map(({ index, first, text }) =>
    problem(`${path}[${index}]`, `${shortened(text)}, as in ${path}[${first}]`, 'each dependency once'),
  );
}

function repeats(values: readonly unknown[]): { index: number; first: number; text: string }[] {
  const firsts = new Map<string, number>();
  return values.flatMap((text, index) => {
    if (typeof text !== 'string') return [];
    const first = firsts.get(text.toLowerCase());
    if (first !== undefined) return [{ index, first, text }];
    firsts.set(text.toLowerCase(), index);
    return [];
  });
}

function listOf(value: unknown, field: string): readonly unknown[] {
  const list = fieldOf(value, field);
  // Longer lists are refused by the schema; here they only must not take long.
  return Array.isArray(list) ? list.slice(0, 1000) : [];
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? Reflect.get(value, field)
    : undefined;
}

function problem(path: string, found: string, expected: string): Problem {
  return { file: CONFIG_FILES.app, path, found, expected };
}
