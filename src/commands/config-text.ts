// The text of a new imagedex.config.yaml: what was answered, and beside it, commented out, what can be said besides.

export interface ConfigAnswers {
  readonly collection: string;
  /** As typed as SOURCE. */
  readonly sources: readonly string[];
  /** '' where none was given. */
  readonly contact: string;
  readonly origins: readonly string[];
  /** Where the data are to lie, as far as it was said. */
  readonly places: Readonly<Record<string, unknown>>;
}

/** YAML that `loadConfig` takes. Texts are quoted as JSON, which YAML reads the same. */
export function configText({ collection, sources, contact, origins, places }: ConfigAnswers): string {
  const quoted = (text: string): string => JSON.stringify(text);
  // A name of digits would be a number, and these words are values.
  const plain = (name: string): string =>
    /^[a-z]/.test(name) && !/^(null|true|false)$/.test(name) ? name : quoted(name);
  const list = (texts: readonly string[], indent: string): string[] =>
    texts.map((text) => `${indent}- ${quoted(text)}`);
  return [
    '# Configuration of imagedex. Flags and IMAGEDEX_ variables win over it; `imagedex config` shows what is in force.',
    '',
    '# Where everything is kept. To uninstall is to delete this folder.',
    ...('dataDir' in places ? [] : ['dataDir: .imagedex']),
    ...Object.entries(places).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    '',
    '# Who runs this crawler, for the people whose site is crawled: an address or a mail address in the user agent.',
    contact === '' ? '# contact: https://example.org/about-our-crawler' : `contact: ${quoted(contact)}`,
    '',
    '# How politely and how far, unless a collection or a source says something else:',
    '# hostDelayMs: 1000      # rest between two requests to one host',
    '# maxPages: 10000        # pages of a web source in one crawl',
    '# maxDepth: 20           # links between the start page and the last that is looked into',
    '# allowPrivateHosts: []  # hosts of your own network that may be fetched from',
    '',
    '# The collection that verbs and the search page use where none is named.',
    `collection: ${plain(collection)}`,
    '',
    'collections:',
    `  ${plain(collection)}:`,
    '    # Folders, web sites, S3 buckets, and lists of addresses (JSON Lines, JSON, CSV).',
    '    sources:',
    ...list(sources, '      '),
    '      # A source with settings of its own:',
    '      # - source: s3://bucket/prefix',
    '      #   s3Endpoint: https://s3.example.org  # without it: AWS',
    '      # - source: list:https://shop.example/products.json',
    '      #   listMap: [items=products, "url=images[].src", title=title]',
    '      #   headers:',
    `      #     authorization: \${SHOP_TOKEN}  # secrets come from the environment`,
    '      # - source: https://example.org/',
    `      #   basicAuth: \${EXAMPLE_LOGIN}  # user:password`,
    '      #   maxPages: 500',
    '',
    '    # Globs without a slash are for file names, others for paths.',
    '    # include: ["*.{jpg,jpeg,png,webp}"]',
    '    # exclude: ["thumbs/**", "*-small.*"]',
    '',
    '    # maxImages: 10000  # images that one crawl finds at most',
    '',
    '    # Pages of these origins may embed the search of this collection:',
    ...(origins.length === 0
      ? ['    # origins: [https://www.example.org]']
      : ['    origins:', ...list(origins, '      ')]),
    '',
    '    # Thumbnails are dropped when their images were last fetched so long ago, or when there are so many bytes of them:',
    '    # retention: { maxAgeDays: 365, maxBytes: 1000000000 }',
    '',
  ].join('\n');
}
