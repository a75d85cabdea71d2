// The command line in a process of its own, without main: prints what it loads beyond its own files when it is asked to.
import { registerHooks } from 'node:module';

const loaded = new Set<string>();
registerHooks({
  resolve(name, context, next) {
    const resolved = next(name, context);
    loaded.add(resolved.url);
    return resolved;
  },
});

const { addCompletion, buildProgram, runProgram } = await import('../../../src/cli/program.ts');
const surroundings = {
  credentials: { url: 'http://127.0.0.1:1', token: undefined },
  ...{ out: process.stdout, err: process.stderr, terminal: false, color: false, columns: 80, zone: 'UTC' },
  now: () => Date.now(),
  pause: async () => undefined,
  confirm: undefined,
  tokenGiven: true,
  readSecret: async () => '',
  saveCredentials: async () => '',
  leave: new AbortController().signal,
};
const program = buildProgram(surroundings, '0.1.0');
addCompletion(program);
process.exitCode = await runProgram(program, process.argv.slice(2), surroundings);
if (process.env.SHOW_LOADED) process.stderr.write(`${[...loaded].join('\n')}\n`);
