// The tags of an object, where it has any and we may read them.
import type { Gateway } from '../../../s3/client.ts';
import { serviceError } from '../../../s3/faults.ts';

export type Tags = readonly (readonly [key: string, value: string])[];

/** None where the service does not give them to us: an image without its tags is better than none. */
export async function readTags(
  gateway: Gateway,
  bucket: string,
  key: string,
  count: number | undefined,
  signal: AbortSignal,
): Promise<Tags> {
  if (count === undefined || count === 0) return [];
  const { GetObjectTaggingCommand } = await import('@aws-sdk/client-s3');
  const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: key });
  try {
    const { TagSet = [] } = await gateway.ask((client) => client.send(command, { abortSignal: signal }));
    return TagSet.map(({ Key = '', Value = '' }) => [Key, Value] as const);
  } catch (error) {
    const status = serviceError(error)?.status ?? 0;
    // Denied, unknown there, or gone meanwhile; what passes is tried again with the image.
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return [];
    throw error;
  }
}
