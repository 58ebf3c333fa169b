// What runs inside the browser, as text: the first before a page's own scripts, the others in a world of their own that
// the page's scripts cannot reach.

/** Closed shadow roots open, nothing that asks people, no connections from peer to peer. */
export const prepare = `(() => {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(init) {
    return attach.call(this, { ...init, mode: 'open' });
  };
  window.print = () => undefined;
  window.open = () => null;
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'WebTransport'])
    try { delete window[name]; } catch {}
  performance.setResourceTimingBufferSize(5000);
})()`;

/** A form's inputs stand by their names in place of its own properties: those are read through the prototypes. */
const fromPrototypes = `
  const reader = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return (one) => get.call(one);
  };`;

export interface PageState {
  readonly isReady: boolean;
  readonly nodes: number;
  readonly height: number;
  readonly images: number;
}

export const state = `(() => {
  const root = document.scrollingElement ?? document.documentElement;
  return {
    isReady: document.readyState === 'complete',
    nodes: document.getElementsByTagName('*').length,
    height: root === null ? 0 : root.scrollHeight,
    images: document.images.length,
  };
})()`;

/** A step down, of the page and of what scrolls within it. True where anything moved. */
export const scroll = `(() => {${fromPrototypes}
  const clientHeight = reader(Element, 'clientHeight');
  const scrollHeight = reader(Element, 'scrollHeight');
  const scrollTop = reader(Element, 'scrollTop');
  const down = (element, view) => {
    const before = scrollTop(element);
    const top = before + Math.max(200, view * 0.9);
    Element.prototype.scrollTo.call(element, { top, behavior: 'instant' });
    return scrollTop(element) !== before;
  };
  const root = document.scrollingElement ?? document.documentElement;
  let hasMoved = root !== null && down(root, innerHeight);
  const all = document.getElementsByTagName('*');
  for (let at = 0; at < Math.min(all.length, 5000); at++) {
    const one = all[at];
    const height = clientHeight(one);
    if (one === root || height < 150 || scrollHeight(one) < height + 40) continue;
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) hasMoved = down(one, height) || hasMoved;
  }
  return hasMoved;
})()`;

export interface Serialised {
  readonly html: string;
  readonly isCut: boolean;
  /** Addresses of pictures that style sheets asked for. */
  readonly painted: readonly string[];
  /** Addresses of its icons, which only tabs show. */
  readonly icons: readonly string[];
}

/** The document as it is now, what lies in shadow roots in its place, without scripts. */
export const serialise = (maxChars: number, maxNodes: number): string => `(() => {${fromPrototypes}
  const nodeType = reader(Node, 'nodeType');
  const childNodes = reader(Node, 'childNodes');
  const localName = reader(Element, 'localName');
  const attributes = reader(Element, 'attributes');
  const shadowRoot = reader(Element, 'shadowRoot');
  const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
  const empty = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
  const parts = ['<!doctype html>'];
  let chars = 0, nodes = 0;
  const add = (text) => { parts.push(text); chars += text.length; };
  const stack = document.documentElement === null ? [] : [document.documentElement];
  const later = (list) => { for (let at = list.length - 1; at >= 0; at--) stack.push(list[at]); };
  while (stack.length > 0 && chars < ${maxChars} && nodes < ${maxNodes}) {
    const node = stack.pop();
    if (typeof node === 'string') { add(node); continue; }
    nodes++;
    const kind = nodeType(node);
    if (kind === 3) { add(escaped(node.data.slice(0, 100000))); continue; }
    if (kind !== 1) continue;
    const name = localName(node);
    if (name === 'template') continue;
    if (name === 'script' && !/^application\\/ld\\+json/i.test(node.type)) continue;
    if (name === 'slot' && node.getRootNode() instanceof ShadowRoot) {
      const assigned = node.assignedNodes();
      later(assigned.length > 0 ? assigned : node.childNodes);
      continue;
    }
    let tag = '<' + name;
    for (const { name, value } of attributes(node)) {
      if (!/^[a-z_:][-a-z0-9_:.]*$/i.test(name)) continue;
      const kept = value.startsWith('data:') ? value.slice(0, 200) : value.slice(0, 50000);
      tag += ' ' + name + '="' + escaped(kept) + '"';
    }
    add(tag + '>');
    if (empty.test(name)) continue;
    if (/^(script|style|noscript)$/.test(name)) { add(node.textContent + '</' + name + '>'); continue; }
    stack.push('</' + name + '>');
    if (!/^(iframe|frame|object|canvas)$/.test(name)) later(childNodes(shadowRoot(node) ?? node));
  }
  const painted = performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'css');
  return {
    html: parts.join('').slice(0, ${maxChars}),
    isCut: stack.length > 0,
    painted: painted.slice(0, 5000).map((one) => one.name),
    icons: [...document.querySelectorAll('link[rel~="icon" i], link[rel*="-icon" i]')].slice(0, 50).map((one) => one.href),
  };
})()`;
