// fast-check's model-based commands over plain HTTP, until the first answer that the model does not expect.
//
// Reads one JSON object (what `by_fast_check` in ../drivers.py sends) from standard input, writes one to standard
// output: {found, calls, seconds, saw, error}. Each run of the property begins on an emulator that forgot everything.

import http from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Mismatch, Model, SETTLED, expect } from './model.mjs'
import { judge, listed, page } from './oracle.mjs'

const REGIONS = ['us-east-1', 'us-west-2']
const PAGES_AT_MOST = 60
const given = JSON.parse(await text(process.stdin))
const { values, constraints } = given
const url = new URL(given.url)
const agent = new http.Agent({ keepAlive: true, noDelay: true })

class Spent extends Error {}

function post(path, headers, body) {
  return new Promise((resolve, reject) => {
    const options = { agent, host: url.hostname, port: url.port, path, method: 'POST', headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } }
    const request = http.request(options, async (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject)
    })
    request.setTimeout(1000 * given.callSeconds, () => request.destroy(new Error('no answer within the call time-out')))
    request.on('error', reject)
    request.end(body)
  })
}

/** The service: counts calls, and says what came back as `{code}` or `{result}`. */
class Service {
  calls = 0

  async call(operation, params, region, raw) {
    if (this.calls >= given.maxCalls) throw new Spent()
    this.calls += 1
    const events = operation === 'PutEvents', service = events ? 'personalize-events' : 'personalize'
    const headers = {
      'Content-Type': events ? 'application/json' : 'application/x-amz-json-1.1',
      Authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${REGIONS[region]}/personalize/aws4_request, SignedHeaders=host, Signature=0`,
      ...(events ? {} : { 'X-Amz-Target': `AmazonPersonalize.${operation}` }),
    }
    let answer
    try {
      answer = await post(events ? '/events' : '/', headers, raw ?? JSON.stringify(params))
    } catch (wrong) {
      throw new Mismatch(`${service} ${operation}: ${wrong.message}`)
    }
    expect(answer.status < 500, `${operation} answered with HTTP ${answer.status}`)
    let body = {}
    try {
      body = answer.body ? JSON.parse(answer.body) : {}
    } catch {
      throw new Mismatch(`${operation}: no JSON`)
    }
    expect(body !== null && typeof body === 'object' && !Array.isArray(body), `${operation}: no JSON object`)
    if (answer.status < 300) return { result: body }
    return { code: String(body.__type ?? answer.headers['x-amzn-errortype'] ?? '').split('#').pop().split(':')[0] }
  }
}

/** Send one request and judge what comes back. */
async function ask(model, service, operation, sent, region, raw) {
  const params = model.resolve(sent, region)
  const answer = await service.call(operation, params, region, raw)
  judge(model, constraints, operation, region, params, raw, answer)
  if (answer.result) model.bind(operation, sent, region, answer.result)
  return answer
}

async function walk(model, service, operation, sent, region) {
  let params = model.resolve(sent, region), items = []
  const seen = new Set()
  for (let number = 0; number < PAGES_AT_MOST; number++) {
    const answer = await service.call(operation, params, region)
    judge(model, constraints, operation, region, params, undefined, answer)
    if (!answer.result) return
    items = items.concat(page(model, operation, params, seen, answer))
    if (answer.result.nextToken === undefined) break
    params = { ...params, nextToken: answer.result.nextToken }
  }
  listed(model, region, operation, model.resolve(sent, region), items)
}

/** Describe until the status has settled: four looks at once, then 10 ms, times 1.6, as trackstep waits. */
async function settle(model, service, reference, region) {
  const tracker = reference.endsWith('.tracker'), arn = model.resolve(reference, region), started = performance.now()
  const held = () => (tracker ? model.tracker(region, arn) : model.group(region, arn))
  for (let looks = 1, pause = 10; !SETTLED.includes(held().mask); looks += 1) {
    const params = { [tracker ? 'eventTrackerArn' : 'datasetGroupArn']: reference }
    await ask(model, service, tracker ? 'DescribeEventTracker' : 'DescribeDatasetGroup', params, region)
    if (SETTLED.includes(held().mask)) return
    expect(performance.now() - started < 1000 * given.settleSeconds, `${arn} never settled`)
    if (looks < 4) continue
    await sleep(pause)
    pause = Math.min(1.6 * pause, 2000)
  }
}

function params(operation, c) {
  const slot = c.across && !c.second ? `$2.${c.slot}` : `$${c.slot}`
  switch (operation) {
    case 'CreateDatasetGroup': return { name: slot, tags: c.tags, ...(c.domain ? { domain: c.domain } : {}) }
    case 'CreateEventTracker': return { name: c.name, datasetGroupArn: `${slot}.arn`, tags: c.tags }
    case 'DescribeDatasetGroup': case 'DeleteDatasetGroup': return { datasetGroupArn: `${slot}.arn` }
    case 'DescribeEventTracker': case 'DeleteEventTracker': return { eventTrackerArn: `${slot}.tracker` }
    case 'ListDatasetGroups': case 'ListEventTrackers':
      return { ...(c.filter ? { datasetGroupArn: `$${c.filter}.arn` } : {}), ...(c.size ? { maxResults: c.size } : {}) }
    case 'TagResource': return { resourceArn: `${slot}.${c.part}`, tags: c.tags }
    case 'UntagResource': return { resourceArn: `${slot}.${c.part}`, tagKeys: c.keys }
    case 'ListTagsForResource': return { resourceArn: `${slot}.${c.part}` }
    case 'PutEvents': return { trackingId: `${slot}.${c.id}`, sessionId: 's', eventList: c.events }
  }
}

class Command {
  constructor(operation, choice) {
    this.operation = operation
    this.choice = choice
  }

  check = () => true // illegal calls are commands like any other

  async run(model, service) {
    const { operation, choice: c } = this, region = Number(c.second), odd = c.odd ?? {}
    const sent = params(operation, c)
    if (odd.set) sent[odd.set[0]] = odd.set[1]
    if (odd.drop) delete sent[odd.drop]
    if (operation.startsWith('List') && operation !== 'ListTagsForResource') return walk(model, service, operation, sent, region)
    await ask(model, service, operation, sent, region, odd.body)
    if (c.settled) await settle(model, service, `$${c.slot}.${operation.endsWith('Tracker') ? 'tracker' : 'arn'}`, region)
    if (operation === 'TagResource') await ask(model, service, 'ListTagsForResource', { resourceArn: `$${c.slot}.${c.part}` }, region)
  }

  toString = () => `${this.operation} ${JSON.stringify(this.choice)}`
}

function arbitraries() {
  const words = (minLength) => fc.string({ unit: fc.constantFrom(...values.letters), minLength, maxLength: values.textLength })
  const key = fc.oneof(fc.constantFrom(...values.keys), words(1))
  const of = Object.fromEntries(Object.entries(values.pools).map(([field, pool]) => [field, fc.constantFrom(...pool)]))
  of.tags = fc.uniqueArray(fc.record({ tagKey: key, tagValue: words(0) }), { maxLength: 3, selector: (tag) => tag.tagKey })
  of.keys = fc.array(key, { maxLength: 2 })
  return Object.entries(values.fields).map(([operation, fields]) => {
    const odd = fc.oneof({ weight: values.oddOneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...values.odd[operation]) })
    const choice = fc.record({ ...Object.fromEntries(fields.map((field) => [field, of[field]])), odd })
    return choice.map((chosen) => new Command(operation, chosen))
  })
}

const service = new Service(), started = performance.now()
let number = 0, ended = null

async function setup() {
  await post('/moto-api/reset', {}, '')
  const model = new Model(`f${(++number).toString(16)}`)
  await ask(model, service, 'CreateDatasetGroup', { name: '$A' }, 0)
  await settle(model, service, '$A.arn', 0)
  return { model, real: service }
}

const property = fc.asyncProperty(fc.commands(arbitraries(), { maxCommands: values.steps, size: 'max' }), async (commands) => {
  try {
    const begun = await setup()
    await fc.asyncModelRun(() => begun, commands)
  } catch (wrong) {
    ended ??= wrong
    throw wrong
  }
})
await fc.check(property, { seed: given.seed, numRuns: 1_000_000, endOnFailure: true })
// A TypeError is an answer of a form that the model did not think of: a mismatch too.
const found = ended instanceof Mismatch || ended instanceof TypeError
const error = found || ended instanceof Spent ? '' : String(ended?.stack ?? 'fast-check ended by itself')
const seconds = (performance.now() - started) / 1000
process.stdout.write(JSON.stringify({ found, calls: service.calls, seconds, saw: found ? String(ended.message) : '', error }))
agent.destroy()
