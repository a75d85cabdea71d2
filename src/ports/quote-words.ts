// The one place where words become a line for a shell: SSH carries commands as a single string that the user's shell reads.

/** Quotes words so that a POSIX shell reads exactly them (POSIX.1-2017, Shell Command Language 2.2.2). @throws RangeError for a NUL. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** Several commands as one line; each runs only if those before it succeeded. */
export function quoteCommands(commands: readonly (readonly string[])[]): string {
  return commands.map(quoteWords).join(' && ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new RangeError('A word of a command cannot hold a NUL.');
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
