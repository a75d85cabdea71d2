// What every command is run with.
import type { Command } from 'commander';
import { BerthError } from '../model/errors.ts';
import { ApiClient } from './api-client.ts';
import { Printer } from './printer.ts';
import type { Credentials, Surroundings } from './surroundings.ts';

/** A client, a printer, and the surroundings. */
export interface CommandContext {
  readonly client: ApiClient;
  readonly printer: Printer;
  readonly surroundings: Surroundings;
}

/** The options that every command has. */
export interface CommonOptions {
  readonly json?: true;
  readonly url?: string;
}

/** The context of a command that was called. */
function contextOf(command: Command, surroundings: Surroundings): CommandContext {
  const { json, url } = command.optsWithGlobals<CommonOptions>();
  return {
    client: new ApiClient(credentialsFor(url, surroundings)),
    printer: new Printer(surroundings, json === true),
    surroundings,
  };
}

function credentialsFor(url: string | undefined, { credentials, tokenGiven }: Surroundings): Credentials {
  if (url === undefined || url === credentials.url) return credentials;
  return { url, token: tokenGiven ? credentials.token : undefined };
}

/** Words of the form key=value, as an object. @throws cli.usage */
export function pairsOf(words: readonly string[], command: string): Record<string, string> {
  return Object.fromEntries(words.map((word) => pairOf(word, command)));
}

function pairOf(word: string, command: string): [key: string, value: string] {
  const split = word.indexOf('=');
  if (split < 1) throw new BerthError('cli.usage', { detail: `"${word}" is not of the form key=value.`, command });
  return [word.slice(0, split), word.slice(split + 1)];
}

/** A command's action: its arguments by position, its options, its context. */
export type Action<O> = (context: CommandContext, words: readonly string[], options: O) => Promise<void>;

/** Adds an action to a command; words that are optional and not given are ''. */
export function act<O>(command: Command, surroundings: Surroundings, action: Action<O>): Command {
  return command.action(async (...given: unknown[]) => {
    const called = given.at(-1) as Command;
    const words = given.slice(0, -2).map((word) => (typeof word === 'string' ? word : ''));
    await action(contextOf(called, surroundings), words, called.opts() as O);
  });
}
