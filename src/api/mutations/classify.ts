// classify: what a model says of an image that is sent, or that lies at an address.
import type { Classified, NotClassified } from '../../classify.ts';
import { type ClassifyErrorCode, classifyCode } from '../classify-codes.ts';
import { busyMessage } from '../classify-room.ts';
import type { ApiContext } from '../context.ts';
import { queryLimits } from '../query-limits.ts';
import { type MutationError, problem } from './mutation-error.ts';

export interface ClassifyPayload {
  readonly classification: Classified | null;
  readonly errors: readonly MutationError<ClassifyErrorCode>[];
}
type ClassifyImage = { readonly url?: string; readonly base64?: string };

/** Bytes of an image in base64: larger ones are sent as they are. */
export const maxBase64ImageBytes = 10 * 1024 ** 2;

/** A little less than the client waits. */
const fetchWaitMs = queryLimits.mutationTimeoutMs - 5000;

async function classify(
  _: unknown,
  { input: { image } }: { input: { image: ClassifyImage } },
  context: ApiContext,
): Promise<ClassifyPayload> {
  const { actions } = context.parts;
  const content = image.base64 === undefined ? null : decode(image.base64);
  if (content === 'invalid') {
    return refusal(
      'INVALID_BASE64',
      'Expected the bytes of a file in base64 (RFC 4648), on one line and without data: before it.',
      'base64',
    );
  }
  const maxBytes = Math.min(maxBase64ImageBytes, actions.maxImageBytes);
  if (content !== null && content.length > maxBytes) {
    return refusal('TOO_MANY_BYTES', `Expected at most ${maxBytes} bytes, not ${content.length}.`, 'base64');
  }
  const leave = actions.classifyRoom.enter(content?.length ?? 0);
  if (leave === null) return refusal('BUSY', busyMessage);
  try {
    const said = await (content === null
      ? actions.classifyUrl(image.url!, AbortSignal.timeout(fetchWaitMs))
      : actions.classifyContent(content));
    return payloadOf(said, content === null ? 'url' : 'base64');
  } finally {
    leave();
  }
}

const payloadOf = (said: Classified | NotClassified, field: 'url' | 'base64'): ClassifyPayload =>
  said.outcome === 'classified'
    ? { classification: said, errors: [] }
    : refusal(classifyCode(said.code), said.reason, field);

const refusal = (code: ClassifyErrorCode, message: string, field?: 'url' | 'base64'): ClassifyPayload => ({
  classification: null,
  ...problem(code, message, ...(field === undefined ? [] : ['image', field])),
});

/** Both alphabets, with its padding or without. Node itself skips whatever is no base64. */
function decode(text: string): Buffer | 'invalid' {
  const bare = text.replace(/={1,2}$/, '');
  if (bare.length % 4 === 1 || !/^[\w+/-]*$/.test(bare)) return 'invalid';
  return Buffer.from(bare, 'base64');
}

export const classifyMutations = { classify };
