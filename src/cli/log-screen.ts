// What applications wrote, as a terminal may be given it: their colours stay, everything else that steers a terminal goes. Titles,
// clipboards and answers to queries are steered by such sequences as well, and applications are other people's programs.
import { stripVTControlCharacters } from 'node:util';

/** Select Graphic Rendition (ECMA-48, 8.3.117): colours and weights. */
const COLORS = new RegExp(`(${String.fromCharCode(0x1b)}\\[[\\d;:]*m)`);

/** Decodes logs piece by piece; each writer's pieces may be cut within a character. */
export class LogScreen {
  readonly #color: boolean;
  readonly #decoders = new Map<string, TextDecoder>();

  constructor(color: boolean) {
    this.#color = color;
  }

  /** The next piece of one writer. */
  shown(writer: string, bytes: Uint8Array): string {
    const decoder = this.#decoders.get(writer) ?? new TextDecoder();
    this.#decoders.set(writer, decoder);
    const pieces = decoder.decode(bytes, { stream: true }).split(COLORS);
    return pieces.map((piece, index) => (index % 2 === 0 ? harmless(piece) : this.#color ? piece : '')).join('');
  }
}

/** Newlines, tabs and carriage returns, by which progress is shown, stay. */
function harmless(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/(?![\n\t\r])[\p{Cc}\p{Bidi_Control}]/gu, '');
}
