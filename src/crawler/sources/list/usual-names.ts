// Names that catalogues, feeds and tables usually have for what a list says, the surer ones first. How they are spelled
// does not matter: `image_url`, `imageUrl` and a column `Image URL` are one.
import { type ListPath, readPath } from './path.ts';

const paths = (...texts: readonly string[]): readonly ListPath[] => texts.map(readPath);

/** Of an image, where `url` may be the address of the page. */
export const imageNames = paths(
  'images[].src',
  'images[].url',
  'images[].source_url',
  'images[]',
  'image_urls[]',
  'photos[].src',
  'photos[].url',
  'photos[]',
  'image_url',
  'image_src',
  'image_link',
  'image_address',
  'source_url',
  'image.src',
  'image.url',
  'image.source_url',
  'image',
  'img',
  'src',
  'photo_url',
  'photo.url',
  'photo',
  'picture',
  'media_url',
  'featured_image.src',
  'featured_image.url',
  'featured_image',
  'content_url',
  'download_url',
  'file_url',
);
/** Of anything: an image where nothing else says where one is. */
export const addressNames = paths('url', 'address', 'uri', 'href');

export const usualNames = {
  title: paths('title', 'title.rendered', 'title._content', 'name', 'product_name', 'images[].title'),
  alt: paths(
    'images[].alt',
    'images[].alt_text',
    'photos[].alt',
    'image.alt',
    'image.alt_text',
    'alt',
    'alt_text',
    'image_alt',
    'image_alt_text',
  ),
  caption: paths(
    'images[].caption',
    'image.caption',
    'caption',
    'caption.rendered',
    'description',
    'description.rendered',
    'description._content',
    'short_description',
    'summary',
    'body_html',
  ),
  heading: paths('heading', 'headline'),
  section: paths('section', 'category', 'categories[].name', 'product_type', 'album', 'collection'),
  page: paths(
    'page',
    'page_url',
    'page_link',
    'permalink',
    'html_url',
    'web_url',
    'foreign_landing_url',
    'product_url',
    'link',
  ),
  date: paths(
    'date_gmt',
    'date_published',
    'published_at',
    'published',
    'publish_date',
    'pub_date',
    'date',
    'created_at',
    'created',
    'date_created',
    'upload_date',
  ),
} as const;

export const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^\s*(https?:)?\/\/\S/i.test(value);
