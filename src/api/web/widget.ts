// What /widget.js is made of: a page that loads it as a module can use <image-search>.
import { ImageSearch } from './image-search.ts';

if (customElements.get('image-search') === undefined) customElements.define('image-search', ImageSearch);
