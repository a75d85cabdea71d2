// Programs of the machine on which the person runs the command.
import { spawn } from 'node:child_process';
import type { ProgramOutcome } from '../../ports/installer-machine.ts';
import { feed } from './feed.ts';
import { gatheredOutput } from './gathered-output.ts';
import type { ProgramRun, ProgramRunner } from './program-runner.ts';

/** This machine, with this process's user and environment. */
export class LocalRunner implements ProgramRunner {
  readonly address = 'this machine';

  async run([program = '', ...words]: readonly string[], run: ProgramRun): Promise<ProgramOutcome> {
    run.signal.throwIfAborted();
    // A session of its own: the terminal's Ctrl-C reaches the person's command alone, which ends what it is doing in order.
    const child = spawn(program, words, { stdio: 'pipe', detached: true });
    const abort = () => void child.kill('SIGKILL');
    run.signal.addEventListener('abort', abort, { once: true });
    const [output, complaint] = [gatheredOutput(child.stdout, run.onLine), gatheredOutput(child.stderr, run.onLine)];
    const ended = new Promise<ProgramOutcome>((resolve) => {
      // As a shell would say it, and SSH says.
      child.once('error', ({ message }) => resolve({ status: '127', output: '', complaint: message }));
      child.once('close', (code, name) =>
        resolve({ status: String(code ?? name), output: output(), complaint: complaint().trim() }),
      );
    });
    // A program that does not read its input may be gone before it was given.
    child.stdin.on('error', () => child.stdin.destroy());
    try {
      const [outcome] = await Promise.all([ended, feed(run.input, child.stdin)]);
      run.signal.throwIfAborted();
      return outcome;
    } finally {
      run.signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
