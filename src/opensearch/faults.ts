// What the client of OpenSearch throws, as an error that says what is wrong and how to mend it, and whether to try again.
import { ImagedexError, TemporaryError } from '../errors.ts';
import { connectionFault } from './connection-faults.ts';

/** Away, full or too busy; 500 is also what a node says that shuts down, or whose disk is full. */
export const isTemporaryStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

interface Answer {
  readonly statusCode?: number | null;
  readonly body?: unknown;
}
interface ClientError {
  readonly name: string;
  readonly message: string;
  readonly meta?: Answer;
}
interface Refusal {
  readonly type: string;
  readonly reason: string;
}

/** Of what OpenSearch answered; undefined where no answer came. Looks into the cause, too. */
export function statusOf(error: unknown): number | undefined {
  const { name, meta } = clientErrorOf(error) ?? { name: '' };
  return name === 'ResponseError' ? (meta?.statusCode ?? undefined) : undefined;
}

/** `version_conflict_engine_exception`, say; undefined where the answer names none. Looks into the cause, too. */
export function errorType(error: unknown): string | undefined {
  const client = clientErrorOf(error);
  return client?.name === 'ResponseError' ? refusalOf(client.meta?.body).type || undefined : undefined;
}

/** Worth trying again after a while: whatever `faultOf` makes a TemporaryError of. */
export const isTemporary = (error: unknown): boolean => faultOf(error) instanceof TemporaryError;

/** A TemporaryError, or an ImagedexError that stops the command. What is no fault of the connection comes back as it is. */
export function faultOf(error: unknown): unknown {
  if (error instanceof ImagedexError) return error;
  const client = clientErrorOf(error);
  if (client === undefined) return error;
  const options = { cause: error };
  switch (client.name) {
    case 'ResponseError':
      return answerFault(client.meta?.statusCode ?? 0, client.meta?.body, options);
    case 'ConnectionError':
      return connectionFault(client.message, options);
    case 'TimeoutError':
      return new TemporaryError('data_unavailable', 'OpenSearch gives no answer in time', options);
    // The client tries nodes that failed, too: it has none only after it was closed.
    case 'NoLivingConnectionsError':
      return new ImagedexError('data_unavailable', 'the connection to OpenSearch is closed', options);
    case 'DeserializationError':
      return new TemporaryError(
        'data_unavailable',
        `OpenSearch answers what cannot be read: ${client.message.slice(0, 200)}`,
        options,
      );
    case 'RequestAbortedError':
      return new TemporaryError('data_unavailable', 'the connection to OpenSearch was closed', options);
    case 'ConfigurationError':
      return new ImagedexError('config_invalid', `opensearchUrls: ${client.message}`, options);
    default:
      return error;
  }
}

/** Said with a status of 500 or 503, but no better later. */
const tooLarge = /maxClauseCount|too_many_buckets/;

/** What an answer with this status and this body means; also for one item of a bulk request or of several reads. */
export function answerFault(status: number, body: unknown, options?: ErrorOptions): ImagedexError {
  const refusal = refusalOf(body);
  const said = saidBy(refusal, status);
  const temporary = (message: string) => new TemporaryError('data_unavailable', message, options);
  const lasting = (message: string) => new ImagedexError('data_unavailable', message, options);
  if (isBlock(refusal)) return temporary(blockText(refusal.reason));
  if (tooLarge.test(said))
    return lasting(`the query is too large for OpenSearch (${said}): ask with fewer words and labels`);
  // Also said with a status of 500; it is no better later either.
  const isOurs = refusal.type === 'illegal_argument_exception';
  if (isTemporaryStatus(status) && !isOurs) return temporary(`OpenSearch is too busy or not ready: ${said}`);
  switch (status) {
    case 401:
      return lasting(
        `OpenSearch does not take the login (${said}): set opensearchUser and IMAGEDEX_OPENSEARCH_PASSWORD, or opensearchAwsRegion for a domain that wants signatures`,
      );
    case 403:
      return lasting(forbiddenText(refusal, said));
    case 413:
      return lasting(
        `a request was larger than OpenSearch takes (${said}): lower bulkMaxBytes, or raise http.max_content_length there`,
      );
    default:
      return lasting(`OpenSearch refused a request: ${said}`);
  }
}

const clientErrors: ReadonlySet<string> = new Set([
  'ResponseError',
  'ConnectionError',
  'TimeoutError',
  'NoLivingConnectionsError',
  'DeserializationError',
  'RequestAbortedError',
  'ConfigurationError',
]);

/** By name, so that the client itself is loaded only where it is opened. */
function clientErrorOf(error: unknown): ClientError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (clientErrors.has(error.name)) return error;
  return error instanceof ImagedexError && error.cause !== undefined ? clientErrorOf(error.cause) : undefined;
}

/** `{error: {type, reason, root_cause}}` of OpenSearch, `{message}` or `{Message}` of AWS, or the page of a proxy. */
function refusalOf(body: unknown): Refusal {
  if (typeof body !== 'object' || body === null) return { type: '', reason: '' };
  const { error, message, Message } = body as Readonly<Record<string, unknown>>;
  if (typeof error !== 'object' || error === null)
    return { type: '', reason: [error, message, Message].find((one) => typeof one === 'string') ?? '' };
  const { type, reason, root_cause, caused_by } = error as {
    readonly type?: string;
    readonly reason?: string;
    readonly root_cause?: readonly Partial<Refusal>[];
    readonly caused_by?: Partial<Refusal>;
  };
  // "all shards failed" helps nobody: the first of them says why.
  const deeper = [root_cause?.[0]?.reason, caused_by?.reason].find((one) => one && one !== reason);
  return { type: type ?? '', reason: [reason, deeper].filter(Boolean).join(': ') };
}

/** The first line only: AWS says in the others what was signed. */
function saidBy({ type, reason }: Refusal, status: number): string {
  const line = reason.split('\n')[0]!.slice(0, 300);
  return [type, line].filter((one) => one !== '').join(': ') || `status ${status}`;
}

const isBlock = ({ type, reason }: Refusal): boolean =>
  type === 'cluster_block_exception' || /\bblocked by: \[/.test(reason);

function blockText(reason: string): string {
  if (/read-only-allow-delete|flood-stage/i.test(reason))
    return `OpenSearch takes no writes because a disk is nearly full: free space there or add a node; the block then ends by itself (${reason})`;
  if (/read-only|index write/i.test(reason))
    return `OpenSearch takes no writes because somebody has made the index read-only: take the block away (${reason})`;
  return `OpenSearch is not ready: ${reason}`;
}

function forbiddenText({ type, reason }: Refusal, said: string): string {
  const rights = /no permissions for \[([^\]]*)\]/.exec(reason)?.[1];
  if (rights !== undefined)
    return `the login has no right to ${rights} in OpenSearch: give it that in its role there`;
  if (/signature expired|signature not yet current/i.test(reason))
    return 'the signature is too old or too new for OpenSearch: set the clock of this machine right';
  if (/signature|security token|credential/i.test(reason))
    return `OpenSearch does not take the signature (${said}): set the AWS credentials and opensearchAwsRegion right`;
  return type === 'security_exception' || reason !== ''
    ? `OpenSearch does not allow it (${said}): give the login the right to it`
    : `OpenSearch, or a proxy before it, does not allow it (${said})`;
}
