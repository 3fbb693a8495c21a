// What breaks AWS's own service model: required members, JSON types, lengths, ranges, enumerations, patterns.
// `shape` is one of botocore's input shapes, as spec/constraints.json holds them.

const TYPES = {
  string: (v) => typeof v === 'string',
  integer: (v) => Number.isInteger(v),
  float: (v) => typeof v === 'number',
  timestamp: (v) => typeof v === 'number',
  list: (v) => Array.isArray(v),
  structure: (v) => v !== null && typeof v === 'object' && !Array.isArray(v),
}
const patterns = new Map()

function fits(pattern, text) {
  if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern.replace(/^\^?/, '^'), 'u'))
  return patterns.get(pattern).test(text)
}

/** Whether the value breaks the shape. */
export function isMalformed(shape, value) {
  if (!TYPES[shape.type](value)) return true
  const size = shape.type === 'string' ? [...value].length : shape.type === 'list' ? value.length : value
  if (shape.type !== 'structure' && (size < (shape.min ?? size) || size > (shape.max ?? size))) return true
  if (shape.enum && !shape.enum.includes(value)) return true
  if (shape.pattern && !fits(shape.pattern, value)) return true
  if (shape.type === 'list') return value.some((item) => isMalformed(shape.member, item))
  if (shape.type !== 'structure') return false
  if ((shape.required ?? []).some((name) => value[name] == null)) return true
  return Object.entries(shape.members).some(([name, member]) => value[name] != null && isMalformed(member, value[name]))
}
