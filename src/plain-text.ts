// Texts of strangers on a terminal: what moves its cursor, rings, or turns words round is written out instead.

/** Control characters, ends of lines that only some programs know, and what changes the direction of words. */
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** As JSON writes it: JSON stays the same JSON. */
const written = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Newlines and tabs stay: whoever writes whole lines made them. */
export const plainText = (text: string): string =>
  text.replace(controls, (letter) => (letter === '\n' || letter === '\t' ? letter : written(letter)));

/** A value that is to be part of a line, and cannot begin another one. */
export const plainValue = (text: string): string => text.replace(controls, written);

/** A message that may have several lines: those after the first cannot be taken for messages of their own. */
export const plainMessage = (text: string): string => plainText(text).replaceAll('\n', '\n    ');
