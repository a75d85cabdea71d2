// The places in the words of a command.
import { BerthError } from '../../model/errors.ts';

/** What may stand in a place. */
export type Places = Readonly<Partial<Record<'machine' | 'name' | 'act', string>>>;

/** Names that a command can not take for an option and that hold nothing unprintable. */
const PLAIN = /^[^\s\p{Cc}-][^\p{Cc}]{0,254}$/u;

/** The words with `{machine}`, `{name}` and `{act}` filled in; other braces are the user's own. @throws provider.refused for a name that is none */
export function filledIn(words: readonly string[], places: Places): readonly string[] {
  for (const [place, value] of Object.entries(places)) {
    if (!PLAIN.test(value)) {
      const said = `${JSON.stringify(value.slice(0, 80))} cannot stand for {${place}}`;
      throw new BerthError('provider.refused', { act: 'run its command', words: said });
    }
  }
  return words.map((word) =>
    word.replaceAll(/\{(machine|name|act)\}/g, (found, place: keyof Places) => places[place] ?? found),
  );
}
