'use strict';
// fake-personalize (node).  node server.js PORT
// No waiting: what is created is ACTIVE, what is deleted is gone.
const http = require('http');
const crypto = require('crypto');

const BUGS = ['proto_tags', 'keyed_by_name', 'milliseconds', 'floored_update', 'endless_paging', 'zero_event_value',
  'byte_length', 'fixed_region', 'create_returns_existing', 'delete_unknown_ok', 'first_tracker_only', 'create_tags_lost',
  'tags_appended', 'splice_minus_one', 'sticky_regex', 'copied_arn', 'md5_of_name', 'not_found_404', 'properties_ten_kb',
  'failure_reason_undefined'];
const BUG = process.env.BUG || '';
if (BUG && !BUGS.includes(BUG)) { console.error('unknown BUG, one of ' + BUGS.join(' ')); process.exit(1); }
const bug = (n) => BUG === n;
const ACCOUNT = '222233334444';

class Fault extends Error {
  constructor(code, message, status = 400) { super(message); this.code = code; this.status = status; }
}
const invalid = (m) => new Fault('InvalidInputException', m);
const missing = (kind, arn) => new Fault('ResourceNotFoundException', `The given ${kind} does not exist: ${arn}`, bug('not_found_404') ? 404 : 400);

// ---------------------------------------------------------------- store
const regions = new Map();
function storeOf(region) {
  if (!regions.has(region)) regions.set(region, { region, groups: new Map(), trackers: new Map() });
  return regions.get(region);
}
const clock = () => (bug('milliseconds') ? Date.now() : Date.now() / 1000);
const md5 = (s) => crypto.createHash('md5').update(s).digest('hex').slice(0, 8);
const arnFor = (st, tail) => `arn:aws:personalize:${bug('fixed_region') ? 'us-east-1' : st.region}:${ACCOUNT}:${tail}`;

// a resource's tags: a list of {tagKey, tagValue}
function applyTags(res, tags) {
  if (new Set([...res.tags, ...tags].map((t) => t.tagKey)).size > 50) throw new Fault('TooManyTagsException', 'You have exceeded the maximum number of tags you can apply to this resource.');
  if (bug('proto_tags')) {
    const o = {};
    for (const t of [...res.tags, ...tags]) o[t.tagKey] = t.tagValue;
    res.tags = Object.entries(o).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
    return;
  }
  if (bug('tags_appended')) { res.tags.push(...tags); return; }
  const m = new Map(res.tags.map((t) => [t.tagKey, t.tagValue]));
  for (const t of tags) m.set(t.tagKey, t.tagValue);
  res.tags = [...m].map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
}

// ---------------------------------------------------------------- validation
const NAME = bug('sticky_regex') ? /^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/g : /^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/;
const ARN = /^arn:([a-z\d-]+):personalize:.*:.*:.+$/;
const TAGTEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function str(v, what, { min = 0, max = 256, re, need = true } = {}) {
  if (v === undefined || v === null) {
    if (need) throw invalid(`1 validation error detected: Value null at '${what}' failed to satisfy constraint: Member must not be null`);
    return undefined;
  }
  if (typeof v !== 'string') throw new Fault('SerializationException', `${what}: expected a string`);
  const n = [...v].length;
  if (n < min || n > max) throw invalid(`1 validation error detected: Value at '${what}' failed to satisfy constraint: Member must have length between ${min} and ${max}`);
  if (re && !re.test(v)) throw invalid(`1 validation error detected: Value at '${what}' failed to satisfy constraint: Member must satisfy regular expression pattern`);
  return v;
}
const arn = (v, what, need = true) => str(v, what, { re: ARN, need });

function tagList(v, need) {
  if (v === undefined || v === null) {
    if (need) throw invalid("Value null at 'tags'");
    return [];
  }
  if (!Array.isArray(v)) throw new Fault('SerializationException', 'tags: expected a list');
  if (v.length > 200) throw invalid('tags: at most 200');
  return v.map((t) => {
    if (t === null || typeof t !== 'object') throw new Fault('SerializationException', 'tags: expected a structure');
    const tagKey = str(t.tagKey, 'tagKey', { min: 1, max: 128, re: TAGTEXT });
    const tagValue = str(t.tagValue, 'tagValue', { max: 256, re: TAGTEXT });
    if (bug('byte_length') && Buffer.byteLength(tagValue) > 256) throw invalid('tagValue is too long');
    if (tagKey.startsWith('aws:') || tagValue.startsWith('aws:')) throw invalid('aws: is reserved');
    return { tagKey, tagValue };
  });
}

function page(items, body, field, scope) {
  const max = body.maxResults ?? 100;
  if (typeof max !== 'number') throw new Fault('SerializationException', 'maxResults: expected a number');
  if (!Number.isInteger(max) || max < 1 || max > 100) throw invalid("Value at 'maxResults' must be between 1 and 100");
  const token = str(body.nextToken, 'nextToken', { max: 1500, need: false });
  let after = '';
  if (token !== undefined) {
    let t;
    try { t = JSON.parse(Buffer.from(token, 'base64').toString()); } catch (e) { t = null; }
    if (!t || t.s !== scope || typeof t.a !== 'string') throw new Fault('InvalidNextTokenException', 'The token is not valid.');
    after = t.a;
  }
  const key = (x) => x.key;
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1)).filter((x) => key(x) > after);
  const here = sorted.slice(0, max);
  const out = { [field]: here.map((x) => x.view) };
  const tok = (a) => Buffer.from(JSON.stringify({ s: scope, a })).toString('base64');
  if (sorted.length > here.length) out.nextToken = tok(key(here[here.length - 1]));
  else if (bug('endless_paging') && token !== undefined) out.nextToken = tok('');
  return out;
}

// ---------------------------------------------------------------- views
const strip = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));
const times = (x) => ({ creationDateTime: x.created, lastUpdatedDateTime: x.updated });
const groupView = (g) => strip({ name: g.name, datasetGroupArn: g.arn, status: 'ACTIVE', ...times(g), domain: g.domain,
  failureReason: bug('failure_reason_undefined') ? 'undefined' : undefined });
const trackerView = (t) => ({ name: t.name, eventTrackerArn: t.arn, status: 'ACTIVE', ...times(t) });
function born() {
  const t = clock();
  return { created: t, updated: bug('floored_update') ? Math.floor(t) : t };
}

function group(st, a) {
  const g = st.groups.get(a);
  if (!g) throw missing('dataset group', a);
  return g;
}
const trackerByArn = (st, a) => [...st.trackers.values()].find((t) => t.arn === a);

// ---------------------------------------------------------------- operations
const ops = {
  CreateDatasetGroup(st, b) {
    const name = str(b.name, 'name', { min: 1, max: 63, re: NAME });
    const roleArn = str(b.roleArn, 'roleArn', { max: 256, re: /^arn:([a-z\d-]+):iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/, need: false });
    const kmsKeyArn = str(b.kmsKeyArn, 'kmsKeyArn', { max: 2048, re: /^arn:aws.*:kms:.*:[0-9]{12}:key\/.*$/, need: false });
    const domain = str(b.domain, 'domain', { re: /^(ECOMMERCE|VIDEO_ON_DEMAND)$/, need: false });
    const a = arnFor(st, `dataset-group/${name}`);
    const g = { name, arn: a, roleArn, kmsKeyArn, domain, tags: [], ...born() };
    applyTags(g, tagList(b.tags, false));
    if (st.groups.has(a)) throw new Fault('ResourceAlreadyExistsException', `Another resource with Arn ${a} already exists.`);
    st.groups.set(a, g);
    return strip({ datasetGroupArn: a, domain });
  },
  DescribeDatasetGroup(st, b) {
    const g = group(st, arn(b.datasetGroupArn, 'datasetGroupArn'));
    return { datasetGroup: strip({ ...groupView(g), roleArn: g.roleArn, kmsKeyArn: g.kmsKeyArn }) };
  },
  ListDatasetGroups(st, b) {
    return page([...st.groups.values()].map((g) => ({ key: g.arn, view: groupView(g) })), b, 'datasetGroups', 'g');
  },
  DeleteDatasetGroup(st, b) {
    const g = group(st, arn(b.datasetGroupArn, 'datasetGroupArn'));
    const all = [...st.trackers.values()];
    const inUse = bug('first_tracker_only') ? all.length > 0 && all[0].group === g.arn : all.some((t) => t.group === g.arn);
    if (inUse) throw new Fault('ResourceInUseException', 'Delete the event tracker of the dataset group first.');
    st.groups.delete(g.arn);
  },
  CreateEventTracker(st, b) {
    const name = str(b.name, 'name', { min: 1, max: 63, re: NAME });
    const ga = arn(b.datasetGroupArn, 'datasetGroupArn');
    const tags = tagList(b.tags, false);
    const g = group(st, ga);
    const a = arnFor(st, `event-tracker/${md5(bug('md5_of_name') ? g.name : ga)}`);
    const old = [...st.trackers.values()].find((t) => t.group === ga);
    if (old) {
      if (bug('create_returns_existing') && old.name === name) return { eventTrackerArn: old.arn, trackingId: old.trackingId };
      throw new Fault('ResourceAlreadyExistsException', `Another resource with Arn ${a} already exists.`);
    }
    const t = { name, arn: a, group: ga, trackingId: crypto.randomUUID(), tags: [], ...born() };
    if (!bug('create_tags_lost')) applyTags(t, tags);
    st.trackers.set(bug('keyed_by_name') ? name : ga, t);
    return { eventTrackerArn: a, trackingId: t.trackingId };
  },
  DescribeEventTracker(st, b) {
    const a = arn(b.eventTrackerArn, 'eventTrackerArn');
    const t = trackerByArn(st, a);
    if (!t) throw missing('event tracker', a);
    return { eventTracker: { ...trackerView(t), accountId: ACCOUNT, trackingId: t.trackingId, datasetGroupArn: bug('copied_arn') ? t.arn : t.group } };
  },
  ListEventTrackers(st, b) {
    const ga = arn(b.datasetGroupArn, 'datasetGroupArn', false);
    const items = [...st.trackers.values()].filter((t) => ga === undefined || t.group === ga);
    return page(items.map((t) => ({ key: t.arn, view: trackerView(t) })), b, 'eventTrackers', 't' + (ga || ''));
  },
  DeleteEventTracker(st, b) {
    const a = arn(b.eventTrackerArn, 'eventTrackerArn');
    for (const [k, t] of st.trackers) if (t.arn === a) { st.trackers.delete(k); return undefined; }
    if (bug('delete_unknown_ok')) return undefined;
    throw missing('event tracker', a);
  },
  TagResource(st, b) {
    const tags = tagList(b.tags, true);
    applyTags(tagged(st, b), tags);
    return {};
  },
  UntagResource(st, b) {
    const keys = b.tagKeys;
    if (keys === undefined || keys === null) throw invalid("Value null at 'tagKeys'");
    if (!Array.isArray(keys)) throw new Fault('SerializationException', 'tagKeys: expected a list');
    if (keys.length > 200) throw invalid('tagKeys: at most 200');
    keys.forEach((k) => str(k, 'tagKeys', { min: 1, max: 128, re: TAGTEXT }));
    const r = tagged(st, b);
    if (keys.length > 50) throw new Fault('TooManyTagKeysException', 'The request contains more tag keys than can be associated with a resource (50 tag keys per resource)');
    for (const k of keys) {
      const i = r.tags.findIndex((t) => t.tagKey === k);
      if (i >= 0 || bug('splice_minus_one')) r.tags.splice(i, 1);
    }
    return {};
  },
  ListTagsForResource(st, b) { return { tags: tagged(st, b).tags }; },
};
function tagged(st, b) {
  const a = arn(b.resourceArn, 'resourceArn');
  const r = st.groups.get(a) || trackerByArn(st, a);
  if (!r) throw missing('resource', a);
  return r;
}

function putEvents(st, b) {
  const s = (v, what, max, need = false) => {
    if (v !== undefined && v !== null && typeof v !== 'string') throw invalid(`${what}: expected a string`);
    return str(v, what, { min: 1, max, need });
  };
  const id = s(b.trackingId, 'trackingId', 256, true);
  s(b.sessionId, 'sessionId', 256, true);
  s(b.userId, 'userId', 256);
  const list = b.eventList;
  if (!Array.isArray(list) || list.length < 1 || list.length > 10) throw invalid('eventList: 1 to 10 events');
  for (const e of list) {
    if (e === null || typeof e !== 'object' || Array.isArray(e)) throw invalid('event: expected a structure');
    s(e.eventType, 'eventType', 256, true);
    s(e.eventId, 'eventId', 256); s(e.itemId, 'itemId', 256); s(e.recommendationId, 'recommendationId', 40);
    if (typeof e.sentAt !== 'number') throw invalid(`class java.lang.${typeof e.sentAt} can not be converted to milliseconds since epoch`);
    if (bug('zero_event_value') && 'eventValue' in e && !e.eventValue) throw invalid('eventValue is empty');
    if (e.eventValue !== undefined && e.eventValue !== null && typeof e.eventValue !== 'number') throw invalid('eventValue: expected a number');
    const p = s(e.properties, 'properties', bug('properties_ten_kb') ? 10 * 1024 : 1024);
    if (p !== undefined && p !== null) {
      let o;
      try { o = JSON.parse(p); } catch (x) { throw invalid('Error parsing properties json'); }
      if (o === null || typeof o !== 'object' || Array.isArray(o)) throw invalid('Error parsing properties json');
    }
    if (e.impression !== undefined && e.impression !== null) {
      if (!Array.isArray(e.impression) || e.impression.length < 1 || e.impression.length > 25) throw invalid('impression: 1 to 25 items');
      e.impression.forEach((i) => s(i, 'impression', 256, true));
    }
    if (e.metricAttribution !== undefined && e.metricAttribution !== null) {
      const v = s(e.metricAttribution.eventAttributionSource, 'eventAttributionSource', 1024, true);
      if (!/^[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*$/.test(v)) throw invalid('eventAttributionSource');
    }
  }
  if (![...st.trackers.values()].some((t) => t.trackingId === id)) throw invalid(`${id} does not exist or is not active yet.`);
}

// ---------------------------------------------------------------- http
http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (c) => chunks.push(c));
  req.on('end', () => {
    const events = req.url.split('?')[0] === '/events';
    const type = events ? 'application/json' : 'application/x-amz-json-1.1';
    const send = (status, body, code) => {
      const raw = body === undefined ? '' : JSON.stringify(body);
      const h = { 'content-type': type, 'content-length': Buffer.byteLength(raw), 'x-amzn-requestid': crypto.randomUUID() };
      if (code) h['x-amzn-errortype'] = code;
      res.writeHead(status, h);
      res.end(raw);
    };
    try {
      const m = /Credential=[^/]*\/\d+\/([^/]+)\//.exec(req.headers.authorization || '');
      const st = storeOf(m ? m[1] : 'us-east-1');
      const [svc, name] = (req.headers['x-amz-target'] || '').split('.');
      if (req.method !== 'POST' || (!events && !(svc === 'AmazonPersonalize' && Object.hasOwn(ops, name || '')))) {
        return send(400, { __type: 'UnknownOperationException' }, 'UnknownOperationException');
      }
      let body;
      const raw = Buffer.concat(chunks).toString('utf8');
      try { body = raw === '' ? {} : JSON.parse(raw); } catch (e) { body = null; }
      if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new Fault(events ? 'InvalidInputException' : 'SerializationException', 'not a JSON object');
      return send(200, events ? putEvents(st, body) : ops[name](st, body));
    } catch (e) {
      if (e instanceof Fault) return send(e.status, { __type: e.code, message: e.message }, e.code);
      return send(500, { __type: 'InternalServerException', message: String(e) }, 'InternalServerException');
    }
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
