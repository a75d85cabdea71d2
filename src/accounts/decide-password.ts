// Which passwords are refused: short ones, and those that whoever guesses tries first. What is left to people is everything else: no
// demands for digits or signs, which make passwords harder to remember and no harder to guess (NIST SP 800-63B, section 3.1.1.2).

/** Characters that a password has at least. */
const SHORTEST_PASSWORD = 12;
const FEWEST_DIFFERENT = 5;
/** Letters that are left at least when every word that everybody tries is taken out. */
const FEWEST_OWN_LETTERS = 4;

/** What people take when something like a password is asked of them; German and English, because the platform's people are. */
const COMMON_WORDS = [
  ...['password', 'passwort', 'passphrase', 'kennwort', 'geheim', 'secret', 'berth', 'admin', 'administrator', 'root'],
  ...['user', 'login', 'letmein', 'welcome', 'willkommen', 'hello', 'hallo', 'master', 'changeme', 'default', 'test'],
  ...['iloveyou', 'dragon', 'monkey', 'football', 'baseball', 'sunshine', 'princess', 'qwerty', 'qwertz', 'asdf'],
  ...['zxcvbn', 'trustno', 'superman', 'batman', 'shadow', 'michael', 'schalke', 'sommer', 'winter', 'summer'],
] as const;

const ROWS = [
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1234567890',
  'abcdefghijklmnopqrstuvwxyz',
];

/** Digits and signs that stand for letters, as everybody writes them. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Why a password of a user is refused, as the rest of a sentence; undefined when it is taken. */
export function passwordFault(password: string, user: string): string | undefined {
  const text = password.toLowerCase();
  const characters = [...text];
  if (characters.length < SHORTEST_PASSWORD) return `it has fewer than ${SHORTEST_PASSWORD} characters`;
  if (new Set(characters).size < FEWEST_DIFFERENT) return 'it has too few different characters';
  if (isRepeated(text)) return 'it is one short text again and again';
  if (isRun(text)) return 'its characters follow each other, as on a keyboard';
  if (ownLetters(text, user) < FEWEST_OWN_LETTERS) return 'it is made of words that everybody tries first';
  return undefined;
}

/** A text that is one of up to a third of its length, repeated (the last time perhaps cut off). */
function isRepeated(text: string): boolean {
  const periods = Array.from({ length: Math.floor(text.length / 3) }, (_, index) => index + 1);
  return periods.some((period) => text.slice(period) === text.slice(0, -period));
}

/** A text in which nearly each character is the neighbour of the one before, on a keyboard or in the alphabet. */
function isRun(text: string): boolean {
  const pairs = Array.from({ length: text.length - 1 }, (_, index) => text.slice(index, index + 2));
  const neighbours = pairs.filter(([a = '', b = '']) => ROWS.some((row) => row.includes(a + b) || row.includes(b + a)));
  return neighbours.length >= pairs.length * 0.8;
}

/** Letters that are in no common word, as it is written and as it is meant; all characters where there is not one letter. */
function ownLetters(password: string, user: string): number {
  const written = password.replaceAll(/^\P{L}+|\P{L}+$/gu, '');
  if (written === '') return password.length;
  const meant = written.replaceAll(/./gu, (each) => LOOKALIKES[each] ?? each);
  const words = [...COMMON_WORDS, user].toSorted((a, b) => b.length - a.length);
  const without = (text: string) => words.reduce((rest, word) => rest.replaceAll(word, ' '), text);
  return Math.min(...[written, meant].map((text) => without(text).replaceAll(/\P{L}/gu, '').length));
}
