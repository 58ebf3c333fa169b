// Whether an address says that a picture lies there.

const imageExtension = /\.(jpe?g|jpe|jfif|png|webp|gif|avif|tiff?|bmp|svg|heic|jxl)$/i;

export const isImageUrl = (url: string): boolean => imageExtension.test(new URL(url).pathname);
