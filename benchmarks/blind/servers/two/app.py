# personalize-two: plain WSGI, everything in dictionaries; a status moves one step each time
# somebody looks (Describe*, List*).    python3 app.py PORT
import base64, datetime, itertools, json, os, random, re, sys, time, unicodedata, zlib
from socketserver import ThreadingMixIn
from wsgiref.simple_server import make_server, WSGIRequestHandler, WSGIServer

BUG = os.getenv('BUG', '')
BUGS = ('list_lags', 'tag_resets_status', 'resurrect', 'in_progress_spelling', 'zombie_in_index',
        'shared_default_tags', 'filter_after_page', 'any_token', 'falsy_max_results', 'empty_value_refused',
        'tag_limit_per_request', 'untag_prefix', 'empty_event_list', 'key_error_500', 'unicode_name',
        'account_number', 'not_found_as_invalid', 'group_deletable_with_tracker')
assert not BUG or BUG in BUGS, 'BUG must be one of ' + ' '.join(BUGS)
ME = '000987654321'
ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
rnd = random.Random()
stores = {}
SHORT = 3          # never more than this on a page


class Refused(Exception):
    def __init__(self, code, text, status='400 Bad Request'):
        self.code, self.text, self.status = code, text, status


def Bad(text):
    return Refused('InvalidInputException', text)


def short_id(n):
    return ''.join(rnd.choice(ALPHABET) for _ in range(n))


class Thing(dict):
    """A resource. `plan` is what is still to come; look() takes one step."""

    def look(self):
        if not self['plan']:
            return self
        nxt = self['plan'].pop(0)
        if nxt is None:
            self['gone'] = True
        else:
            self['status'] = nxt
            self['changed'] = time.time()
            if nxt == 'CREATE FAILED':
                self['why'] = 'An internal step of the creation did not succeed.'
        return self

    @property
    def settled(self):
        return self['status'] in ('ACTIVE', 'CREATE FAILED')


class Store:
    def __init__(self, region):
        self.region, self.things, self.index = region, {}, {}
        self.made = itertools.count(1)

    def arn(self, kind, tail):
        return f'arn:aws:personalize:{self.region}:{ME}:{kind}/{tail}'

    def sweep(self):
        for arn in [a for a, t in self.things.items() if t.get('gone')]:
            t = self.things.pop(arn)
            if t['kind'] == 'event-tracker' and BUG != 'zombie_in_index':
                self.index.get(t['group'], []).remove(t)

    def get(self, kind, arn, look=False):
        t = self.things.get(arn)
        if t is not None and t['kind'] == kind:
            if look:
                t.look()
                self.sweep()
            if not t.get('gone'):
                return t
        code = 'InvalidInputException' if BUG == 'not_found_as_invalid' and kind == 'event-tracker' else 'ResourceNotFoundException'
        raise Refused(code, f'No such {kind} here :-( {arn}')


IN_PROGRESS = 'CREATE IN PROGRESS' if BUG == 'in_progress_spelling' else 'CREATE IN_PROGRESS'


# ------------------------------------------------------------------ shapes
def string(src, member, low, high, rx=None, need=False):
    v = src.get(member)
    if v is None:
        if need:
            raise Refused('ValidationException', f"1 validation error detected: '{member}' must not be null")
        return None
    if type(v) is not str:
        raise Refused('SerializationException', f'{member}: expected a string')
    if len(v) < low or len(v) > high or (rx and not re.fullmatch(rx, v)):
        raise Bad(f'{member} does not look right')
    return v


def any_arn(src, member, need=True):
    return string(src, member, 0, 256, r'arn:([a-z\d-]+):personalize:.*:.*:.+', need)


def name(src):
    if BUG == 'unicode_name':
        v = string(src, 'name', 1, 63, None, True)
        if not v[0].isalnum() or not all(c.isalnum() or c in '-_' for c in v):
            raise Bad('name does not look right')
        return v
    return string(src, 'name', 1, 63, r'[a-zA-Z0-9][a-zA-Z0-9\-_]*', True)


def wordy(s):
    return all(c in '_.:/=+-@' or unicodedata.category(c).startswith(('L', 'Z', 'N')) for c in s)


def read_tags(src, need=False):
    raw = src.get('tags')
    if raw is None:
        if need:
            raise Refused('ValidationException', "1 validation error detected: 'tags' must not be null")
        return {}
    if type(raw) is not list:
        raise Refused('SerializationException', 'tags: expected a list')
    if len(raw) > 200:
        raise Bad('tags: more than 200')
    tags = {}
    for t in raw:
        if type(t) is not dict:
            raise Refused('SerializationException', 'tags: expected structures')
        k, v = string(t, 'tagKey', 1, 128, None, True), string(t, 'tagValue', 0, 256, None, True)
        if BUG == 'empty_value_refused' and not v:
            raise Bad('tagValue is missing')
        if not wordy(k + v) or k.startswith('aws:') or v.startswith('aws:'):
            raise Bad('tag does not look right')
        tags[k] = v
    return tags


def room_for(have, new):
    if len(new if BUG == 'tag_limit_per_request' else {**have, **new}) > 50:
        raise Refused('TooManyTagsException', 'Fifty tags are enough for anybody.')


def page(things, q, region):
    size = q.get('maxResults')
    if BUG == 'falsy_max_results':
        size = size or 100
    if size is None:
        size = 100
    if type(size) is not int:
        raise Refused('SerializationException', 'maxResults: expected a number')
    if not 1 <= size <= 100:
        raise Bad('maxResults must be from 1 to 100')
    size = min(size, SHORT)
    token, start = string(q, 'nextToken', 0, 1500), -1
    if token is not None:
        try:
            start, mark = json.loads(base64.b64decode(token, validate=True))
            assert type(start) is int and mark == region
        except Exception:
            if BUG != 'any_token':
                raise Refused('InvalidNextTokenException', 'Where did you get that token?')
            start = -1
    # the order is that of a checksum of the ARN: stable, and no use to anybody
    todo = sorted((zlib.crc32(t['arn'].encode()), t['arn']) for t in things)
    todo = [x for x in todo if x[0] > start]
    here = todo[:size]
    # a full page always has a token, even when the next one turns out to be empty
    more = base64.b64encode(json.dumps([here[-1][0], region]).encode()).decode() if len(here) == size else None
    by = {t['arn']: t for t in things}
    return [by[a] for _, a in here], more


def stamp(t):
    return round(t, 3)


# ------------------------------------------------------------------ dataset groups
def CreateDatasetGroup(st, q):
    n = name(q)
    role = string(q, 'roleArn', 0, 256, r'arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+')
    kms = string(q, 'kmsKeyArn', 0, 2048, r'arn:aws.*:kms:.*:[0-9]{12}:key/.*')
    domain = string(q, 'domain', 0, 99, 'ECOMMERCE|VIDEO_ON_DEMAND')
    tags = read_tags(q)
    room_for({}, tags)
    arn = st.arn('dataset-group', n)
    if arn in st.things:
        raise Refused('ResourceAlreadyExistsException', 'Taken: ' + arn)
    now = time.time()
    # a group with a key of ours that we can't use does not come to life
    plan = [IN_PROGRESS, 'CREATE FAILED' if kms else 'ACTIVE']
    st.things[arn] = Thing(kind='dataset-group', arn=arn, name=n, role=role, kms=kms, domain=domain, tags=tags,
                           status='CREATE PENDING', plan=plan, born=now, changed=now)
    return {'datasetGroupArn': arn, **({'domain': domain} if domain else {}), 'region': st.region}


def group_view(t):
    v = dict(name=t['name'], datasetGroupArn=t['arn'], status=t['status'],
             creationDateTime=stamp(t['born']), lastUpdatedDateTime=stamp(t['changed']))
    if t.get('why'):
        v['failureReason'] = t['why']
    if t['domain']:
        v['domain'] = t['domain']
    return v


def DescribeDatasetGroup(st, q):
    t = st.get('dataset-group', any_arn(q, 'datasetGroupArn'), True)
    v = group_view(t)
    if t['role']:
        v['roleArn'] = t['role']
    if t['kms']:
        v['kmsKeyArn'] = t['kms']
    v['stepsToGo'] = len(t['plan'])
    return {'datasetGroup': v}


def ListDatasetGroups(st, q):
    here, more = page([t for t in st.things.values() if t['kind'] == 'dataset-group'], q, st.region)
    here = [t.look() for t in here]
    out = {'datasetGroups': [group_view(t) for t in here if not t.get('gone')]}
    st.sweep()
    if more:
        out['nextToken'] = more
    return out


def DeleteDatasetGroup(st, q):
    t = st.get('dataset-group', any_arn(q, 'datasetGroupArn'))
    if not t.settled:
        raise Refused('ResourceInUseException', f'Not now: {t["status"]}')
    if st.index.get(t['arn']) and BUG not in ('group_deletable_with_tracker', 'zombie_in_index'):
        raise Refused('ResourceInUseException', 'An event tracker hangs on it.')
    if BUG == 'zombie_in_index' and any(not x.get('gone') for x in st.index.get(t['arn'], [])):
        raise Refused('ResourceInUseException', 'An event tracker hangs on it.')
    t.update(status='DELETE PENDING', changed=time.time(), plan=['DELETE PENDING', None])


# ------------------------------------------------------------------ event trackers
DEFAULT = {}


def CreateEventTracker(st, q):
    n, garn, tags = name(q), any_arn(q, 'datasetGroupArn'), read_tags(q)
    room_for({}, tags)
    if BUG == 'shared_default_tags' and not tags:
        tags = DEFAULT
    if BUG == 'key_error_500':
        g = st.things[garn]
    else:
        g = st.get('dataset-group', garn)
    if g['status'] != 'ACTIVE':
        raise Refused('ResourceInUseException', f'The group is busy or broken: {g["status"]}')
    old = [t for t in st.index.get(garn, []) if not t.get('gone')]
    if old:
        code = 'ResourceInUseException' if old[0]['status'].startswith('DELETE') else 'ResourceAlreadyExistsException'
        raise Refused(code, 'One tracker a group, and there is one: ' + old[0]['arn'])
    number = next(st.made)
    now = time.time()
    t = Thing(kind='event-tracker', arn=st.arn('event-tracker', short_id(12).lower()), name=n, group=garn, tags=tags,
              tid='trk_' + short_id(22), status='CREATE PENDING', born=now, changed=now,
              # every ninth is a dud
              plan=[IN_PROGRESS, 'CREATE FAILED' if number % 9 == 0 else 'ACTIVE'])
    st.things[t['arn']] = t
    st.index.setdefault(garn, []).append(t)
    return {'eventTrackerArn': t['arn'], 'trackingId': t['tid'], 'number': number}


def tracker_view(t, full):
    v = dict(name=t['name'], eventTrackerArn=t['arn'], status=t['status'],
             creationDateTime=stamp(t['born']), lastUpdatedDateTime=stamp(t['changed']))
    if full:
        v.update(accountId=int(ME) if BUG == 'account_number' else ME, trackingId=t['tid'], datasetGroupArn=t['group'])
    return v


def DescribeEventTracker(st, q):
    t = st.get('event-tracker', any_arn(q, 'eventTrackerArn'), True)
    return {'eventTracker': {**tracker_view(t, True), 'stepsToGo': len(t['plan'])}}


def ListEventTrackers(st, q):
    garn = any_arn(q, 'datasetGroupArn', False)
    if BUG == 'zombie_in_index' and garn is not None:
        chosen = st.index.get(garn, [])
    else:
        chosen = [t for t in st.things.values() if t['kind'] == 'event-tracker' and
                  (garn is None or BUG == 'filter_after_page' or t['group'] == garn)]
    here, more = page(chosen, q, st.region)
    if BUG == 'filter_after_page' and garn is not None:
        here, more = [t for t in here if t['group'] == garn], None
    if BUG == 'list_lags':
        views = [dict(tracker_view(t, False), status=t.setdefault('listed', t['status'])) for t in here]
    else:
        for t in here:
            t.look()
        views = [tracker_view(t, False) for t in here if not t.get('gone') or BUG == 'zombie_in_index']
    st.sweep()
    return {'eventTrackers': views, **({'nextToken': more} if more else {})}


def DeleteEventTracker(st, q):
    t = st.get('event-tracker', any_arn(q, 'eventTrackerArn'))
    if not t.settled:
        raise Refused('ResourceInUseException', f'Not now: {t["status"]}')
    t.update(status='DELETE PENDING', changed=time.time(), plan=['DELETE PENDING', 'DELETE IN_PROGRESS', None])
    if BUG == 'resurrect':
        t['plan'] = ['DELETE PENDING', 'ACTIVE', 'DELETE IN_PROGRESS', None]


# ------------------------------------------------------------------ tags
def target(st, q):
    arn = any_arn(q, 'resourceArn')
    t = st.things.get(arn)
    if t is None or t.get('gone'):
        raise Refused('ResourceNotFoundException', 'Nothing to tag: ' + arn)
    return t


def TagResource(st, q):
    tags, t = read_tags(q, True), target(st, q)
    if not t.settled:
        raise Refused('ResourceInUseException', 'Wait until it has settled.')
    room_for(t['tags'], tags)
    t['tags'].update(tags)
    if BUG == 'tag_resets_status' and t['kind'] == 'event-tracker' and t['status'] == 'ACTIVE':
        t.update(status=IN_PROGRESS, plan=['ACTIVE'])
    return {}


def UntagResource(st, q):
    keys = q.get('tagKeys')
    if keys is None:
        raise Refused('ValidationException', "1 validation error detected: 'tagKeys' must not be null")
    if type(keys) is not list:
        raise Refused('SerializationException', 'tagKeys: expected a list')
    if len(keys) > 200:
        raise Bad('tagKeys: more than 200')
    for k in keys:
        string({'tagKeys': k}, 'tagKeys', 1, 128, None, True)
    if len(keys) > 50:
        raise Refused('TooManyTagKeysException', 'Too many keys at once.')
    t = target(st, q)
    if not t.settled:
        raise Refused('ResourceInUseException', 'Wait until it has settled.')
    for k in keys:
        for have in list(t['tags']):
            if have == k or (BUG == 'untag_prefix' and have.startswith(k)):
                del t['tags'][have]
    return {}


def ListTagsForResource(st, q):
    t = target(st, q)
    return {'tags': [{'tagKey': k, 'tagValue': v} for k, v in sorted(t['tags'].items(), reverse=True)]}


# ------------------------------------------------------------------ events
def PutEvents(st, q):
    def s(src, m, hi, need=False):
        v = src.get(m)
        if v is None and not need:
            return
        if type(v) is not str or not 1 <= len(v) <= hi:
            raise Bad(m + ' does not look right')
        return v
    tid = s(q, 'trackingId', 256, True)
    s(q, 'sessionId', 256, True), s(q, 'userId', 256)
    events = q.get('eventList')
    if type(events) is not list or len(events) > 10 or (not events and BUG != 'empty_event_list'):
        raise Bad('eventList takes one to ten events')
    for e in events:
        if type(e) is not dict:
            raise Bad('an event is a structure')
        s(e, 'eventType', 256, True), s(e, 'eventId', 256), s(e, 'itemId', 256), s(e, 'recommendationId', 40)
        if type(e.get('sentAt')) not in (int, float):
            raise Bad(f'class {type(e.get("sentAt")).__name__} can not be converted to milliseconds since epoch')
        if e.get('eventValue') is not None and type(e['eventValue']) not in (int, float):
            raise Bad('eventValue is a number')
        p = s(e, 'properties', 1024)
        if p is not None:
            try:
                assert 'timestamp' not in {k.lower() for k in json.loads(p).keys()}
            except Exception:
                raise Bad('Error parsing properties json')
        if e.get('impression') is not None:
            i = e['impression']
            if type(i) is not list or not 1 <= len(i) <= 25:
                raise Bad('impression takes 1 to 25 items')
            for x in i:
                s({'itemId': x}, 'itemId', 256, True)
        m = e.get('metricAttribution')
        if m is not None and (type(m) is not dict or not s(m, 'eventAttributionSource', 1024, True)):
            raise Bad('metricAttribution')
    if not any(t.get('tid') == tid and t['status'] == 'ACTIVE' for t in st.things.values()):
        raise Bad('trackingId is not one that can be used (now)')


OPS = {f.__name__: f for f in (CreateDatasetGroup, DescribeDatasetGroup, ListDatasetGroups, DeleteDatasetGroup,
                               CreateEventTracker, DescribeEventTracker, ListEventTrackers, DeleteEventTracker,
                               TagResource, UntagResource, ListTagsForResource)}


def app(env, start):
    body = env['wsgi.input'].read(int(env.get('CONTENT_LENGTH') or 0))
    cred = re.search(r'Credential=[^/,]*/\d{8}/([a-z0-9-]+)/', env.get('HTTP_AUTHORIZATION', ''))
    region = cred.group(1) if cred else 'us-west-2'
    st = stores.setdefault(region, Store(region))
    rest = env['PATH_INFO'].rstrip('/') == '/events'
    ctype = 'application/json' if rest else 'application/x-amz-json-1.1'
    status, heads = '200 OK', [('x-amzn-requestid', short_id(16))]
    try:
        if env['REQUEST_METHOD'] != 'POST':
            raise Refused('UnknownOperationException', 'POST, please', '405 Method Not Allowed')
        prefix, _, op = env.get('HTTP_X_AMZ_TARGET', '').partition('.')
        f = PutEvents if rest else OPS.get(op) if prefix == 'AmazonPersonalize' else None
        if f is None:
            raise Refused('UnknownOperationException', '')
        try:
            q = json.loads(body or b'{}')
            assert type(q) is dict
        except Exception:
            raise Refused('InvalidInputException' if rest else 'SerializationException', 'That is not a JSON object.')
        out = f(st, q)
        out = b'' if out is None else json.dumps(out, indent=1).encode()
    except Refused as e:
        status = e.status
        out = json.dumps({'__type': 'com.amazonaws.personalize#' + e.code, 'Message': e.text}).encode()
        heads.append(('x-amzn-errortype', e.code + ':http://internal.amazon.com/coral/com.amazonaws.personalize/'))
    except Exception as e:
        status, out = '500 Internal Server Error', json.dumps({'__type': 'InternalFailure', 'message': repr(e)}).encode()
    start(status, heads + [('Content-Type', ctype), ('Content-Length', str(len(out)))])
    return [out]


class Quiet(WSGIRequestHandler):
    def log_message(self, *a):
        pass


if __name__ == '__main__':
    make_server('127.0.0.1', int(sys.argv[1]), app, WSGIServer, Quiet).serve_forever()
