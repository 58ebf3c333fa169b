// Tokens as a text that the whitespace analyzer cuts into exactly these tokens again, whatever is in them.

/** What would split a token, what a text index does not tell apart (halves of surrogate pairs), and the mark itself. */
const special = /[%\s\p{Cc}\p{Cs}]/gu;
/** The analyzer cuts words of more than 255 UTF-16 units; a character has two at most. */
const pieces = /.{1,100}/gsu;
/** Most words: of them nothing needs to be marked. */
const plain = /^[\da-z]{1,200}$/;
const goesOn = '%+';
const carriesOn = '%-';

export const tokenText = (tokens: readonly string[]): string => tokens.map(textOf).join(' ');

function textOf(token: string): string {
  if (plain.test(token)) return token;
  if (token === '') return '%';
  const escaped = token.replace(special, (char) => `%${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped.length <= 200) return escaped;
  // A long token is several, of which none can be taken for a token of its own.
  return escaped
    .match(pieces)!
    .map((piece, place) => `${place === 0 ? '' : carriesOn}${piece}`)
    .join(`${goesOn} `);
}

export function tokensOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  // As a rule nothing was marked.
  if (!text.includes('%')) return text.split(' ');
  return text.replaceAll(`${goesOn} ${carriesOn}`, '').split(' ').map(tokenOf);
}

const tokenOf = (escaped: string): string =>
  escaped === '%'
    ? ''
    : escaped.replace(/%([0-9a-f]{4})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
