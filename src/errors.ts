// The table of coded outcomes: what went wrong, whether trying again helps, and the errors that stop a command.

/** `skipped`: we chose not to. `failed`: we could not. Codes are a closed list, documented in docs/reference/codes.md. */
export const skipCodes = {
  robots_denied: {
    about: 'robots.txt of the host does not allow our user agent to fetch it',
    cure: 'ask the owner of the site',
  },
  opted_out: {
    about: 'the page or the response asks not to be indexed (meta robots, X-Robots-Tag)',
    cure: 'ask the owner of the site',
  },
  unsupported_format: {
    about: 'the bytes are of a format that is not described (SVG, BMP and others)',
    cure: 'convert it to JPEG, PNG, WebP, GIF, AVIF or TIFF',
  },
  not_an_image: { about: 'the bytes are no image that we know', cure: 'nothing, unless it should be one' },
  too_many_bytes: { about: 'larger than maxImageBytes', cure: 'raise maxImageBytes' },
  decompressed_too_large: {
    about: 'small as it was sent, but decompressed larger than maxImageBytes',
    cure: 'raise maxImageBytes if the site is to be trusted',
  },
  too_many_pixels: { about: 'more pixels than maxPixels', cure: 'raise maxPixels' },
  private_address: {
    about: 'the host resolves to a private, loopback or link-local address that is not allowed',
    cure: 'name the host in allowPrivateHosts if it is yours',
  },
  blocked_port: {
    about: 'its port is that of another service than the web (mail, names …): no browser asks there either',
    cure: 'name host and port in allowPrivateHosts if a web server listens there',
  },
  unsupported_scheme: { about: 'not http or https', cure: 'nothing' },
  excluded: {
    about: 'the address does not pass the globs of include and exclude',
    cure: 'change include or exclude if it should',
  },
  taken_down: {
    about: 'it was taken down: `forget` keeps it from coming back',
    cure: 'nothing',
  },
  embedded: {
    about:
      'the picture is written into the page itself (data:) or made by a script (blob:), so it has no address',
    cure: 'nothing',
  },
  tracking_pixel: { about: 'one pixel that counts visits', cure: 'nothing' },
  too_small: {
    about: 'smaller than minImagePixels on its shorter side',
    cure: 'lower minImagePixels',
  },
  decoration: {
    about: 'a logo or an icon, and skipDecoration is set',
    cure: 'unset skipDecoration',
  },
  trap: {
    about:
      'a page of which a site can make ever more without showing anything new: calendars, endless parameters, repeated paths',
    cure: 'crawl its address itself, if it should be read all the same',
  },
  not_html: { about: 'the page is neither HTML nor an image', cure: 'nothing' },
} as const satisfies Record<string, { about: string; cure: string }>;
export type SkipCode = keyof typeof skipCodes;

export const failureCodes = {
  not_found: {
    retry: 'never',
    about: 'the server answered 404 or 410, or the file is not there any more',
    cure: 'mend the link on the page that shows it',
  },
  http_error: {
    retry: 'never',
    about: 'the server answered with a status of 4xx',
    cure: 'see the status in the reason; the site may want a login',
  },
  server_error: {
    retry: 'later',
    about: 'the server answered with a status of 5xx or 429',
    cure: 'crawl again later, with a longer hostDelayMs',
  },
  network_error: {
    retry: 'later',
    about: 'the connection failed or broke',
    cure: 'see whether the address opens from this machine',
  },
  timed_out: {
    retry: 'later',
    about: 'no complete answer within the time allowed',
    cure: 'raise fetchTimeoutMs',
  },
  robots_unreachable: {
    retry: 'later',
    about: 'robots.txt could not be had (5xx or no answer), which means no',
    cure: 'crawl again later',
  },
  host_unwell: {
    retry: 'later',
    about: 'its host has failed again and again and is left alone for a while, so it was not asked for',
    cure: 'see whether the site answers in a browser; retry later',
  },
  too_many_redirects: {
    retry: 'never',
    about: 'more than five redirects',
    cure: 'crawl the address they lead to',
  },
  bad_response: {
    retry: 'never',
    about: 'the answer breaks the rules of HTTP',
    cure: 'tell the owner of the site',
  },
  unreadable: {
    retry: 'never',
    about: 'the file or folder cannot be read (rights, or a name that is not UTF-8)',
    cure: 'change its rights or its name',
  },
  not_rendered: {
    retry: 'never',
    about:
      'a browser opened the page before and could not now, or did not get all that the page asked for, which shows less for it: what it showed then still stands',
    cure: 'see the reason; crawl again when the site is well; install Chromium or Chrome, or name it with browser',
  },
  bad_entry: {
    retry: 'never',
    about:
      'a list, or an entry of it, is not as expected: no JSON, no address of an image, or one that is not http(s)',
    cure: 'mend the list, or say with --map where what is',
  },
  bad_sitemap: {
    retry: 'never',
    about:
      'a sitemap or feed is not as expected: no XML, another kind of file, cut off, too large, or too many indexes above it',
    cure: 'tell the owner of the site',
  },
  undecodable: { retry: 'never', about: 'the image is cut off or broken', cure: 'replace the file' },
  describer_died: {
    retry: 'never',
    about: 'the process that decodes died twice on this image alone',
    cure: 'lower maxPixels where memory is short; else report the image',
  },
  describe_timed_out: {
    retry: 'never',
    about: 'decoding and classifying took longer than describeTimeoutMs',
    cure: 'raise describeTimeoutMs',
  },
  document_rejected: {
    retry: 'never',
    about: 'the store does not take the document of the image',
    cure: 'see the reason; `imagedex store migrate` where the indices are of an older version, then retry',
  },
} as const satisfies Record<string, { retry: 'later' | 'never'; about: string; cure: string }>;
export type FailureCode = keyof typeof failureCodes;

export type Stage = 'find' | 'fetch' | 'describe' | 'index';

/** A page or image that could not be processed: a value that is stored, not an exception. */
export interface Failure {
  readonly stage: Stage;
  readonly code: FailureCode;
  /** What was expected, what came, in words. */
  readonly reason: string;
  readonly retry: 'later' | 'never';
  /** Milliseconds that the other side asked us to wait (Retry-After), where it did. */
  readonly retryAfterMs?: number;
  /** Nothing was asked for it: to wait costs no attempt. */
  readonly isUnasked?: true;
}

export const failure = (stage: Stage, code: FailureCode, reason: string): Failure => ({
  stage,
  code,
  reason,
  retry: failureCodes[code].retry,
});

export type ErrorCode =
  | 'usage'
  | 'config_invalid'
  | 'source_unavailable'
  | 'crawl_running'
  | 'model_invalid'
  | 'data_newer'
  | 'data_unavailable'
  | 'address_in_use'
  | 'not_found'
  | 'file_exists'
  | 'import_invalid'
  | 'invalid_cursor';

/** A fault of the program's use or configuration: stops the command. Says what was expected, what came, how to mend it. */
export class ImagedexError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImagedexError';
    this.code = code;
  }
}

/** Likely to be over after a while: a store that is away, full or too busy. Whoever can wait tries again. */
export class TemporaryError extends ImagedexError {}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
