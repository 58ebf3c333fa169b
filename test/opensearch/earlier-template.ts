// Templates as a version before may have had them.
import type { Template } from '../../src/opensearch/templates.ts';

interface Inner {
  readonly mappings: { readonly properties: Readonly<Record<string, object>> };
}
/** Of version 0, with these fields, or without those that are undefined. */
export const earlier = (
  template: Template,
  fields: Readonly<Record<string, object | undefined>>,
): Template => {
  const inner = template.body['template'] as Inner;
  const properties = Object.entries({ ...inner.mappings.properties, ...fields });
  const mappings = {
    ...inner.mappings,
    _meta: { schema: 0 },
    properties: Object.fromEntries(properties.filter(([, field]) => field !== undefined)),
  };
  return { ...template, version: 0, body: { ...template.body, template: { ...inner, mappings } } };
};
