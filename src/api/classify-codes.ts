// Why an image was not classified, as the API says it: fewer codes than crawls have, for there is no later crawl.
import type { FailureCode, SkipCode } from '../errors.ts';

export type ClassifyErrorCode =
  | 'INVALID_BASE64'
  | 'UNSUPPORTED_SCHEME'
  | 'PRIVATE_ADDRESS'
  | 'ROBOTS_DENIED'
  | 'OPTED_OUT'
  | 'TAKEN_DOWN'
  | 'FETCH_FAILED'
  | 'TOO_MANY_BYTES'
  | 'TOO_MANY_PIXELS'
  | 'NOT_AN_IMAGE'
  | 'UNSUPPORTED_FORMAT'
  | 'UNDECODABLE'
  | 'DESCRIBE_FAILED'
  | 'BUSY';

const codes: Readonly<Record<SkipCode | FailureCode, ClassifyErrorCode>> = {
  robots_denied: 'ROBOTS_DENIED',
  opted_out: 'OPTED_OUT',
  unsupported_format: 'UNSUPPORTED_FORMAT',
  not_an_image: 'NOT_AN_IMAGE',
  too_many_bytes: 'TOO_MANY_BYTES',
  decompressed_too_large: 'TOO_MANY_BYTES',
  too_many_pixels: 'TOO_MANY_PIXELS',
  private_address: 'PRIVATE_ADDRESS',
  unsupported_scheme: 'UNSUPPORTED_SCHEME',
  blocked_port: 'FETCH_FAILED',
  bad_entry: 'FETCH_FAILED',
  bad_sitemap: 'FETCH_FAILED',
  excluded: 'FETCH_FAILED',
  taken_down: 'TAKEN_DOWN',
  // Only pages say these of images.
  embedded: 'FETCH_FAILED',
  tracking_pixel: 'FETCH_FAILED',
  too_small: 'FETCH_FAILED',
  decoration: 'FETCH_FAILED',
  trap: 'FETCH_FAILED',
  not_html: 'NOT_AN_IMAGE',
  not_found: 'FETCH_FAILED',
  http_error: 'FETCH_FAILED',
  server_error: 'FETCH_FAILED',
  network_error: 'FETCH_FAILED',
  timed_out: 'FETCH_FAILED',
  robots_unreachable: 'FETCH_FAILED',
  host_unwell: 'FETCH_FAILED',
  too_many_redirects: 'FETCH_FAILED',
  bad_response: 'FETCH_FAILED',
  unreadable: 'FETCH_FAILED',
  undecodable: 'UNDECODABLE',
  describer_died: 'DESCRIBE_FAILED',
  describe_timed_out: 'DESCRIBE_FAILED',
  // Of crawls only: no page is opened here.
  not_rendered: 'FETCH_FAILED',
  // Of crawls only: what is classified here is not stored.
  document_rejected: 'DESCRIBE_FAILED',
};

export const classifyCode = (code: SkipCode | FailureCode): ClassifyErrorCode => codes[code];
