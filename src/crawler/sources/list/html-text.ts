// The text of a piece of HTML, which catalogues have in titles and descriptions.

export async function openTextOf(): Promise<(html: string) => string> {
  const { Parser } = await import('htmlparser2');
  return (html) => {
    let text = '';
    let hiddenBy: string | undefined;
    const parser = new Parser({
      onopentagname: (name) => {
        if (name === 'script' || name === 'style') hiddenBy ??= name;
        // Words of two paragraphs are two words, those of <b>old</b>er are one.
        if (!inline.has(name)) text += ' ';
      },
      ontext: (piece) => {
        if (hiddenBy === undefined) text += piece;
      },
      onclosetag: (name) => {
        if (name === hiddenBy) hiddenBy = undefined;
        if (!inline.has(name)) text += ' ';
      },
    });
    parser.write(html.slice(0, maxChars));
    parser.end();
    return text;
  };
}

/** Far beyond what is kept of it. */
const maxChars = 64 * 1024;
const inline = new Set([
  'a',
  'abbr',
  'b',
  'code',
  'em',
  'i',
  'mark',
  's',
  'small',
  'span',
  'strong',
  'sub',
  'sup',
  'u',
]);
