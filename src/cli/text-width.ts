// How many columns of a terminal a text takes.

/** Without those that are only spaces and plain letters: nearly every text is decided by this. */
const PLAIN = /^[ -~]*$/;
/** Shown in two columns (Unicode Standard Annex 11, as far as scripts tell it). */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** Made when it is first needed: loading the rules of all scripts takes longer than most commands. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Columns that a text without control characters takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((width, sign) => width + (WIDE.test(sign) ? 2 : 1), 0);
}

/** A text, cut with an ellipsis where it would be wider than `width` columns. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let [cut, left] = ['', Math.max(1, width) - 1];
  for (const sign of graphemes(text)) {
    left -= textWidth(sign);
    if (left < 0) break;
    cut += sign;
  }
  return `${cut}…`;
}
