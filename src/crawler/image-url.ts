// Whether an address says that a picture lies there.

const imageExtension = /\.(jpe?g|jpe|jfif|png|webp|gif|avif|tiff?|bmp|svg|heic|jxl)$/i;
/** The page about a picture in a wiki: `/wiki/File:Beagle.jpg`. */
const wikiPage = /\/[^/:.]+:[^/]*$/;

export function isImageUrl(url: string): boolean {
  const { pathname } = new URL(url);
  return imageExtension.test(pathname) && !wikiPage.test(pathname);
}
