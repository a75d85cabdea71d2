// Finding out before the first emergency that a provider's commands cannot work.
import type { CommandAccess } from './command-access.ts';

const NEEDED = {
  status: '{machine}',
  start: '{machine}',
  stop: '{machine}',
  create: '{act}',
  find: '{act}',
  destroy: '{machine}',
} as const;

/** Why the commands cannot work, in words; undefined when nothing speaks against them. */
export function unusableWords(access: CommandAccess): string | undefined {
  for (const act of ['status', 'start', 'stop', 'create', 'find', 'destroy'] as const) {
    const words = access[act];
    if (words === null) continue;
    if (!words[0]) return `${act} names no program`;
    if (words.some((word) => word.includes('\0'))) return `${act} holds a NUL character`;
    if (!words.slice(1).some((word) => word.includes(NEEDED[act]))) return `${act} has no word with ${NEEDED[act]}`;
  }
  return undefined;
}
