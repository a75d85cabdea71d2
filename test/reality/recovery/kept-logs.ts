// Logs and output as the API gives them, compared with what the engine gave its witness.
import type { MortalPlatform } from './mortal-platform.ts';
import type { Witness } from './witness.ts';

type Streams = Readonly<Record<'stdout' | 'stderr', Buffer>>;

interface KeptLog extends Streams {
  readonly gaps: readonly string[];
}

interface Frame {
  readonly stream: string;
  readonly data: string;
  readonly gap?: string;
}

/** What was lost or doubled of the logs and the output of all tasks that ran. */
export async function wrongLogs(platform: MortalPlatform, witness: Witness): Promise<string[]> {
  const problems: string[] = [];
  await witness.settled();
  for (const task of new Set(witness.lives.map((life) => life.task))) {
    const kept = await keptLog(platform, task);
    const written = witness.written(task);
    problems.push(...wrongLog(task, kept, written), ...wrongOutput(task, kept, await keptOutput(platform, task)));
  }
  return problems;
}

function wrongLog(task: string, kept: KeptLog, written: Streams): string[] {
  const differing = (['stdout', 'stderr'] as const)
    .filter((stream) => !kept[stream].equals(written[stream]))
    .map((stream) => `the ${stream} of ${task} is kept as ${quoted(kept[stream])}, but was ${quoted(written[stream])}`);
  return [...kept.gaps.map((gap) => `the log of ${task} has a gap: ${gap}`), ...differing];
}

/** The application says in its log what it has given; the last may have been given without saying so. */
function wrongOutput(task: string, { stdout }: KeptLog, outputs: readonly string[]): string[] {
  const said = [...stdout.toString().matchAll(/^gave (output \d+)$/gm)].map(([, output]) => output ?? '');
  const times = (output: string) => outputs.filter((each) => each === output).length;
  const lost = said.filter((output) => times(output) === 0);
  const doubled = new Set(outputs.filter((output) => times(output) > 1));
  return [
    ...lost.map((output) => `${output} of ${task} is lost`),
    ...[...doubled].map((output) => `${output} of ${task} is kept ${times(output)} times`),
    ...(outputs.length > said.length + 1
      ? [`${task} gave ${said.length} outputs, and ${outputs.length} are kept`]
      : []),
  ];
}

function quoted(bytes: Buffer): string {
  return JSON.stringify(bytes.toString());
}

async function keptOutput(platform: MortalPlatform, task: string): Promise<string[]> {
  const job = task.split('.').slice(0, -2).join('.');
  const { items } = await platform.ask((client) =>
    client.call('listOutputs', { params: { job }, query: { limit: 1000 } }),
  );
  return items.filter((output) => output.task === task).map(({ text }) => text ?? '');
}

async function keptLog(platform: MortalPlatform, task: string): Promise<KeptLog> {
  const text = await platform.ask(async (client) => {
    const chunks = await Array.fromAsync(await client.open('readLog', { params: { subject: task } }));
    return Buffer.concat(chunks as Buffer[]).toString();
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const frames = lines.map((line) => JSON.parse(line) as Frame);
  const bytes = (stream: string) =>
    Buffer.concat(frames.filter((each) => each.stream === stream).map(({ data }) => Buffer.from(data, 'base64')));
  return { stdout: bytes('stdout'), stderr: bytes('stderr'), gaps: frames.flatMap(({ gap }) => gap ?? []) };
}
