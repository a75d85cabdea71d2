import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER_EXIT } from '../../../src/model/task.ts';
import { SDK } from './launched.ts';

function python(...words: readonly string[]) {
  return spawnSync('python3', ['-B', ...words], { cwd: SDK, encoding: 'utf8' });
}

test('the exit codes are those that the platform knows', () => {
  const source = readFileSync(join(SDK, 'berth/_exit_codes.py'), 'utf8');
  const found = [...source.matchAll(/^([A-Z_]+) = (\d+)$/gm)].map(([, name = '', code]) => [name, Number(code)]);
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(Object.entries(LAUNCHER_EXIT).map(([name, code]) => [snake(name), code])),
  );
});

test('every file is Python 3.9, fully annotated, with functions of at most 45 lines and files of at most 350', () => {
  const check = `
import ast, pathlib
for path in sorted(pathlib.Path(".").rglob("*.py")):
    source = path.read_text()
    tree = ast.parse(source, str(path), feature_version=(3, 9))
    if source.count("\\n") > 350: print(path, "is too long")
    if not ast.get_docstring(tree): print(path, "does not say what it is for")
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)): continue
        if node.end_lineno - node.lineno >= 45: print(path, node.name, "is too long")
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        if node.returns is None or any(a.annotation is None for a in arguments if a.arg != "self"): print(path, node.name, "is not annotated")
`;
  const { stdout, stderr } = python('-c', check);
  expect(stdout + stderr).toBe('');
});

test('only the standard library is imported, and nothing heavy before the first line of the algorithm', () => {
  const check = `
import sys
before = set(sys.modules)
sys.path.insert(0, ".")
import berth._launcher
print(*sorted(set(sys.modules) - before - {"__future__"}))
import berth._courier, berth._supervisor, berth.output, berth.log, berth.job, berth.actions, berth.state
from berth import controls, sensors, ControlFailed, _readings
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(root for root in roots if root not in sys.stdlib_module_names and root != "berth"))
`;
  const { stdout, stderr } = python('-I', '-c', check);
  expect(stderr).toBe('');
  const [early, foreign] = stdout.split('\n');
  expect(early?.split(' ').filter((name) => !['_signal', 'time'].includes(name))).toEqual([
    'berth',
    'berth._errors',
    'berth._launcher',
    'berth._script',
    'berth._task',
  ]);
  expect(foreign).toBe('');
});
