// A link without what says who follows it and from where: the session that a server gave us, and the campaign that a
// link is of. With these every page would have as many addresses as there are visits.

/** Of no other use than to tell visitors apart. */
const sessionNames =
  /^(php_?sess_?id|j?sess(ion)?_?id|aspsessionid[a-z]*|cfid|cftoken|zenid|oscsid|xtcsid|mscssid|sessid|sess_id|session_key|(gclid|dclid|fbclid|msclkid|yclid|gbraid|wbraid|srsltid|igshid|mc_[ce]id|_ga|_gl|_hs(enc|mi))|(utm|piwik|matomo|mtm)_[a-z_]+|pk_(campaign|kwd|keyword|source|medium|content|cid))$/i;
/** Short names may mean something else: only with a value that nobody would write. */
const shortNames = /^(s|sid|session|sess|hash)$/i;
const token = /^(?=.*\d)(?=.*[a-z])[a-z0-9]{16,128}$/i;

/** `address` is normalised, and so is what comes back. */
export function plainLink(address: string): string {
  const mayHave = address.includes('?') || address.includes(';') || address.includes('/(S(');
  if (!mayHave) return address;
  const url = new URL(address);
  url.pathname = url.pathname
    .replace(/;(?:jsessionid|phpsessid|sid)=[^/;]*/gi, '')
    // ASP.NET without cookies.
    .replace(/\/\(S\([a-z0-9]{10,40}\)\)(?=\/|$)/gi, '');
  if (url.search !== '') {
    const parts = url.search.slice(1).split('&');
    const kept = parts.filter((part) => !isOfVisitor(part));
    // Kept as it is spelt, where there is nothing to leave out.
    if (kept.length < parts.length) url.search = kept.join('&');
  }
  return url.href;
}

function isOfVisitor(part: string): boolean {
  const equals = part.indexOf('=');
  const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  return sessionNames.test(name) || (shortNames.test(name) && token.test(value));
}
