// The model: what is known of dataset groups, event trackers, tracking IDs and tags in two regions.
//
// The service moves unseen, so a status is a set of bits: all that it may be by now. Names and ARNs stand behind
// references ("$A.arn"), so that a command can be drawn before the resource exists. Nothing here knows HTTP.

export const P = 1, I = 2, A = 4, F = 8, DP = 16, DI = 32, G = 64
export const SETTLED = [A, F, G]
const STATUS = {
  'CREATE PENDING': P, 'CREATE IN_PROGRESS': I, ACTIVE: A, 'CREATE FAILED': F, 'DELETE PENDING': DP, 'DELETE IN_PROGRESS': DI,
}
const MOVES = [[P, I], [I, A | F], [DP, DI], [DI, G]]
const REGIONS = ['us-east-1', 'us-west-2']
const ACCOUNT = '123456789012'

/** An answer that the model does not expect. */
export class Mismatch extends Error {}

/** Throw a Mismatch unless `holds`. */
export function expect(holds, what) {
  if (!holds) throw new Mismatch(what)
}

/** A status set with every move that may have happened since. */
export function closure(mask) {
  for (const [from, to] of MOVES) if (mask & from) mask |= to
  return mask
}

/** A dataset group or an event tracker; `new Resource()` is one that does not exist. */
export class Resource {
  mask = G
  tags = new Map()
  tracker = null
  constructor(known = {}) {
    Object.assign(this, known)
  }

  /** Something showed this status: it must be possible, and narrows what is. */
  see(status) {
    const bit = STATUS[status]
    expect(bit && this.mask & bit, `status ${JSON.stringify(status)} of ${this.arn}, possible ${this.mask}`)
    this.mask = closure(bit)
  }

  /** Something was done with it, so it existed just now. */
  wasThere() {
    this.mask = closure(this.mask & ~G)
  }

  /** The two moments of a description or a summary. */
  times({ creationDateTime: created, lastUpdatedDateTime: updated }) {
    expect(typeof created === 'number' && typeof updated === 'number', 'timestamps are numbers')
    expect(created === (this.created ?? created), `creationDateTime of ${this.arn} changed`)
    expect(updated >= created && updated >= (this.updated ?? updated), `lastUpdatedDateTime of ${this.arn} went back`)
    this.created = created
    this.updated = updated
  }
}

class Region {
  groups = new Map() // by name
  trackers = new Map() // by ARN
  ids = new Map() // tracking ID to the tracker it was made for
}

export class Model {
  regions = [new Region(), new Region()]
  tokens = new Set()
  #bound = new Map()

  constructor(prefix) {
    this.prefix = prefix
  }

  /** The resource of an ARN in a region; one that does not exist if none has it. */
  group(region, arn) {
    return [...this.regions[region].groups.values()].find((group) => group.arn === arn) ?? new Resource({ arn })
  }

  tracker(region, arn) {
    return this.regions[region].trackers.get(arn) ?? new Resource({ arn })
  }

  either(region, arn) {
    const tracker = this.regions[region].trackers.get(arn)
    return tracker ?? this.group(region, arn)
  }

  /** The tracker of a dataset group. */
  trackerIn(group) {
    return group.tracker ?? new Resource()
  }

  made(region, name, arn, domain, tags) {
    const { groups } = this.regions[region]
    const before = groups.get(name)
    if (before) {
      before.mask = G
      if (before.tracker) before.tracker.mask = G
    }
    for (const other of groups.values()) expect(other.mask & G || other.arn !== arn, `two dataset groups at ${arn}`)
    groups.set(name, new Resource({ arn, name, domain, tags, mask: closure(P) }))
  }

  tracked(region, group, name, arn, id, tags) {
    const { trackers, ids } = this.regions[region]
    for (const every of this.regions) expect(!every.ids.has(id), `trackingId ${id} was handed out before`)
    if (group.tracker) group.tracker.mask = G
    const before = trackers.get(arn)
    expect(!before || before.mask & G, `two event trackers at ${arn}`)
    if (before) before.mask = G
    const made = new Resource({ arn, name, id, group: group.arn, tags, mask: closure(P) })
    trackers.set(arn, made)
    ids.set(id, made)
    group.tracker = made
  }

  // -- references ------------------------------------------------------------------------------

  /** Put names, ARNs and tracking IDs in place of references. */
  resolve(value, region) {
    if (typeof value === 'string' && value.startsWith('$')) return this.#reference(value.slice(1), region)
    if (Array.isArray(value)) return value.map((inner) => this.resolve(inner, region))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.resolve(inner, region)]))
  }

  #reference(text, region) {
    if (text.startsWith('2.')) [text, region] = [text.slice(2), 1]
    const [slot, part] = text.split('.')
    let name = `${this.prefix}-${slot.toLowerCase()}`
    if (slot === 'fail') name = `${this.prefix}-create-failed`
    if (slot === 'long') name = `${this.prefix}-`.padEnd(63, 'x')
    if (!part) return name
    const bound = this.#bound.get(`${region}/${slot}.${part}`)
    if (bound !== undefined) return bound
    const arn = `arn:aws:personalize:${REGIONS[region]}:${ACCOUNT}:`
    if (part === 'arn') return `${arn}dataset-group/${name}`
    return part === 'tracker' ? `${arn}event-tracker/00000000` : '00000000-0000-4000-8000-000000000000'
  }

  /** Remember what a creation returned, under the slot that it was sent for. */
  bind(operation, sent, region, result) {
    const made = operation === 'CreateDatasetGroup' ? sent.name : sent.datasetGroupArn
    const key = `${region}/${String(made).slice(1).replace(/^2\./, '').split('.')[0]}`
    if (operation === 'CreateDatasetGroup') {
      this.#bound.set(`${key}.arn`, result.datasetGroupArn)
    } else if (operation === 'CreateEventTracker') {
      const before = this.#bound.get(`${key}.id`)
      if (before !== undefined) this.#bound.set(`${key}.old`, before)
      this.#bound.set(`${key}.id`, result.trackingId).set(`${key}.tracker`, result.eventTrackerArn)
    }
  }
}
