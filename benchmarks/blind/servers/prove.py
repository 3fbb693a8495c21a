#!/usr/bin/env python3
"""prove.py [server [bug ...]] : each bug shows (proof true with BUG, false without)."""
import http.client, json, os, socket, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
CMD = {'one': ['python3', 'one/server.py'], 'two': ['python3', 'two/app.py'],
       'three': ['node', 'three/server.js'], 'four': ['python3', 'four/fake.py']}


class C:
    def __init__(self, port, region, needs_dataset=False):
        self.port, self.region, self.nd, self.n = port, region, needs_dataset, 0

    def raw(self, method, path, headers, body, region=None):
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        headers = {'Authorization': 'AWS4-HMAC-SHA256 Credential=AKID/20261201/%s/personalize/aws4_request, SignedHeaders=host, Signature=0' % (region or self.region), **headers}
        c.request(method, path, body.encode(), headers)
        r = c.getresponse(); t = r.read(); c.close()
        return r, t

    def call(self, op, region=None, **kw):
        while True:
            r, t = self.raw('POST', '/', {'X-Amz-Target': 'AmazonPersonalize.' + op, 'Content-Type': 'application/x-amz-json-1.1'}, json.dumps(kw), region)
            d = json.loads(t) if t else {}
            code = (d.get('__type') or '').split('#')[-1] if r.status >= 300 else None
            if code != 'ThrottlingException':
                break
        return Ans(r.status, code, d)

    def put(self, tid, events, **kw):
        r, t = self.raw('POST', '/events', {'Content-Type': 'application/json'}, json.dumps(dict(dict(trackingId=tid, sessionId='s', eventList=events), **kw)))
        return r.status, t, r

    def name(self, p='n'):
        self.n += 1
        return '%s%d' % (p, self.n)

    def wait(self, op, member, arn, want='ACTIVE'):
        for _ in range(200):
            a = self.call(op, **{member + 'Arn': arn})
            if want == 'GONE' and a.status >= 400:
                return a
            if a.status < 300 and a.d[member]['status'] == want:
                return a.d[member]
            time.sleep(.02)
        raise RuntimeError('never %s: %s %s' % (want, arn, a))

    def group(self, name=None, region=None, dataset=True, **kw):
        a = self.call('CreateDatasetGroup', name=name or self.name('g'), region=region, **kw)
        if region:
            time.sleep(.6)
            for _ in range(4): self.call('DescribeDatasetGroup', region=region, datasetGroupArn=a.d['datasetGroupArn'])
            return a.d['datasetGroupArn']
        self.wait('DescribeDatasetGroup', 'datasetGroup', a.d['datasetGroupArn'])
        if self.nd and dataset:
            self.dataset(a.d['datasetGroupArn'])
        return a.d['datasetGroupArn']

    def dataset(self, g, kind='Interactions'):
        s = self.call('CreateSchema', name=self.name('sch'), schema=json.dumps({'type': 'record', 'name': 'Interactions', 'namespace': 'x', 'fields': [{'name': k, 'type': 'string'} for k in ('USER_ID', 'ITEM_ID')] + [{'name': 'TIMESTAMP', 'type': 'long'}], 'version': '1.0'}))
        a = self.call('CreateDataset', name=self.name('ds'), schemaArn=s.d['schemaArn'], datasetGroupArn=g, datasetType=kind)
        self.wait('DescribeDataset', 'dataset', a.d['datasetArn'])
        return a.d['datasetArn']

    def tracker(self, g, name=None, wait=True, **kw):
        a = self.call('CreateEventTracker', name=name or self.name('t'), datasetGroupArn=g, **kw)
        if wait and a.status == 200:
            self.wait('DescribeEventTracker', 'eventTracker', a.d['eventTrackerArn'])
        return a

    def gt(self, **kw):
        return self.tracker(self.group(), **kw).d['eventTrackerArn']

    def drop(self, arn):
        a = self.call('DeleteEventTracker', eventTrackerArn=arn)
        assert a.status == 200, a
        return self.wait('DescribeEventTracker', 'eventTracker', arn, 'GONE')

    def desc(self, arn):
        return self.call('DescribeEventTracker', eventTrackerArn=arn)

    def lst(self, **kw):
        out, tok = [], {}
        for _ in range(30):
            a = self.call('ListEventTrackers', **kw, **tok)
            out += a.d['eventTrackers']
            if not a.d.get('nextToken'):
                return out
            tok = {'nextToken': a.d['nextToken']}
        raise RuntimeError('paging never ends')

    def tags(self, arn):
        return sorted((t['tagKey'], t['tagValue']) for t in self.call('ListTagsForResource', resourceArn=arn).d['tags'])

    def tag(self, arn, **kw):
        return self.call('TagResource', resourceArn=arn, tags=[{'tagKey': k, 'tagValue': v} for k, v in kw.items()])


class Ans:
    def __init__(self, status, code, d):
        self.status, self.code, self.d = status, code, d

    def __repr__(self):
        return '%s %s %s' % (self.status, self.code, str(self.d)[:200])


EV = {'eventType': 'click', 'itemId': 'i', 'sentAt': 1700000000}
T = lambda **kw: [{'tagKey': k, 'tagValue': v} for k, v in kw.items()]
P = {}


def proof(server):
    def deco(f):
        P.setdefault(server, {})[f.__name__] = f
        return f
    return deco


# ---------------------------------------------------------------------------- one
one = proof('one')
@one
def like_filter(c):
    a, b = c.group('shop'), c.group('shop-two'); c.tracker(b)
    return len(c.lst(datasetGroupArn=a)) == 1
@one
def unique_name(c):
    a, b = c.group(), c.group(); c.tracker(a, 'same')
    return c.tracker(b, 'same').status == 400
@one
def nocase_tags(c):
    t = c.gt(); c.tag(t, Env='a'); c.tag(t, env='b')
    return len(c.tags(t)) == 1
@one
def replace_into(c):
    g = c.group(); c.tracker(g)
    return c.tracker(g).status == 200
@one
def tag_replace(c):
    t = c.gt(tags=T(a='1')); c.tag(t, b='2')
    return c.tags(t) == [('b', '2')]
@one
def orphan_tags(c):
    g = c.group(); t = c.tracker(g, tags=T(a='1')).d['eventTrackerArn']; c.drop(t)
    return c.tags(c.tracker(g).d['eventTrackerArn']) != []
@one
def page_skip(c):
    for _ in range(4): c.gt()
    return len(c.lst(maxResults=1)) != 4
@one
def limit_plus_one(c):
    c.gt(); c.gt()
    return len(c.call('ListEventTrackers', maxResults=1).d['eventTrackers']) == 2
@one
def local_time(c):
    return abs(c.desc(c.gt()).d['eventTracker']['creationDateTime'] - time.time()) > 1000
@one
def derived_tracking_id(c):
    g = c.group(); a = c.tracker(g); c.drop(a.d['eventTrackerArn'])
    return c.tracker(g).d['trackingId'] == a.d['trackingId']
@one
def touch_on_read(c):
    t = c.gt(); x = c.desc(t).d['eventTracker']['lastUpdatedDateTime']; time.sleep(.1)
    return c.desc(t).d['eventTracker']['lastUpdatedDateTime'] != x
@one
def cascade_delete(c):
    g = c.group(); c.tracker(g)
    return c.call('DeleteDatasetGroup', datasetGroupArn=g).status == 200
@one
def delete_pending(c):
    t = c.tracker(c.group(), wait=False).d['eventTrackerArn']
    return c.call('DeleteEventTracker', eventTrackerArn=t).status == 200
@one
def eleven_events(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [EV] * 11)[0] == 200
@one
def no_region(c):
    c.gt()
    return len(c.call('ListEventTrackers', region='sa-east-1').d['eventTrackers']) > 0
@one
def cut_name(c):
    return len(c.desc(c.gt(name='n' * 60)).d['eventTracker']['name']) != 60
@one
def update_all_tags(c):
    t = c.gt(tags=T(a='1', b='2')); c.tag(t, a='3')
    return c.tags(t) != [('a', '3'), ('b', '2')]


# ---------------------------------------------------------------------------- two
two = proof('two')
@two
def list_lags(c):
    t = c.tracker(c.group(), wait=False).d['eventTrackerArn']; c.lst(); c.wait('DescribeEventTracker', 'eventTracker', t)
    return c.lst()[0]['status'] != 'ACTIVE'
@two
def tag_resets_status(c):
    t = c.gt(); c.tag(t, a='b')
    return c.lst()[0]['status'] != 'ACTIVE' or (c.tag(t, a='c') and c.call('DeleteEventTracker', eventTrackerArn=t).status != 200)
@two
def resurrect(c):
    t = c.gt(); c.call('DeleteEventTracker', eventTrackerArn=t); c.desc(t)
    return c.desc(t).d['eventTracker']['status'] == 'ACTIVE'
@two
def in_progress_spelling(c):
    return c.desc(c.tracker(c.group(), wait=False).d['eventTrackerArn']).d['eventTracker']['status'] == 'CREATE IN PROGRESS'
@two
def zombie_in_index(c):
    g = c.group(); c.drop(c.tracker(g).d['eventTrackerArn'])
    return len(c.lst(datasetGroupArn=g)) == 1 and c.lst() == []
@two
def shared_default_tags(c):
    a, b = c.gt(), c.gt(); c.tag(a, x='y')
    return c.tags(b) != []
@two
def filter_after_page(c):
    gs = [c.group() for _ in range(5)]
    for g in gs: c.tracker(g)
    return any(len(c.lst(datasetGroupArn=g)) != 1 for g in gs)
@two
def any_token(c):
    return c.call('ListEventTrackers', nextToken='rubbish').status == 200
@two
def falsy_max_results(c):
    return c.call('ListEventTrackers', maxResults=0).status == 200
@two
def empty_value_refused(c):
    return c.tag(c.gt(), a='').status != 200
@two
def tag_limit_per_request(c):
    t = c.gt()
    for n in '12': r = c.tag(t, **{'k%s%d' % (n, i): '' for i in range(40)})
    return r.status == 200
@two
def untag_prefix(c):
    t = c.gt(tags=T(env='1', environment='2')); c.call('UntagResource', resourceArn=t, tagKeys=['env'])
    return c.tags(t) == []
@two
def empty_event_list(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [])[0] == 200
@two
def key_error_500(c):
    return c.tracker('arn:aws:personalize:%s:000987654321:dataset-group/nope' % c.region).status == 500
@two
def unicode_name(c):
    return c.call('CreateDatasetGroup', name='caf\u00e9').status == 200
@two
def account_number(c):
    return type(c.desc(c.gt()).d['eventTracker']['accountId']) is int
@two
def not_found_as_invalid(c):
    t = c.gt()
    return c.drop(t).code != 'ResourceNotFoundException'
@two
def group_deletable_with_tracker(c):
    g = c.group(); c.tracker(g)
    return c.call('DeleteDatasetGroup', datasetGroupArn=g).status == 200

# ---------------------------------------------------------------------------- three
three = proof('three')
@three
def proto_tags(c):
    t = c.gt(); c.tag(t, **{'__proto__': 'x', 'a': 'b'})
    return len(c.tags(t)) == 1
@three
def keyed_by_name(c):
    t = c.tracker(c.group(), 'same').d['eventTrackerArn']; c.tracker(c.group(), 'same')
    return c.desc(t).status == 400
@three
def milliseconds(c):
    return c.desc(c.gt()).d['eventTracker']['creationDateTime'] > 1e11
@three
def floored_update(c):
    e = c.desc(c.gt()).d['eventTracker']
    return e['lastUpdatedDateTime'] < e['creationDateTime']
@three
def endless_paging(c):
    for _ in range(3): c.gt()
    try: c.lst(maxResults=1); return False
    except RuntimeError: return True
@three
def zero_event_value(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [dict(EV, eventValue=0)])[0] == 400
@three
def byte_length(c):
    return c.tag(c.gt(), a='\u00e9' * 200).status == 400
@three
def fixed_region(c):
    return ':us-east-1:' in c.call('CreateDatasetGroup', region='eu-west-1', name='x').d['datasetGroupArn']
@three
def create_returns_existing(c):
    g = c.group(); c.tracker(g, 'x')
    return c.tracker(g, 'x').status == 200
@three
def delete_unknown_ok(c):
    t = c.gt(); c.drop(t)
    return c.call('DeleteEventTracker', eventTrackerArn=t).status == 200
@three
def first_tracker_only(c):
    c.gt(); g = c.group(); c.tracker(g)
    return c.call('DeleteDatasetGroup', datasetGroupArn=g).status == 200
@three
def create_tags_lost(c):
    return c.tags(c.gt(tags=T(a='b'))) == []
@three
def tags_appended(c):
    t = c.gt(); c.tag(t, a='1'); c.tag(t, a='2')
    return len(c.tags(t)) == 2
@three
def splice_minus_one(c):
    t = c.gt(tags=T(a='1', b='2')); c.call('UntagResource', resourceArn=t, tagKeys=['zzz'])
    return len(c.tags(t)) == 1
@three
def sticky_regex(c):
    return [c.call('CreateDatasetGroup', name='g%d' % i).status for i in range(4)] != [200] * 4
@three
def copied_arn(c):
    return 'event-tracker' in c.desc(c.gt()).d['eventTracker']['datasetGroupArn']
@three
def md5_of_name(c):
    import hashlib
    g = c.group(); return not c.tracker(g).d['eventTrackerArn'].endswith(hashlib.md5(g.encode()).hexdigest()[:8])
@three
def not_found_404(c):
    t = c.gt(); c.drop(t)
    return c.desc(t).status == 404
@three
def properties_ten_kb(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [dict(EV, properties=json.dumps({'a': 'x' * 1500}))])[0] == 200
@three
def failure_reason_undefined(c):
    return 'failureReason' in c.call('DescribeDatasetGroup', datasetGroupArn=c.group()).d['datasetGroup']


# ---------------------------------------------------------------------------- four
four = proof('four')
@four
def stale_projection(c):
    g = c.group(); c.lst()
    return c.desc(c.tracker(g, wait=False).d['eventTrackerArn']).status == 400
@four
def lost_tag_write(c):
    t = c.gt(); c.tag(t, a='1'); c.tag(t, b='2')
    return len(c.tags(t)) == 1
@four
def stale_timer(c):
    g = c.group(); t = c.tracker(g).d['eventTrackerArn']; c.drop(t); c.tracker(g); time.sleep(1)
    return c.desc(t).status == 400
@four
def throttled_but_done(c):
    t = c.gt()
    for i in range(45):
        r, x = c.raw('POST', '/', {'X-Amz-Target': 'AmazonPersonalize.TagResource'}, json.dumps({'resourceArn': t, 'tags': [{'tagKey': 'n', 'tagValue': str(i)}]}))
        if b'Throttling' in x:
            return c.tags(t) == [('n', str(i))]
@four
def dataset_goes_too(c):
    g = c.group(); c.drop(c.tracker(g).d['eventTrackerArn']); time.sleep(.3)
    return c.call('ListDatasets', datasetGroupArn=g).d['datasets'] == []
@four
def status_out_of_order(c):
    t = c.gt(); time.sleep(.15)
    return c.desc(t).d['eventTracker']['status'] == 'CREATE IN_PROGRESS'
@four
def stale_group_list(c):
    c.call('CreateDatasetGroup', name='x'); c.call('ListDatasetGroups'); time.sleep(.5)
    return c.call('ListDatasetGroups').d['datasetGroups'][0]['status'] != 'ACTIVE'
@four
def latin1(c):
    t = c.gt(); v = 'caf\u00e9'
    c.tag(t, n=v)
    try: return c.tags(t) != [('n', v)]
    except UnicodeDecodeError: return True
@four
def lower_arn(c):
    return not c.call('CreateDatasetGroup', name='MovieClickGroup').d['datasetGroupArn'].endswith('MovieClickGroup')
@four
def put_202(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [EV])[:2] != (200, b'')
@four
def first_event_only(c):
    return c.put(c.tracker(c.group()).d['trackingId'], [EV, {'itemId': 'x'}])[0] == 200
@four
def prefix_in_use(c):
    a, b = c.group('ab', dataset=False), c.group('abc'); c.tracker(b)
    return c.call('DeleteDatasetGroup', datasetGroupArn=a).status == 400
@four
def name_in_key(c):
    g = c.group(); c.tracker(g, 'x')
    return c.tracker(g, 'y').status == 200
@four
def created_moves(c):
    t = c.tracker(c.group(), wait=False).d['eventTrackerArn']; x = c.desc(t).d['eventTracker']['creationDateTime']; time.sleep(.3)
    return c.desc(t).d['eventTracker']['creationDateTime'] != x
@four
def domain_lost(c):
    return 'domain' not in c.call('DescribeDatasetGroup', datasetGroupArn=c.group(domain='ECOMMERCE', dataset=False)).d['datasetGroup']
@four
def ten_tags(c):
    return len(c.tags(c.gt(tags=T(**{'k%d' % i: '' for i in range(12)})))) != 12
@four
def tracking_id_changes(c):
    a = c.tracker(c.group())
    return c.desc(a.d['eventTrackerArn']).d['eventTracker']['trackingId'] != a.d['trackingId']
@four
def dataset_before_tracker(c):
    g = c.group(); c.tracker(g)
    return c.call('DeleteDataset', datasetArn=c.call('ListDatasets', datasetGroupArn=g).d['datasets'][0]['datasetArn']).status == 200
@four
def quota_never_freed(c):
    for i in range(6):
        a = c.call('CreateDatasetGroup', name='x'); 
        if a.status != 200: return True
        c.wait('DescribeDatasetGroup', 'datasetGroup', a.d['datasetGroupArn']); c.call('DeleteDatasetGroup', datasetGroupArn=a.d['datasetGroupArn'])
        c.wait('DescribeDatasetGroup', 'datasetGroup', a.d['datasetGroupArn'], 'GONE')
    return False



def start(server, bug):
    s = socket.socket(); s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]; s.close()
    env = dict(os.environ, BUG=bug); env.pop('BUG') if not bug else 0
    p = subprocess.Popen(CMD[server] + [str(port)], cwd=HERE, env=env)
    for _ in range(300):
        try:
            socket.create_connection(('127.0.0.1', port), 1).close(); return p, port
        except OSError:
            if p.poll() is not None: raise RuntimeError('server died')
            time.sleep(.05)


def run(f, port, region, server):
    try:
        return bool(f(C(port, region, server == 'four')))
    except Exception as e:
        return 'error %s %s' % (type(e).__name__, e)


def main():
    bad = 0
    for server in sys.argv[1:2] or list(P):
        bugs = sys.argv[2:] or list(P[server])
        p, port = start(server, '')
        clean = {b: run(P[server][b], port, 'xx-test-%d' % (i + 1), server) for i, b in enumerate(bugs)}
        p.kill(); p.wait()
        for b in bugs:
            p, port = start(server, b)
            r = run(P[server][b], port, 'us-east-1', server)
            p.kill(); p.wait()
            ok = r is True and clean[b] is False
            bad += not ok
            print('%-6s %-30s faithful: %-6s with bug: %-6s %s' % (server, b, clean[b], r, 'ok' if ok else '<<<<<'), flush=True)
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
