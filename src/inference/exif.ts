// What a photo's EXIF block says about it; the place only where it is asked for.
import readExif from 'exif-reader';
import type { Exif } from '../record.ts';

const longestCamera = 100;

/** Never throws: a broken block is as good as none. */
export function exifOf(block: Uint8Array | undefined, keepPositions: boolean): Exif {
  if (block === undefined) return {};
  try {
    const { Image, Photo, GPSInfo } = readExif(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
    const takenAt = dateOf(Photo?.DateTimeOriginal ?? Photo?.DateTimeDigitized);
    const camera = cameraOf(Image?.Make, Image?.Model);
    const position = keepPositions
      ? positionOf(
          GPSInfo?.GPSLatitude,
          GPSInfo?.GPSLatitudeRef,
          GPSInfo?.GPSLongitude,
          GPSInfo?.GPSLongitudeRef,
        )
      : null;
    return { ...(takenAt && { takenAt }), ...(camera && { camera }), ...(position && { position }) };
  } catch {
    return {};
  }
}

const dateOf = (date: unknown): string | null =>
  date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : null;

function cameraOf(make: unknown, model: unknown): string | null {
  const [brand, name] = [make, model].map((part) => (typeof part === 'string' ? clean(part) : ''));
  if (!name) return brand || null;
  // Many models repeat their maker: "NIKON CORPORATION" and "NIKON D70".
  const first = brand?.split(' ')[0]?.toLowerCase() ?? '';
  return (name.toLowerCase().startsWith(first) ? name : `${brand} ${name}`).slice(0, longestCamera);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: EXIF strings end in and are padded with them
const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();

function positionOf(
  latitude: unknown,
  north: unknown,
  longitude: unknown,
  east: unknown,
): Exif['position'] | null {
  const degrees = (parts: unknown, negative: boolean, most: number): number | null => {
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const value = Number(parts[0]) + Number(parts[1]) / 60 + Number(parts[2]) / 3600;
    return Number.isFinite(value) && value <= most ? (negative ? -value : value) : null;
  };
  const at = {
    latitude: degrees(latitude, north === 'S', 90),
    longitude: degrees(longitude, east === 'W', 180),
  };
  return at.latitude === null || at.longitude === null
    ? null
    : { latitude: at.latitude, longitude: at.longitude };
}
