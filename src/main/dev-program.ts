// The algorithm of a trial as a program of this machine: the launcher of the containers, with the task's file and the SDK where they lie here.
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LocalProgram, startLocalProgram } from '../adapters/local-program/local-program.ts';
import { LAUNCHER_EXIT, type Task } from '../model/task.ts';
import { devTaskFile } from './dev-job.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the algorithm is started with. */
export interface DevProgramParts {
  readonly task: Task;
  readonly token: string;
  /** The package's files. */
  readonly application: string;
  /** The trial's own directory. */
  readonly directory: string;
  readonly environment: Environment;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

const PYTHON_SDK = join(PROGRAM_DIRECTORY, 'sdk', 'python');
const NODE_SDK = join(PROGRAM_DIRECTORY, 'sdk', 'node', 'berth', 'index.js');

/** Starts it. @throws dev.cannot-start */
export async function startDevProgram(parts: DevProgramParts): Promise<LocalProgram> {
  const { task, token, directory, application, onLine } = parts;
  const path = join(directory, 'scratch', '.berth', 'task.json');
  await writeFile(path, JSON.stringify(devTaskFile(task, token, directory)), { mode: 0o400 });
  const words = ['python3', '-B', join(PYTHON_SDK, 'launch.py'), path];
  return startLocalProgram({ words, directory: application, environment: environmentOf(parts, path), onLine });
}

/** What an end means, and the exit code of the trial. */
export function endInWords(code: number | null, task: Task): { readonly text: string; readonly exitCode: number } {
  if (code === LAUNCHER_EXIT.completed) return { text: 'The algorithm has completed.', exitCode: 0 };
  if (code === LAUNCHER_EXIT.stopped) return { text: 'The algorithm was stopped.', exitCode: 0 };
  if (code === LAUNCHER_EXIT.crashLoop || code === LAUNCHER_EXIT.outOfMemory) {
    const again = `The platform would start it again, ${task.spec.restart.runsPerTask} times in a row in one container.`;
    return { text: `The algorithm has ended though it should not have. ${again}`, exitCode: 1 };
  }
  return { text: `The launcher has ended with code ${code ?? 'none'}.`, exitCode: 1 };
}

/** The person's own environment, with what a container would have. Packages that the person installed for themselves are still found. */
function environmentOf({ environment, directory, task }: DevProgramParts, path: string): Record<string, string> {
  const own = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || name.startsWith('BERTH_') ? [] : [[name, value]],
    ),
  );
  const { PYTHONPATH = '', PATH = '', HOME = '', PYTHONUSERBASE = join(HOME, '.local'), NODE_OPTIONS = '' } = own;
  return {
    ...own,
    ...task.spec.environment,
    HOME: join(directory, 'scratch'),
    PYTHONUSERBASE,
    PYTHONPATH: [PYTHON_SDK, PYTHONPATH].filter(Boolean).join(delimiter),
    PYTHONUNBUFFERED: '1',
    // The Node that containers get is the one that runs this; the machine's own may be years older.
    PATH: [dirname(process.execPath), PATH].filter(Boolean).join(delimiter),
    NODE_OPTIONS: [NODE_OPTIONS, task.spec.runtime === 'node' ? nodeOptions() : ''].filter(Boolean).join(' '),
    BERTH_TASK_FILE: path,
  };
}

/** Lets `import 'berth'` find the SDK, which in an image lies in /node_modules. */
function nodeOptions(): string {
  const sdk = JSON.stringify(pathToFileURL(NODE_SDK).href);
  const resolve = `(name, context, next) => next(name === 'berth' ? ${sdk} : name, context)`;
  const hook = `import { registerHooks } from 'node:module'; registerHooks({ resolve: ${resolve} });`;
  return `--import=data:text/javascript,${encodeURIComponent(hook)}`;
}
