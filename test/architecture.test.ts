// The house rules that types cannot hold: who may import whom, what is used only where, how long things get. Each rule is shown to
// fail on a small bad sample before it is held against the project.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCycles } from './architecture/cycles.ts';
import {
  barrels,
  fileLength,
  fileNames,
  looseEnds,
  missingTopComments,
  undocumentedExports,
} from './architecture/file-habits.ts';
import { consoleUse, environment, shellStrings, timeAndChance } from './architecture/forbidden-words.ts';
import { functionText, measuredFunctions, percentile } from './architecture/functions.ts';
import { forbiddenImports } from './architecture/import-table.ts';
import { type Finding, readSource, type Source, sourcesBelow } from './architecture/source.ts';

const root = join(import.meta.dirname, '..');
const product = sourcesBelow(root, 'src');
const tests = sourcesBelow(root, 'test');

type Rule = (source: Source) => Finding[];

function found(rule: Rule, sources: readonly Source[]): string[] {
  return sources.flatMap(rule).map(({ path, line, what }) => `${path}:${line} ${what}`);
}

function foundIn(rule: Rule, path: string, text: string): string[] {
  return found(rule, [readSource(path, text)]);
}

describe('imports', () => {
  it.each([
    ['src/model/a.ts', "import '../ports/b.ts';"],
    ['src/ports/a.ts', "import '../engine/b.ts';"],
    ['src/engine/a.ts', "import type { X } from '../jobs/b.ts';"],
    ['src/nodes/a.ts', "import { x } from '../deployment/b.ts';"],
    ['src/nodes/a.ts', "import { x } from '../adapters/c/b.ts';"],
    ['src/nodes/a.ts', "import { x } from '../config/b.ts';"],
    ['src/nodes/a.ts', "export { x } from '../scheduler/b.ts';"],
    ['src/nodes/a.ts', "const x = await import('../scheduler/b.ts');"],
    ['src/adapters/one/a.ts', "import { x } from '../two/b.ts';"],
    ['src/adapters/one/a.ts', "import { x } from '../../engine/b.ts';"],
    ['src/api/a.ts', "import { x } from '../nodes/node-controller.ts';"],
    ['src/cli/a.ts', "import { x } from '../nodes/node-reads.ts';"],
    ['src/sim/a.ts', "import { x } from '../engine/b.ts';"],
    ['src/newroom/a.ts', "import { x } from '../model/b.ts';"],
    ['web/a.ts', "import { x } from '../src/engine/b.ts';"],
    ['src/nodes/a.ts', "import Docker from 'dockerode';"],
    ['src/nodes/a.ts', "import { spawn } from 'node:child_process';"],
    ['src/images/a.ts', "import { connect } from 'node:net';"],
    ['src/main/a.ts', "import { Client } from 'ssh2';"],
    ['src/engine/a.ts', "import { readFile } from 'node:fs/promises';"],
  ])('%s may not say %s', (path, text) => {
    expect(foundIn(forbiddenImports, path, text)).toHaveLength(1);
  });

  it.each([
    ['src/main/a.ts', "import { x } from '../adapters/c/b.ts';"],
    ['src/api/a.ts', "import { x } from '../nodes/node-reads.ts';"],
    ['src/cli/a.ts', "import type { x } from '../api/contract/views.ts';"],
    ['src/adapters/one/a.ts', "import Docker from 'dockerode';"],
    ['src/applications/a.ts', "import { isIP } from 'node:net';"],
  ])('%s may say %s', (path, text) => {
    expect(foundIn(forbiddenImports, path, text)).toEqual([]);
  });

  it('follow the table of the design', () => {
    expect(found(forbiddenImports, product)).toEqual([]);
  });

  it('have no cycle', () => {
    const cycle = [
      readSource('src/a.ts', "import './b.ts';"),
      readSource('src/b.ts', "import type { C } from './c.ts';"),
      readSource('src/c.ts', "export { a } from './a.ts';"),
    ];
    expect(importCycles(cycle)).toMatchObject([{ path: 'src/c.ts', line: 1 }]);
    expect(importCycles(product).map(({ path, line, what }) => `${path}:${line} ${what}`)).toEqual([]);
  });
});

describe('what is used only where it belongs', () => {
  it.each([
    'const x = Date.now();',
    'const x = new Date();',
    'const x = performance.now();',
    'setTimeout(f, 1);',
    'globalThis.setInterval(f, 1);',
    'const later = setTimeout;',
    'const x = AbortSignal.timeout(5);',
    'const x = Math.random();',
    'const x = crypto.randomUUID();',
    "import { randomBytes } from 'node:crypto'; const x = randomBytes(8);",
    "import { setTimeout as pause } from 'node:timers/promises';",
    'const x = Temporal.Now.instant();',
  ])('time and chance: %s', (text) => {
    expect(foundIn(timeAndChance, 'src/nodes/a.ts', text)).not.toEqual([]);
    expect(foundIn(timeAndChance, 'src/adapters/system-clock/a.ts', text)).toEqual([]);
  });

  it('time and chance: what only looks like it is left alone', () => {
    const text = 'socket.setTimeout(5); const x = new Date(at); class A { setTimeout(): void {} } clock.now();';
    expect(foundIn(timeAndChance, 'src/nodes/a.ts', text)).toEqual([]);
  });

  it('time and chance come from the Clock and Random ports', () => {
    expect(found(timeAndChance, product)).toEqual([]);
  });

  it('the environment is read by main and config alone', () => {
    expect(foundIn(environment, 'src/nodes/a.ts', 'const x = process.env.HOME;')).toHaveLength(1);
    expect(foundIn(environment, 'src/nodes/a.ts', 'const x = process.argv[2];')).toHaveLength(1);
    expect(foundIn(environment, 'src/config/a.ts', 'const x = process.env.HOME;')).toEqual([]);
    expect(found(environment, product)).toEqual([]);
  });

  it('the console is for main and the command line', () => {
    expect(foundIn(consoleUse, 'src/nodes/a.ts', "console.log('x');")).toHaveLength(1);
    expect(foundIn(consoleUse, 'src/cli/a.ts', "console.log('x');")).toEqual([]);
    expect(found(consoleUse, product)).toEqual([]);
  });

  it.each([
    "import { exec } from 'node:child_process';",
    "import { execSync as run } from 'node:child_process';",
    "spawn('ls', [], { shell: true });",
    "spawn('sh', ['-c', 'ls']); run(['/bin/bash', '-lc', text]);",
    `import { Client } from 'ssh2'; client.exec(\`ls \${name}\`, done);`,
  ])('no shell reads a command: %s', (text) => {
    expect(foundIn(shellStrings, 'src/adapters/x/a.ts', text)).toHaveLength(1);
  });

  it('no shell reads a command', () => {
    expect(found(shellStrings, product)).toEqual([]);
  });
});

describe('functions', () => {
  const sample = (lines: number) =>
    readSource('src/x/a.ts', `function f() {\n${'// why\n\n  g();\n'.repeat(lines - 2)}}`);

  it('are measured in lines of code', () => {
    const [measured] = measuredFunctions([sample(71)]);
    expect(measured).toMatchObject({ name: 'f', lines: 71, line: 1 });
    expect(percentile(measuredFunctions([sample(4), sample(10), sample(90)]), 0.5)).toBe(10);
    expect(
      measuredFunctions([readSource('src/x/a.ts', 'class A { #m() {} get g() { return 1; } }\nconst h = () => 1;')]),
    ).toHaveLength(3);
  });

  it('are short: half of them up to 8 lines, 95 % up to 45, none over 70', () => {
    const functions = measuredFunctions(product);
    const worst = functions.slice(0, 15).map(functionText).join('\n');
    const figures = {
      median: percentile(functions, 0.5),
      most: percentile(functions, 0.95),
      longest: functions[0]?.lines ?? 0,
    };
    const within = figures.median <= 8 && figures.most <= 45 && figures.longest <= 70;
    expect(within, `split these: ${JSON.stringify(figures)}\n${worst}`).toBe(true);
  });
});

describe('files', () => {
  const long = `${'const x = 1;\n'.repeat(351)}`;
  const everything = [...product, ...tests];

  it.each<[string, Rule, string, string, readonly Source[]]>([
    ['have names that say something', fileNames, 'src/x/string-utils.ts', '', everything],
    ['have names in kebab case', fileNames, 'src/x/fooBar.ts', '', everything],
    ['have up to 350 lines of code', fileLength, 'src/x/a.ts', long, everything],
    ['pass nothing on for others', barrels, 'src/x/index.ts', "export { a } from './a.ts';", everything],
    ['pass nothing on as a whole', barrels, 'src/x/a.ts', "const x = 1;\nexport * from './a.ts';", everything],
    [
      'say what each export is',
      undocumentedExports,
      'src/x/a.ts',
      '// Not a doc comment.\nexport const x = 1;',
      product,
    ],
    ['say at the top what they are for', missingTopComments, 'src/x/a.ts', 'const x = 1;', product],
    ['leave nothing for later', looseEnds, 'src/x/a.ts', '// TODO: later', everything],
    ['silence no check', looseEnds, 'src/x/a.ts', '// @ts-ignore', everything],
    ['force no type', looseEnds, 'src/x/a.ts', 'const x = y as any;', everything],
    ['force no type twice', looseEnds, 'src/x/a.ts', 'const x = y as unknown as X;', everything],
    ['do not silence null', looseEnds, 'src/x/a.ts', 'const x = y!;', everything],
  ])('%s', (_title, rule, path, bad, sources) => {
    expect(foundIn(rule, path, bad)).toHaveLength(1);
    expect(found(rule, sources)).toEqual([]);
  });
});
