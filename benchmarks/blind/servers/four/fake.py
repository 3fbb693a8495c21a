#!/usr/bin/env python3
"""Personalize fake "four": asyncio, event-sourced.

Every change is an entry of a log; the entities are what the log says.  The log is written behind to a file by a queue.
An event tracker needs an Interactions dataset in its group.      usage: fake.py PORT
"""
import asyncio, copy, hashlib, json, os, re, sys, tempfile, time, unicodedata, uuid
from dataclasses import dataclass, field
from typing import Optional

KNOWN = {"stale_projection", "lost_tag_write", "stale_timer", "throttled_but_done", "dataset_goes_too", "status_out_of_order",
         "stale_group_list", "latin1", "lower_arn", "put_202", "first_event_only", "prefix_in_use", "name_in_key",
         "created_moves", "domain_lost", "ten_tags", "tracking_id_changes", "dataset_before_tracker", "quota_never_freed"}
BUG = os.environ.get("BUG") or None
if BUG and BUG not in KNOWN:
    raise SystemExit("BUG must be one of " + ", ".join(sorted(KNOWN)))

ACCOUNT, QUOTA, THROTTLE_EVERY = "555566667777", 5, 41
STEP1, STEP2, DSTEP1, DSTEP2 = 0.06, 0.17, 0.07, 0.16


@dataclass
class Entity:
    kind: str
    arn: str
    incarnation: int
    created: float
    updated: float
    status: str = "CREATE PENDING"
    props: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)


class Err(Exception):
    def __init__(self, code, msg):
        super().__init__(msg)
        self.code, self.msg = code, msg


NOTFOUND, INUSE, EXISTS, INVALID = ("ResourceNotFoundException", "ResourceInUseException",
                                    "ResourceAlreadyExistsException", "InvalidInputException")
LABEL = {"group": "dataset group", "tracker": "event tracker", "dataset": "dataset", "schema": "schema"}


class Region:
    """The projection of one region's log."""

    def __init__(self, name, journal):
        self.name, self.journal = name, journal
        self.live = {}
        self.seq = 0
        self.pending_tags = {}
        self.snapshot, self.snapshot_at = {}, 0.0
        self.list_cache = (None, None)
        self.groups_ever = 0

    # -- the log
    def emit(self, what, arn, **data):
        self.seq += 1
        now = round(time.time(), 3)
        self.journal.put_nowait((self.seq, now, self.name, what, arn, data))
        getattr(self, "on_" + what)(arn, now, **data)
        return self.seq

    def on_created(self, arn, now, kind, props, tags, status="CREATE PENDING"):
        self.live[arn] = Entity(kind, arn, self.seq, now, now, status, props, dict(tags))
        if kind == "group":
            self.groups_ever += 1

    def on_status(self, arn, now, status):
        e = self.live[arn]
        e.status, e.updated = status, now
        if BUG == "created_moves":
            e.created = now
        if BUG == "tracking_id_changes" and e.kind == "tracker" and status == "ACTIVE":
            e.props["trackingId"] = str(uuid.uuid4())

    def on_removed(self, arn, now):
        self.live.pop(arn, None)

    def on_tagged(self, arn, now, tags):
        self.live[arn].tags.update(tags)

    def on_untagged(self, arn, now, keys):
        for k in keys:
            self.live[arn].tags.pop(k, None)

    # -- what happens later
    def later(self, delay, arn, incarnation, status):
        def fire():
            e = self.live.get(arn)
            if e is None or (incarnation is not None and e.incarnation != incarnation):
                return
            if status is None:
                self.emit("removed", arn)
            else:
                self.emit("status", arn, status=status)
        asyncio.get_running_loop().call_later(delay, fire)

    def create(self, kind, arn, props, tags):
        inc = self.emit("created", arn, kind=kind, props=props, tags=tags)
        if BUG == "status_out_of_order" and kind == "tracker":
            for d, s in ((STEP1, "ACTIVE"), (STEP2, "CREATE IN_PROGRESS"), (STEP2 + .1, "ACTIVE")):
                self.later(d, arn, inc, s)
        else:
            self.later(STEP1, arn, inc, "CREATE IN_PROGRESS")
            self.later(STEP2, arn, inc, "ACTIVE")

    def delete(self, e):
        self.emit("status", e.arn, status="DELETE PENDING")
        if e.kind != "group":
            self.later(DSTEP1, e.arn, e.incarnation, "DELETE IN_PROGRESS")
        self.later(DSTEP2, e.arn, e.incarnation, None)
        if BUG == "stale_timer" and e.kind == "tracker":
            self.later(0.9, e.arn, None, None)      # in case the first one was lost

    # -- reading
    def reading(self):
        if BUG == "stale_projection":
            if time.time() - self.snapshot_at > 0.25:
                self.snapshot, self.snapshot_at = copy.deepcopy(self.live), time.time()
            return self.snapshot
        return self.live

    def get(self, kind, arn, source=None):
        e = (self.live if source is None else source).get(arn)
        if e is None or e.kind != kind:
            raise Err(NOTFOUND, f"The given {LABEL[kind]} does not exist: {arn}")
        return e

    def of(self, kind, **props):
        return [e for e in self.live.values() if e.kind == kind and all(e.props.get(k) == v for k, v in props.items())]

    def flush_tags(self):
        for arn, tags in self.pending_tags.items():
            if arn in self.live:
                self.emit("tagged", arn, tags=tags)
        self.pending_tags = {}

    def arn(self, tail):
        a = f"arn:aws:personalize:{self.name}:{ACCOUNT}:{tail}"
        return a.lower() if BUG == "lower_arn" else a


# ------------------------------------------------------------------------------------------ members
class Body:
    def __init__(self, d):
        self.d = d

    def s(self, k, lo=0, hi=256, rx=None, opt=False):
        v = self.d.get(k)
        if v is None:
            if opt:
                return None
            raise Err(INVALID, f"{k} is required")
        if not isinstance(v, str):
            raise Err(INVALID, f"{k} must be a string")
        if any("\ud800" <= c <= "\udfff" for c in v):
            raise Err(INVALID, f"{k} is not Unicode text")
        if not lo <= len(v) <= hi:
            raise Err(INVALID, f"{k}: length must be {lo} to {hi}")
        if rx and not re.fullmatch(rx, v, re.S):
            raise Err(INVALID, f"{k} must match {rx}")
        return v

    def name(self):
        return self.s("name", 1, 63, r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")

    def arn(self, k, opt=False):
        return self.s(k, 0, 256, r"arn:([a-z\d-]+):personalize:.*:.*:.+", opt)

    def tags(self, opt=True):
        v = self.d.get("tags")
        if v is None and opt:
            return {}
        if not isinstance(v, list) or len(v) > 200:
            raise Err(INVALID, "tags must be a list of at most 200")
        out = {}
        for t in v:
            if not isinstance(t, dict):
                raise Err(INVALID, "a tag has a tagKey and a tagValue")
            b = Body(t)
            k, val = b.s("tagKey", 1, 128), b.s("tagValue", 0, 256)
            for text in (k, val):
                if any(c not in "_.:/=+-@" and unicodedata.category(c)[0] not in "LZN" for c in text):
                    raise Err(INVALID, "a tag has a character that is not allowed")
                if text.lower().startswith("aws:"):
                    raise Err(INVALID, "aws: is reserved")
            if k in out:
                raise Err(INVALID, f"tag key given twice: {k}")
            out[k] = val
        return out


def room(have, new):
    if len({**have, **new}) > 50:
        raise Err("TooManyTagsException", "You have exceeded the maximum number of tags you can apply to this resource.")


def listing(r, b, kind, field_name, view, keep=lambda e: True):
    n = b.d.get("maxResults")
    n = 50 if n is None else n
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 100:
        raise Err(INVALID, "maxResults: 1 to 100")
    token, before = b.s("nextToken", 0, 1500, opt=True), None
    if token is not None:
        m = re.fullmatch(r"v1-([a-z]+)-(\d{1,12})-([0-9a-f]{8})", token)
        if not m or m[1] != kind or m[3] != hashlib.md5(f"{r.name}{kind}{m[2]}".encode()).hexdigest()[:8]:
            raise Err("InvalidNextTokenException", "The token is not valid.")
        before = int(m[2])
    rows = [e for e in r.reading().values() if e.kind == kind and keep(e) and (before is None or e.incarnation < before)]
    rows.sort(key=lambda e: -e.incarnation)             # newest first
    out = {field_name: [view(e) for e in rows[:n]]}
    if len(rows) > n:
        last = str(rows[n - 1].incarnation)
        out["nextToken"] = "v1-%s-%s-%s" % (kind, last, hashlib.md5(f"{r.name}{kind}{last}".encode()).hexdigest()[:8])
    return out


def some(**kw):
    return {k: v for k, v in kw.items() if v is not None}


def times(e):
    return {"creationDateTime": e.created, "lastUpdatedDateTime": e.updated}


def changeable(e):
    if e.status not in ("ACTIVE", "CREATE FAILED"):
        raise Err(INUSE, f"The {LABEL[e.kind]} is in status {e.status}.")


# ------------------------------------------------------------------------------------------ dataset groups
def CreateDatasetGroup(r, b):
    name, tags = b.name(), b.tags()
    role = b.s("roleArn", 0, 256, r"arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+", True)
    kms = b.s("kmsKeyArn", 0, 2048, r"arn:aws.*:kms:.*:[0-9]{12}:key/.*", True)
    domain = b.s("domain", 0, 99, "ECOMMERCE|VIDEO_ON_DEMAND", True)
    if role and not kms:
        raise Err(INVALID, "roleArn goes with a kmsKeyArn")
    room({}, tags)
    arn = r.arn(f"dataset-group/{name}")
    if arn in r.live:
        raise Err(EXISTS, f"Another resource with Arn {arn} already exists.")
    count = r.groups_ever if BUG == "quota_never_freed" else sum(e.status != "DELETE PENDING" for e in r.of("group"))
    if count >= QUOTA:
        raise Err("LimitExceededException", f"More than {QUOTA} resources in ACTIVE state. Please delete some and try again.")
    if BUG == "domain_lost":
        domain = None
    r.create("group", arn, some(name=name, roleArn=role, kmsKeyArn=kms, domain=domain), tags)
    return some(datasetGroupArn=arn, domain=domain)


def group_view(e, full=False):
    p = e.props
    return {"name": p["name"], "datasetGroupArn": e.arn, "status": e.status, **times(e), **some(domain=p.get("domain")),
            **(some(roleArn=p.get("roleArn"), kmsKeyArn=p.get("kmsKeyArn")) if full else {})}


def DescribeDatasetGroup(r, b):
    return {"datasetGroup": group_view(r.get("group", b.arn("datasetGroupArn"), r.reading()), True)}


def ListDatasetGroups(r, b):
    if BUG == "stale_group_list":
        key = (len(r.of("group")), json.dumps(b.d, sort_keys=True))
        if r.list_cache[0] != key:
            r.list_cache = (key, listing(r, b, "group", "datasetGroups", group_view))
        return r.list_cache[1]
    return listing(r, b, "group", "datasetGroups", group_view)


def DeleteDatasetGroup(r, b):
    e = r.get("group", b.arn("datasetGroupArn"))
    changeable(e)
    for kind in ("tracker", "dataset"):
        for x in r.live.values():
            if x.kind == kind and (x.props["group"].startswith(e.arn) if BUG == "prefix_in_use" else x.props["group"] == e.arn):
                raise Err(INUSE, f"The dataset group still has a {LABEL[kind]}: {x.arn}")
    r.delete(e)


# ------------------------------------------------------------------------------------------ schemas, datasets
def CreateSchema(r, b):
    name, text, domain = b.name(), b.s("schema", 0, 20000), b.s("domain", 0, 99, "ECOMMERCE|VIDEO_ON_DEMAND", True)
    try:
        assert json.loads(text)["type"] == "record"
    except Exception:
        raise Err(INVALID, "The schema is not Avro JSON.")
    arn = r.arn(f"schema/{name}")
    if arn in r.live:
        raise Err(EXISTS, f"Another resource with Arn {arn} already exists.")
    r.emit("created", arn, kind="schema", props=some(name=name, schema=text, domain=domain), tags={}, status="ACTIVE")
    return {"schemaArn": arn}


def schema_view(e):
    return {"name": e.props["name"], "schemaArn": e.arn, **times(e), **some(domain=e.props.get("domain"))}


def DescribeSchema(r, b):
    e = r.get("schema", b.arn("schemaArn"), r.reading())
    return {"schema": {**schema_view(e), "schema": e.props["schema"]}}


def ListSchemas(r, b):
    return listing(r, b, "schema", "schemas", schema_view)


def DeleteSchema(r, b):
    e = r.get("schema", b.arn("schemaArn"))
    if r.of("dataset", schema=e.arn):
        raise Err(INUSE, "A dataset uses the schema.")
    r.emit("removed", e.arn)


TYPES = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")


def CreateDataset(r, b):
    name, sarn, garn, kind, tags = b.name(), b.arn("schemaArn"), b.arn("datasetGroupArn"), b.s("datasetType").upper(), b.tags()
    if kind not in TYPES:
        raise Err(INVALID, "datasetType must be one of " + ", ".join(TYPES))
    room({}, tags)
    g = r.get("group", garn)
    r.get("schema", sarn)
    if g.status != "ACTIVE":
        raise Err(INUSE, f"The dataset group is in status {g.status}.")
    arn = r.arn(f"dataset/{g.props['name']}/{kind}")
    if arn in r.live:
        raise Err(EXISTS, f"Another dataset of type: {kind} already exists in the provided dataset group")
    r.create("dataset", arn, some(name=name, schema=sarn, group=garn, type=kind,
                                  trackingId=str(uuid.uuid4()) if kind == "ACTION_INTERACTIONS" else None), tags)
    return {"datasetArn": arn}


def dataset_view(e):
    return {"name": e.props["name"], "datasetArn": e.arn, "datasetType": e.props["type"], "status": e.status, **times(e)}


def DescribeDataset(r, b):
    e = r.get("dataset", b.arn("datasetArn"), r.reading())
    return {"dataset": {**dataset_view(e), "datasetGroupArn": e.props["group"], "schemaArn": e.props["schema"],
                        **some(trackingId=e.props.get("trackingId"))}}


def ListDatasets(r, b):
    g = b.arn("datasetGroupArn", True)
    return listing(r, b, "dataset", "datasets", dataset_view, lambda e: g is None or e.props["group"] == g)


def DeleteDataset(r, b):
    e = r.get("dataset", b.arn("datasetArn"))
    changeable(e)
    if e.props["type"] == "INTERACTIONS" and r.of("tracker", group=e.props["group"]) and BUG != "dataset_before_tracker":
        raise Err(INUSE, "Delete the event tracker of the dataset group first.")
    r.delete(e)


# ------------------------------------------------------------------------------------------ event trackers
def CreateEventTracker(r, b):
    name, garn, tags = b.name(), b.arn("datasetGroupArn"), b.tags()
    room({}, tags)
    g = r.get("group", garn)
    arn = r.arn("event-tracker/" + hashlib.md5(garn.encode()).hexdigest()[:8])
    if r.of("tracker", group=garn, **({"name": name} if BUG == "name_in_key" else {})):
        raise Err(EXISTS, f"Another resource with Arn {arn} already exists.")
    if g.status != "ACTIVE":
        raise Err(INUSE, f"The dataset group is in status {g.status}.")
    ds = r.of("dataset", group=garn, type="INTERACTIONS")
    if not ds:
        raise Err(INVALID, "The dataset group has no Interactions dataset: " + garn)
    if ds[0].status != "ACTIVE":
        raise Err(INUSE, f"The Interactions dataset is in status {ds[0].status}.")
    tid = str(uuid.uuid4())
    r.create("tracker", arn, dict(name=name, group=garn, trackingId=tid), tags)
    return {"eventTrackerArn": arn, "trackingId": tid}


def tracker_view(e):
    return {"name": e.props["name"], "eventTrackerArn": e.arn, "status": e.status, **times(e)}


def DescribeEventTracker(r, b):
    e = r.get("tracker", b.arn("eventTrackerArn"), r.reading())
    return {"eventTracker": {**tracker_view(e), "accountId": ACCOUNT, "trackingId": e.props["trackingId"],
                             "datasetGroupArn": e.props["group"]}}


def ListEventTrackers(r, b):
    g = b.arn("datasetGroupArn", True)
    return listing(r, b, "tracker", "eventTrackers", tracker_view, lambda e: g is None or e.props["group"] == g)


def DeleteEventTracker(r, b):
    e = r.get("tracker", b.arn("eventTrackerArn"))
    changeable(e)
    r.delete(e)
    if BUG == "dataset_goes_too":
        for d in r.of("dataset", group=e.props["group"], type="INTERACTIONS"):
            r.delete(d)


# ------------------------------------------------------------------------------------------ tags
def taggable(r, b):
    arn = b.arn("resourceArn")
    e = r.live.get(arn)
    if e is None or e.kind == "schema":
        raise Err(NOTFOUND, f"The given resource does not exist: {arn}")
    return e


def TagResource(r, b):
    tags, e = b.tags(False), taggable(r, b)
    room(e.tags, tags)
    if BUG == "lost_tag_write":
        r.pending_tags[e.arn] = tags                # written a little later, together
        asyncio.get_running_loop().call_later(0.1, r.flush_tags)
    else:
        r.emit("tagged", e.arn, tags=tags)
    return {}


def UntagResource(r, b):
    keys = b.d.get("tagKeys")
    if not isinstance(keys, list) or len(keys) > 200:
        raise Err(INVALID, "tagKeys must be a list of at most 200")
    for k in keys:
        Body({"tagKeys": k}).s("tagKeys", 1, 128)
    e = taggable(r, b)
    if len(keys) > 50:
        raise Err("TooManyTagKeysException", "The request contains more tag keys than can be associated with a resource (50 tag keys per resource)")
    r.flush_tags()
    r.emit("untagged", e.arn, keys=keys)
    return {}


def ListTagsForResource(r, b):
    e = taggable(r, b)
    r.flush_tags()
    tags = [{"tagKey": k, "tagValue": v} for k, v in e.tags.items()]
    return {"tags": tags[:10] if BUG == "ten_tags" else tags}


# ------------------------------------------------------------------------------------------ events
def PutEvents(r, b):
    b.s("trackingId", 1), b.s("sessionId", 1), b.s("userId", 1, opt=True)
    events = b.d.get("eventList")
    if not isinstance(events, list) or not 1 <= len(events) <= 10:
        raise Err(INVALID, "eventList: 1 to 10 events")
    for d in events[:1] if BUG == "first_event_only" else events:
        if not isinstance(d, dict):
            raise Err(INVALID, "an event is a structure")
        e = Body(d)
        e.s("eventType", 1), e.s("eventId", 1, opt=True), e.s("itemId", 1, opt=True), e.s("recommendationId", 1, 40, opt=True)
        for k in ("sentAt", "eventValue"):
            v = d.get(k)
            if (v is None and k == "sentAt") or (v is not None and (isinstance(v, bool) or not isinstance(v, (int, float)))):
                raise Err(INVALID, f"{k} must be a number")
        p = e.s("properties", 1, 1024, opt=True)
        if p is not None:
            try:
                keys = [k.lower() for k in json.loads(p)]
                assert p.lstrip().startswith("{")
            except Exception:
                raise Err(INVALID, "Error parsing properties json")
            if set(keys) & {"userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression"}:
                raise Err(INVALID, "properties has a reserved keyword")
        i = d.get("impression")
        if i is not None:
            if not isinstance(i, list) or not 1 <= len(i) <= 25:
                raise Err(INVALID, "impression: 1 to 25 items")
            for x in i:
                Body({"impression": x}).s("impression", 1)
        m = d.get("metricAttribution")
        if m is not None:
            if not isinstance(m, dict):
                raise Err(INVALID, "metricAttribution is a structure")
            Body(m).s("eventAttributionSource", 0, 1024, r"[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*")
    # whose tracker it is turns out when the events are taken from the queue; strays are dropped there
    r.journal.put_nowait((0, time.time(), r.name, "events", b.d["trackingId"], events))


OPS = {f.__name__: f for f in (
    CreateDatasetGroup, DescribeDatasetGroup, ListDatasetGroups, DeleteDatasetGroup, CreateSchema, DescribeSchema, ListSchemas,
    DeleteSchema, CreateDataset, DescribeDataset, ListDatasets, DeleteDataset, CreateEventTracker, DescribeEventTracker,
    ListEventTrackers, DeleteEventTracker, TagResource, UntagResource, ListTagsForResource)}


class Server:
    def __init__(self):
        self.journal, self.regions, self.count = asyncio.Queue(), {}, 0

    async def write_behind(self):
        with tempfile.TemporaryFile("w") as f:
            while True:
                f.write(json.dumps(await self.journal.get()) + "\n")

    def handle(self, method, path, headers, raw):
        m = re.search(r"Credential=[^/]*/\d+/([^/]+)/", headers.get("authorization", ""))
        name = m[1] if m else "us-east-1"
        r = self.regions.setdefault(name, Region(name, self.journal))
        rest = path.split("?")[0] == "/events"
        ctype = "application/json" if rest else "application/x-amz-json-1.1"
        try:
            if method != "POST":
                raise Err("UnknownOperationException", None)
            op = None
            if not rest:
                svc, _, op = headers.get("x-amz-target", "").partition(".")
                if svc != "AmazonPersonalize" or op not in OPS:
                    raise Err("UnknownOperationException", None)
                self.count += 1
            throttled = not rest and self.count % THROTTLE_EVERY == 0
            if throttled and BUG != "throttled_but_done":
                raise Err("ThrottlingException", "Rate exceeded")
            try:
                d = json.loads(raw.decode("utf-8") or "{}")
                assert isinstance(d, dict)
            except Exception:
                raise Err(INVALID if rest else "SerializationException", "The body is not a JSON object")
            out = (PutEvents if rest else OPS[op])(r, Body(d))
            if throttled:
                raise Err("ThrottlingException", "Rate exceeded")
            status = 200
            if rest and BUG == "put_202":
                status, out = 202, {"queued": len(d["eventList"])}
            return status, ctype, "" if out is None else json.dumps(out, ensure_ascii=False), None
        except Err as e:
            return 400, ctype, json.dumps(some(__type=e.code, message=e.msg)), e.code

    async def client(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ", 2)
                headers = {k.strip().lower(): v.strip() for k, _, v in (h.partition(":") for h in head[1:] if h)}
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                raw = await reader.readexactly(int(headers.get("content-length") or 0))
                try:
                    status, ctype, text, code = self.handle(method, path, headers, raw)
                except Exception as e:
                    print("four: %r" % e, file=sys.stderr)
                    status, ctype, text, code = 500, "application/x-amz-json-1.1", '{"__type":"InternalServerError"}', "InternalServerError"
                body = text.encode("latin-1" if BUG == "latin1" else "utf-8", "replace")
                lines = ["HTTP/1.1 %d %s" % (status, {200: "OK", 202: "Accepted", 400: "Bad Request"}.get(status, "Error")),
                         "content-type: " + ctype, "content-length: %d" % len(body), "x-amzn-requestid: %s" % uuid.uuid4()]
                if code:
                    lines.append("x-amzn-errortype: " + code)
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
                await writer.drain()
                if headers.get("connection", "").lower() == "close":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main():
    s = Server()
    behind = asyncio.ensure_future(s.write_behind())
    srv = await asyncio.start_server(s.client, "127.0.0.1", int(sys.argv[1]), limit=1 << 22)
    async with srv:
        await srv.serve_forever()
    await behind

if __name__ == "__main__":
    asyncio.run(main())
