// The program `berth`: gives the command line its surroundings and the commands that start things, and runs it.
import { addCompletion, buildProgram, runProgram } from '../cli/program.ts';
import { addPlatformCommands } from './platform-commands.ts';
import { terminalSurroundings } from './terminal-surroundings.ts';
import { VERSION } from './version.ts';

const leaving = new AbortController();
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    leaving.abort();
    // Whoever asks a second time does not want to wait for a clean end; what is not written is decided again at the next start.
    asked += 1;
    if (asked > 1) process.exit(130);
  });
}

/** As if SIGPIPE had ended it (128 + 13), which Node ignores: whoever read the output has enough of it. */
const ENOUGH = 141;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exitCode = ENOUGH;
  leaving.abort();
});

const surroundings = await terminalSurroundings(process.env, leaving.signal);
const program = buildProgram(surroundings, VERSION);
addPlatformCommands(program, surroundings, process.env);
addCompletion(program);
const code = await runProgram(program, process.argv.slice(2), surroundings);
process.exitCode ||= code;
