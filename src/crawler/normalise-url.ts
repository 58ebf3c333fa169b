// One spelling for each web address: what makes two links the same page or the same location.

const maxUrlLength = 4096;

/** The normalised absolute URL, or undefined where it is none of http(s). */
export function normaliseUrl(address: string, base?: string): string | undefined {
  const text = address.trim();
  if (text === '' || text.length > maxUrlLength || !URL.canParse(text, base)) return undefined;
  // The parser lowers scheme and host, writes the host in punycode, and drops default ports and dot segments.
  const url = new URL(text, base);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.search === '') url.search = '';
  url.pathname = spelled(url.pathname);
  if (url.search !== '') url.search = spelled(url.search);
  return url.href.length > maxUrlLength ? undefined : url.href;
}

/** Escapes of letters, digits and `-._~` undone, all others in upper case, a bare `%` escaped. */
const spelled = (part: string): string =>
  part.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(letter) ? letter : code.toUpperCase();
  });
