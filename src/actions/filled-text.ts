// Texts with places such as {name}. Each place is filled once: what a value brings along is never read as a place.

const PLACE = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A text with its places filled, each value as `as` writes it; places without a value stay as they are. */
export function filledText(
  text: string,
  values: Readonly<Record<string, string>>,
  as: (value: string) => string = (value) => value,
): string {
  return text.replaceAll(PLACE, (place, name: string) =>
    Object.hasOwn(values, name) ? as(values[name] ?? '') : place,
  );
}

/** A value as text of HTML, or of a quoted attribute of it (https://html.spec.whatwg.org/multipage/parsing.html). */
export function htmlText(value: string): string {
  return value.replaceAll(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A text on one line, without control characters, so that it can be a header. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
