// What every command is run with.
import type { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { Printer } from './printer.ts';
import type { Surroundings } from './surroundings.ts';

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
export function contextOf(command: Command, surroundings: Surroundings): CommandContext {
  const { json, url } = command.optsWithGlobals<CommonOptions>();
  const credentials = url === undefined ? surroundings.credentials : { ...surroundings.credentials, url };
  return { client: new ApiClient(credentials), printer: new Printer(surroundings, json === true), surroundings };
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
