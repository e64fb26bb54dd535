// What somebody is told who may not: upstream's sentences, which tools look for.

import { StatusError } from '#api/status-error.ts'
import type { Attributes } from '../access.ts'

/** Paths and names stand in pages of browsers too. */
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character]!)

function sentence(attributes: Attributes): string {
  const { user, verb, path, group, resource, subresource, namespace } = attributes
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (!attributes.isResource) return `${who} path ${JSON.stringify(path)}`
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`
}

export function denied(attributes: Attributes, reason: string): StatusError {
  const { isResource, group, resource, name } = attributes
  const because = reason === '' ? '' : `: ${reason}`
  const text = escaped(sentence(attributes)) + because
  if (!isResource) return new StatusError(403, 'Forbidden', `forbidden: ${text}`, {})
  const qualified = group === '' ? resource : `${resource}.${group}`
  const which = name === '' ? qualified : `${qualified} ${JSON.stringify(name)}`
  return new StatusError(403, 'Forbidden', `${which} is forbidden: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  })
}
