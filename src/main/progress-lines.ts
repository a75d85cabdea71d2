// Says what takes longer than a moment, while it takes it: a spinner where a person watches, plain lines elsewhere.

/** Tells of work that goes on. */
export interface Progress {
  /** Runs work under a title; `line` shows its latest words. */
  during<T>(title: string, work: (line: (text: string) => void) => Promise<T>): Promise<T>;
  say(text: string): void;
}

/** Progress on a terminal or, line by line, in a file. */
export function progressTo(out: NodeJS.WritableStream, terminal: boolean): Progress {
  const say = (text: string) => void out.write(`${text}\n`);
  return { say, during: terminal ? duringOnTerminal : (title, work) => duringInLines(say, title, work) };
}

async function duringOnTerminal<T>(title: string, work: (line: (text: string) => void) => Promise<T>): Promise<T> {
  const { spinner } = await import('@clack/prompts');
  const shown = spinner();
  shown.start(title);
  try {
    const result = await work((text) => shown.message(`${title}: ${text.trim().slice(0, 100)}`));
    shown.stop(title);
    return result;
  } catch (error) {
    shown.error(`${title}: failed`);
    throw error;
  }
}

async function duringInLines<T>(
  say: (text: string) => void,
  title: string,
  work: (line: (text: string) => void) => Promise<T>,
): Promise<T> {
  say(`${title} …`);
  const result = await work((text) => say(`  ${text.trim()}`));
  say(`${title}: done`);
  return result;
}
