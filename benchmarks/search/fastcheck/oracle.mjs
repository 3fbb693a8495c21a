// The oracle: which answers the model expects. An error must have a reason that may hold; a success must have no
// reason against it that must hold. Where the documentation is silent, both are expected. The form of an answer on
// the wire (headers, content types, the form of errors) is not looked at.

import { A, DI, DP, F, G, I, P, Mismatch, Resource, closure, expect } from './model.mjs'
import { isMalformed } from './shape.mjs'

const MALFORMED = [
  'InvalidInputException', 'ValidationException', 'ValidationError', 'SerializationException', 'MissingParameter',
  'InvalidParameterValueException', 'InvalidParameterException', 'InvalidParameterValue', 'MalformedInputException',
]
const NOT_FOUND = ['ResourceNotFoundException'], IN_USE = ['ResourceInUseException'], EXISTS = ['ResourceAlreadyExistsException']
const TOO_MANY = ['TooManyTagsException', 'LimitExceededException', ...MALFORMED], BAD_TOKEN = ['InvalidNextTokenException', ...MALFORMED]
const ANY = [...MALFORMED, ...NOT_FOUND, ...IN_USE, ...EXISTS, ...TOO_MANY, ...BAD_TOKEN, 'TooManyTagKeysException']
const CHANGING = P | I | DP | DI, EXISTING = P | I | A | F, NOT_ACTIVE = P | I | F | DP | DI
const ARN = /^arn:[a-z\d-]+:personalize:.*:.*:.+/

/** A reason that holds in these statuses of a resource. `open`: the documentation leaves it open. */
const when = (resource, bits, codes, open = false) => ({
  may: (resource.mask & bits) !== 0,
  must: !open && (resource.mask & ~bits) === 0,
  codes,
  narrow: () => { resource.mask = closure(resource.mask & bits) },
})
const whether = (holds, codes, open = false) => ({ may: holds, must: holds && !open, codes })
const absent = (resource, other) => when(resource, G, other ? [...NOT_FOUND, ...MALFORMED] : NOT_FOUND)
const isTracker = (arn) => arn.includes(':event-tracker/'), isGroup = (arn) => arn.includes(':dataset-group/')

function againstTags(tags = [], before = new Map()) {
  const keys = tags.map((tag) => tag.tagKey)
  const all = new Set([...(before?.keys() ?? []), ...keys])
  return [
    whether(all.size > 50, TOO_MANY),
    whether(before === null, TOO_MANY, true),
    whether(keys.some((key) => key.startsWith('aws:')), MALFORMED),
    whether(keys.some((key) => /^aws:/i.test(key)), MALFORMED, true),
    whether(new Set(keys).size < keys.length, MALFORMED, true),
  ]
}

const againstToken = (m, p) => whether(p.nextToken !== undefined && !m.tokens.has(p.nextToken), BAD_TOKEN)

function isBadProperties({ properties }) {
  if (properties === undefined) return false
  try {
    const read = JSON.parse(properties)
    return read === null || typeof read !== 'object' || Array.isArray(read)
  } catch {
    return true
  }
}

/** For each operation: the reasons to refuse it, given the model, the region and the parameters. */
const REASONS = {
  CreateDatasetGroup(m, r, p) {
    const group = m.regions[r].groups.get(p.name) ?? new Resource()
    return [
      when(group, EXISTING, EXISTS), when(group, DP | DI, [...EXISTS, ...IN_USE], true), ...againstTags(p.tags),
      whether(Boolean(p.roleArn && !p.kmsKeyArn), MALFORMED),
    ]
  },
  DescribeDatasetGroup: (m, r, p) => [absent(m.group(r, p.datasetGroupArn), isTracker(p.datasetGroupArn))],
  ListDatasetGroups: (m, r, p) => [againstToken(m, p)],
  DeleteDatasetGroup(m, r, p) {
    const group = m.group(r, p.datasetGroupArn), tracker = m.trackerIn(group)
    return [
      absent(group, isTracker(p.datasetGroupArn)), when(group, CHANGING, IN_USE, true),
      when(tracker, EXISTING, IN_USE), when(tracker, DP | DI, IN_USE, true),
    ]
  },
  CreateEventTracker(m, r, p) {
    const group = m.group(r, p.datasetGroupArn), tracker = m.trackerIn(group)
    return [
      absent(group, isTracker(p.datasetGroupArn)), when(group, NOT_ACTIVE, [...IN_USE, ...NOT_FOUND, 'InvalidInputException'], true),
      when(tracker, EXISTING, tracker.mask === A ? EXISTS : [...EXISTS, ...IN_USE], tracker.mask === F),
      when(tracker, DP | DI, [...EXISTS, ...IN_USE], true), ...againstTags(p.tags),
    ]
  },
  DescribeEventTracker: (m, r, p) => [absent(m.tracker(r, p.eventTrackerArn), isGroup(p.eventTrackerArn))],
  ListEventTrackers: (m, r, p) => [againstToken(m, p)],
  DeleteEventTracker(m, r, p) {
    const tracker = m.tracker(r, p.eventTrackerArn)
    return [absent(tracker, isGroup(p.eventTrackerArn)), when(tracker, CHANGING, IN_USE, true)]
  },
  TagResource(m, r, p) {
    const resource = m.either(r, p.resourceArn)
    return [absent(resource), when(resource, NOT_ACTIVE, IN_USE, true), ...againstTags(p.tags, resource.tags)]
  },
  UntagResource(m, r, p) {
    const resource = m.either(r, p.resourceArn), missing = p.tagKeys.some((key) => !resource.tags?.has(key))
    const codes = [...MALFORMED, ...NOT_FOUND, 'TooManyTagKeysException']
    return [absent(resource), when(resource, NOT_ACTIVE, IN_USE, true), whether(missing, codes, true)]
  },
  ListTagsForResource(m, r, p) {
    const resource = m.either(r, p.resourceArn)
    return [absent(resource), when(resource, NOT_ACTIVE, IN_USE, true)]
  },
  PutEvents(m, r, p) {
    const tracker = m.regions[r].ids.get(p.trackingId) ?? new Resource()
    const codes = [...MALFORMED, ...NOT_FOUND]
    return [
      when(tracker, G, codes), when(tracker, NOT_ACTIVE, [...codes, ...IN_USE], true),
      whether(p.eventList.some(isBadProperties), ['InvalidInputException', 'ValidationException']),
    ]
  },
}

const tagged = (tags = []) => {
  const map = new Map(tags.map((tag) => [tag.tagKey, tag.tagValue]))
  return map.size === tags.length ? map : null // null: unknown, the documentation does not say which of two stays
}

/** For each operation: what a success must show, and how the model goes on. */
const SUCCESS = {
  CreateDatasetGroup(m, r, p, { datasetGroupArn: arn, domain }) {
    expect(typeof arn === 'string' && ARN.test(arn) && arn.length <= 256, `datasetGroupArn ${arn}`)
    expect(domain === p.domain, `domain ${domain} for ${p.domain}`)
    m.made(r, p.name, arn, p.domain, tagged(p.tags))
  },
  DescribeDatasetGroup(m, r, p, { datasetGroup: d }) {
    const group = m.group(r, p.datasetGroupArn)
    expect(d.name === group.name && d.datasetGroupArn === group.arn && d.domain === group.domain, `another group than ${group.arn}`)
    group.see(d.status)
    group.times(d)
    expect(group.mask !== F || typeof d.failureReason === 'string', 'CREATE FAILED without failureReason')
  },
  DeleteDatasetGroup(m, r, p) {
    const group = m.group(r, p.datasetGroupArn)
    group.mask = closure(DP)
    if (group.tracker) group.tracker.mask &= ~EXISTING
  },
  CreateEventTracker(m, r, p, { eventTrackerArn: arn, trackingId: id }) {
    expect(typeof arn === 'string' && ARN.test(arn) && arn.length <= 256, `eventTrackerArn ${arn}`)
    expect(typeof id === 'string' && id && id.length <= 256, `trackingId ${id}`)
    const group = m.group(r, p.datasetGroupArn)
    group.wasThere()
    m.tracked(r, group, p.name, arn, id, tagged(p.tags))
  },
  DescribeEventTracker(m, r, p, { eventTracker: d }) {
    const tracker = m.tracker(r, p.eventTrackerArn)
    expect(d.name === tracker.name && d.eventTrackerArn === tracker.arn, `another tracker than ${tracker.arn}`)
    expect(d.trackingId === tracker.id && d.datasetGroupArn === tracker.group, `trackingId or group of ${tracker.arn}`)
    expect(d.accountId === tracker.group.split(':')[4], `accountId ${d.accountId}`)
    tracker.see(d.status)
    tracker.times(d)
  },
  DeleteEventTracker(m, r, p) {
    m.tracker(r, p.eventTrackerArn).mask = closure(DP)
  },
  TagResource(m, r, p) {
    const resource = m.either(r, p.resourceArn), added = tagged(p.tags)
    resource.wasThere()
    resource.tags = added && resource.tags && new Map([...resource.tags, ...added])
  },
  UntagResource(m, r, p) {
    const resource = m.either(r, p.resourceArn)
    resource.wasThere()
    for (const key of p.tagKeys) resource.tags?.delete(key)
  },
  ListTagsForResource(m, r, p, { tags }) {
    const resource = m.either(r, p.resourceArn), shown = new Map(tags.map((tag) => [tag.tagKey, tag.tagValue]))
    resource.wasThere()
    expect(shown.size === tags.length, 'a tag key is shown twice')
    const known = resource.tags ?? shown
    expect(known.size === shown.size && [...known].every(([k, v]) => shown.get(k) === v), `tags of ${resource.arn}`)
    resource.tags = known
  },
  PutEvents: (m, r, p) => m.regions[r].ids.get(p.trackingId)?.wasThere(),
  ListDatasetGroups() {},
  ListEventTrackers() {},
}

/** Judge one answer, `{code}` or `{result}`; throws a Mismatch, or else the model has gone on. */
export function judge(m, constraints, operation, r, params, raw, answer) {
  const malformed = raw !== undefined || isMalformed(constraints[operation].input, params)
  const reasons = malformed ? [whether(true, ANY)] : REASONS[operation](m, r, params).filter((reason) => reason.may)
  if (answer.code !== undefined) {
    const fitting = reasons.filter((reason) => reason.codes.includes(answer.code))
    expect(fitting.length, `${operation} refused with ${answer.code}, ${JSON.stringify(params).slice(0, 200)}`)
    if (fitting.length === 1) fitting[0].narrow?.()
    return
  }
  const against = reasons.find((reason) => reason.must)
  if (against) throw new Mismatch(`${operation} accepted, ${against.codes[0]} expected, ${JSON.stringify(params).slice(0, 200)}`)
  SUCCESS[operation](m, r, params, answer.result)
}

/** Judge one page of a list; returns its items. */
export function page(m, operation, params, seen, { result }) {
  const items = result[operation === 'ListDatasetGroups' ? 'datasetGroups' : 'eventTrackers'], token = result.nextToken
  expect(Array.isArray(items) && items.length <= (params.maxResults ?? 100), `a page of ${items?.length} items`)
  expect(token === undefined || (typeof token === 'string' && token && token.length <= 1500), `nextToken ${token}`)
  expect(token === undefined || !seen.has(token), 'a nextToken came again')
  if (token !== undefined) [m.tokens, seen].forEach((set) => set.add(token))
  return items
}

/** Judge a list that was read to its last page: each item that exists, once, and no other. */
export function listed(m, r, operation, params, items) {
  const ofGroups = operation === 'ListDatasetGroups', { groups, trackers } = m.regions[r]
  const held = [...(ofGroups ? groups : trackers).values()].filter((one) => ofGroups || !params.datasetGroupArn || one.group === params.datasetGroupArn)
  const shown = new Set()
  for (const item of items) {
    const arn = ofGroups ? item.datasetGroupArn : item.eventTrackerArn, known = held.find((one) => one.arn === arn)
    expect(known && !shown.has(arn) && item.name === known.name, `${arn} is listed, unknown or twice or under another name`)
    shown.add(arn)
    known.see(item.status)
    known.times(item)
  }
  for (const one of held.filter((each) => !shown.has(each.arn))) {
    expect(one.mask & G, `${one.arn} is not listed`)
    one.mask = G
  }
}
