// Whether bytes are a whole JPEG, told by walking its segments: what a file of somebody's says is a thumbnail is decoded
// by browsers alone.

const startOfImage = 0xffd8;
const endOfImage = 0xffd9;
const startOfScan = 0xda;
/** Other markers of this row begin tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** From its first marker to its last, with a size of 1 to `maxPixels` each way and one to four channels. */
export function isJpeg(bytes: Buffer, maxPixels: number): boolean {
  const end = bytes.length - 2;
  if (end < 2 || bytes.readUInt16BE(0) !== startOfImage || bytes.readUInt16BE(end) !== endOfImage)
    return false;
  let hasFrame = false;
  for (let at = 2; at + 4 <= end; ) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1]!;
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    if (next > end) return false;
    if (marker === startOfScan) return hasFrame;
    if (isFrame(marker)) {
      if (hasFrame || next - at < 11 || !isSized(bytes, at + 5, maxPixels)) return false;
      hasFrame = true;
    }
    at = next;
  }
  return false;
}

function isSized(bytes: Buffer, at: number, maxPixels: number): boolean {
  const isWithin = (pixels: number) => pixels >= 1 && pixels <= maxPixels;
  const channels = bytes[at + 4]!;
  return (
    isWithin(bytes.readUInt16BE(at)) && isWithin(bytes.readUInt16BE(at + 2)) && channels >= 1 && channels <= 4
  );
}
