"""In-house fake of Amazon Personalize event trackers.  http.server + sqlite3.

usage: python3 server.py PORT        (BUG=<name> switches one deliberate mistake on)
Statuses move with time.
"""
import base64
import calendar
import json
import os
import re
import sqlite3
import sys
import threading
import time
import unicodedata
import uuid
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUGS = """like_filter unique_name nocase_tags replace_into tag_replace orphan_tags page_skip
limit_plus_one local_time derived_tracking_id touch_on_read cascade_delete delete_pending
eleven_events no_region cut_name update_all_tags""".split()
BUG = os.environ.get("BUG", "")
if BUG and BUG not in BUGS:
    sys.exit("unknown BUG %r; one of %s" % (BUG, " ".join(BUGS)))
ACCOUNT = "123456789012"
T_PENDING, T_PROGRESS, T_DEL1, T_DEL2 = 0.08, 0.22, 0.10, 0.22

if BUG == "local_time":
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()


class ApiError(Exception):
    def __init__(self, code, message):
        Exception.__init__(self, message)
        self.code, self.message = code, message


def invalid(msg):
    return ApiError("InvalidInputException", msg)


def now():
    t = time.time()
    if BUG == "local_time":
        t = calendar.timegm(time.localtime(t)) + t % 1
    return round(t, 3)


SCHEMA = """
create table dataset_group(
  arn text primary key, region text, name text, domain text, role text, kms text,
  status text, created real, updated real, since real);
create table tracker(
  arn text primary key, region text, name text %(uq)s, group_arn text, tracking_id text,
  status text, created real, updated real, since real);
create table tag(arn text, k text %(nc)s, v text, primary key(arn, k));
create table event(id integer primary key, tracking_id text, session text, body text);
""" % {"uq": "unique" if BUG == "unique_name" else "",
       "nc": "collate nocase" if BUG == "nocase_tags" else ""}

LOCK = threading.Lock()
DB = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
DB.row_factory = sqlite3.Row
DB.executescript(SCHEMA)


def q(sql, *args):
    return DB.execute(sql, args).fetchall()


def one(sql, *args):
    rows = q(sql, *args)
    return rows[0] if rows else None


def settle():
    """Let time pass: move every row whose hour has come."""
    n = now()
    for table in ("dataset_group", "tracker"):
        q("update %s set status='CREATE IN_PROGRESS', updated=round(since+?,3) where status='CREATE PENDING' and since+?<=?" % table,
          T_PENDING, T_PENDING, n)
        q("update %s set status='ACTIVE', updated=round(since+?,3) where status='CREATE IN_PROGRESS' and since+?<=?" % table,
          T_PROGRESS, T_PROGRESS, n)
        if BUG == "touch_on_read":
            q("update %s set updated=? where status='ACTIVE'" % table, n)
    q("update tracker set status='DELETE IN_PROGRESS', updated=round(since+?,3) where status='DELETE PENDING' and since+?<=?", T_DEL1, T_DEL1, n)
    gone = [r["arn"] for r in q("select arn from tracker where status='DELETE IN_PROGRESS' and since+?<=?", T_DEL2, n)]
    gone += [r["arn"] for r in q("select arn from dataset_group where status='DELETE PENDING' and since+?<=?", T_DEL2, n)]
    for arn in gone:
        q("delete from tracker where arn=?", arn)
        q("delete from dataset_group where arn=?", arn)
        if BUG != "orphan_tags":
            q("delete from tag where arn=?", arn)


# ---------------------------------------------------------------- checking of members
def text(body, key, lo=0, hi=256, pattern=None, required=False):
    v = body.get(key)
    if v is None:
        if required:
            raise invalid("Value null at '%s' failed to satisfy constraint: Member must not be null" % key)
        return None
    if not isinstance(v, str):
        raise invalid("Member '%s' must be a string" % key)
    if any("\ud800" <= c <= "\udfff" for c in v):
        raise invalid("Member '%s' is not Unicode text" % key)
    if not lo <= len(v) <= hi:
        raise invalid("Member '%s' must have length between %d and %d" % (key, lo, hi))
    if pattern and not re.fullmatch(pattern, v):
        raise invalid("Member '%s' must satisfy regular expression pattern: %s" % (key, pattern))
    return v


def arn_of(body, key, required=True):
    return text(body, key, 0, 256, r"arn:([a-z\d-]+):personalize:.*:.*:.+", required)


def name_of(body):
    return text(body, "name", 1, 63, r"[a-zA-Z0-9][a-zA-Z0-9\-_]*", True)


def tag_chars(s):
    return all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in s)


def tags_of(body, required=False):
    tags = body.get("tags")
    if tags is None:
        if required:
            raise invalid("tags must not be null")
        return []
    if not isinstance(tags, list) or len(tags) > 200:
        raise invalid("tags must be a list of at most 200 tags")
    out, seen = [], set()
    for t in tags:
        if not isinstance(t, dict):
            raise invalid("a tag must be a structure")
        k = text(t, "tagKey", 1, 128, None, True)
        v = text(t, "tagValue", 0, 256, None, True)
        if not tag_chars(k) or not tag_chars(v):
            raise invalid("a tag holds characters that are not allowed")
        if k.lower().startswith("aws:") or v.lower().startswith("aws:"):
            raise invalid("Tag keys and values can't start with aws:")
        if k in seen:
            raise invalid("Duplicate tag key in the request")
        seen.add(k)
        out.append((k, v))
    return out


def put_tags(arn, tags):
    have = {r["k"] for r in q("select k from tag where arn=?", arn)}
    if len(have | {k for k, _ in tags}) > 50:
        raise ApiError("TooManyTagsException", "You have exceeded the maximum number of tags you can apply to this resource.")
    if BUG == "tag_replace":
        q("delete from tag where arn=?", arn)
    for k, v in tags:
        q("insert or replace into tag values(?,?,?)", arn, k, v)
    if BUG == "update_all_tags" and tags:
        # update without the key in its where clause, but only where a key was already there
        for k, v in tags:
            if k in have:
                q("update tag set v=? where arn=?", v, arn)


# ---------------------------------------------------------------- finding
def find(table, kind, region, arn):
    row = one("select * from %s where arn=?%s" % (table, "" if BUG == "no_region" else " and region='%s'" % region), arn)
    if not row:
        raise ApiError("ResourceNotFoundException", "The given %s does not exist: %s" % (kind, arn))
    return row


def tagged(region, body):
    arn = arn_of(body, "resourceArn")
    for table in ("tracker", "dataset_group"):
        row = one("select * from %s where arn=? and region=?" % table, arn, region)
        if row:
            return row
    raise ApiError("ResourceNotFoundException", "The given resource does not exist: %s" % arn)


def page(body, sql, args):
    size = body.get("maxResults")
    if size is None:
        size = 100
    elif isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 100:
        raise invalid("maxResults must be between 1 and 100")
    token, after = text(body, "nextToken", 0, 1500), 0
    scope = hashlib.sha1(repr((sql, args)).encode()).hexdigest()[:10]
    if token is not None:
        try:
            tag, after = base64.urlsafe_b64decode(token.encode()).decode().split("|")
            after = int(after)
            assert tag == scope
        except Exception:
            raise ApiError("InvalidNextTokenException", "The token is not valid.")
    rows = q(sql + " and rowid>? order by rowid limit ?", *args, after, size + 1)
    more = len(rows) > size
    if BUG != "limit_plus_one":
        rows = rows[:size]
    if not more:
        return rows, None
    after = rows[-1]["rowid"] + (1 if BUG == "page_skip" else 0)
    return rows, base64.urlsafe_b64encode(("%s|%d" % (scope, after)).encode()).decode()


# ---------------------------------------------------------------- operations
def create_dataset_group(region, body):
    name = name_of(body)
    role = text(body, "roleArn", 0, 256, r"arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
    kms = text(body, "kmsKeyArn", 0, 2048, r"arn:aws.*:kms:.*:[0-9]{12}:key/.*")
    if bool(role) != bool(kms):
        raise invalid("roleArn and kmsKeyArn must be given together")
    domain = body.get("domain")
    if domain not in (None, "ECOMMERCE", "VIDEO_ON_DEMAND"):
        raise invalid("domain must be one of [ECOMMERCE, VIDEO_ON_DEMAND]")
    tags = tags_of(body)
    arn = "arn:aws:personalize:%s:%s:dataset-group/%s" % (region, ACCOUNT, name)
    if len(tags) > 50:
        put_tags(arn, tags)
    if one("select 1 from dataset_group where arn=?", arn):
        raise ApiError("ResourceAlreadyExistsException", "Another resource with Arn %s already exists." % arn)
    n = now()
    q("insert into dataset_group values(?,?,?,?,?,?,?,?,?,?)", arn, region, name, domain, role, kms, "CREATE PENDING", n, n, n)
    put_tags(arn, tags)
    out = {"datasetGroupArn": arn}
    if domain:
        out["domain"] = domain
    return out


def group_json(r, full):
    out = {"name": r["name"], "datasetGroupArn": r["arn"], "status": r["status"],
           "creationDateTime": r["created"], "lastUpdatedDateTime": r["updated"]}
    if full:
        if r["role"]:
            out["roleArn"] = r["role"]
        if r["kms"]:
            out["kmsKeyArn"] = r["kms"]
    if r["domain"]:
        out["domain"] = r["domain"]
    return out


def describe_dataset_group(region, body):
    return {"datasetGroup": group_json(find("dataset_group", "dataset group", region, arn_of(body, "datasetGroupArn")), True)}


def list_dataset_groups(region, body):
    rows, token = page(body, "select rowid,* from dataset_group where " + ("?<>''" if BUG == "no_region" else "region=?"), (region,))
    out = {"datasetGroups": [group_json(r, False) for r in rows]}
    if token:
        out["nextToken"] = token
    return out


def delete_dataset_group(region, body):
    g = find("dataset_group", "dataset group", region, arn_of(body, "datasetGroupArn"))
    if g["status"] not in ("ACTIVE", "CREATE FAILED"):
        raise ApiError("ResourceInUseException", "The dataset group is %s" % g["status"])
    if one("select 1 from tracker where group_arn=?", g["arn"]):
        if BUG == "cascade_delete":
            q("delete from tracker where group_arn=?", g["arn"])
        else:
            raise ApiError("ResourceInUseException", "The dataset group has an event tracker; delete it first.")
    n = now()
    q("update dataset_group set status='DELETE PENDING', updated=?, since=? where arn=?", n, n, g["arn"])


def create_event_tracker(region, body):
    name = name_of(body)
    garn = arn_of(body, "datasetGroupArn")
    tags = tags_of(body)
    g = find("dataset_group", "dataset group", region, garn)
    arn = "arn:aws:personalize:%s:%s:event-tracker/%s" % (region, ACCOUNT, hashlib.md5(garn.encode()).hexdigest()[:8])
    if len(tags) > 50:
        put_tags(arn, tags)
    if BUG != "replace_into" and one("select 1 from tracker where group_arn=?", garn):
        raise ApiError("ResourceAlreadyExistsException", "Another resource with Arn %s already exists." % arn)
    if g["status"] != "ACTIVE":
        raise ApiError("ResourceInUseException", "The dataset group is not in ACTIVE state: %s" % garn)
    tid = str(uuid.uuid4())
    if BUG == "derived_tracking_id":
        h = hashlib.sha256(arn.encode()).hexdigest()
        tid = "%s-%s-4%s-a%s-%s" % (h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
    n = now()
    stored = name[:50] if BUG == "cut_name" else name
    try:
        q("insert %s into tracker values(?,?,?,?,?,?,?,?,?)" % ("or replace" if BUG == "replace_into" else ""),
          arn, region, stored, garn, tid, "CREATE PENDING", n, n, n)
    except sqlite3.IntegrityError:
        raise ApiError("ResourceAlreadyExistsException", "Another event tracker named %s already exists." % name)
    put_tags(arn, tags)
    return {"eventTrackerArn": arn, "trackingId": tid}


def describe_event_tracker(region, body):
    r = find("tracker", "event tracker", region, arn_of(body, "eventTrackerArn"))
    return {"eventTracker": {
        "name": r["name"], "eventTrackerArn": r["arn"], "accountId": ACCOUNT, "trackingId": r["tracking_id"],
        "datasetGroupArn": r["group_arn"], "status": r["status"],
        "creationDateTime": r["created"], "lastUpdatedDateTime": r["updated"]}}


def list_event_trackers(region, body):
    garn = arn_of(body, "datasetGroupArn", False)
    sql, args = "select rowid,* from tracker where " + ("?<>''" if BUG == "no_region" else "region=?"), (region,)
    if garn is not None:
        if BUG == "like_filter":
            sql, args = sql + " and group_arn like ?", args + (garn + "%",)
        else:
            sql, args = sql + " and group_arn=?", args + (garn,)
    rows, token = page(body, sql, args)
    out = {"eventTrackers": [{
        "name": r["name"], "eventTrackerArn": r["arn"], "status": r["status"],
        "creationDateTime": r["created"], "lastUpdatedDateTime": r["updated"]} for r in rows]}
    if token:
        out["nextToken"] = token
    return out


def delete_event_tracker(region, body):
    r = find("tracker", "event tracker", region, arn_of(body, "eventTrackerArn"))
    ok = ("ACTIVE", "CREATE FAILED") + (("CREATE PENDING", "CREATE IN_PROGRESS") if BUG == "delete_pending" else ())
    if r["status"] not in ok:
        raise ApiError("ResourceInUseException", "The event tracker is %s" % r["status"])
    n = now()
    q("update tracker set status='DELETE PENDING', updated=?, since=? where arn=?", n, n, r["arn"])


def tag_resource(region, body):
    tags = tags_of(body, True)
    put_tags(tagged(region, body)["arn"], tags)
    return {}


def untag_resource(region, body):
    keys = body.get("tagKeys")
    if not isinstance(keys, list) or len(keys) > 200:
        raise invalid("tagKeys must be a list of at most 200 keys")
    keys = [text({"tagKey": k}, "tagKey", 1, 128, None, True) for k in keys]
    arn = tagged(region, body)["arn"]
    if len(keys) > 50:
        raise ApiError("TooManyTagKeysException", "The request contains more tag keys than can be associated with a resource (50 tag keys per resource)")
    for k in keys:
        q("delete from tag where arn=? and k=?", arn, k)
    return {}


def list_tags_for_resource(region, body):
    arn = tagged(region, body)["arn"]
    return {"tags": [{"tagKey": r["k"], "tagValue": r["v"]} for r in q("select k,v from tag where arn=?", arn)]}


RESERVED = {"userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression"}


def put_events(region, body):
    tid = text(body, "trackingId", 1, 256, None, True)
    session = text(body, "sessionId", 1, 256, None, True)
    text(body, "userId", 1, 256)
    events = body.get("eventList")
    if not isinstance(events, list) or not 1 <= len(events) <= (100 if BUG == "eleven_events" else 10):
        raise invalid("eventList must hold between 1 and 10 events")
    for e in events:
        if not isinstance(e, dict):
            raise invalid("an event must be a structure")
        text(e, "eventType", 1, 256, None, True)
        for k, hi in (("eventId", 256), ("itemId", 256), ("recommendationId", 40)):
            text(e, k, 1, hi)
        for k in ("sentAt", "eventValue"):
            v = e.get(k)
            if v is None and k == "sentAt":
                raise invalid("sentAt must not be null")
            if v is not None and (isinstance(v, bool) or not isinstance(v, (int, float))):
                raise invalid("%s must be a number" % k)
        props = text(e, "properties", 1, 1024)
        if props is not None:
            try:
                p = json.loads(props)
                assert isinstance(p, dict)
            except Exception:
                raise invalid("Error parsing properties json")
            for k in p:
                if k.lower() in RESERVED:
                    raise invalid("%s can't be a keyword of properties" % k)
        imp = e.get("impression")
        if imp is not None:
            if not isinstance(imp, list) or not 1 <= len(imp) <= 25:
                raise invalid("impression must hold between 1 and 25 items")
            for i in imp:
                text({"itemId": i}, "itemId", 1, 256, None, True)
        ma = e.get("metricAttribution")
        if ma is not None:
            if not isinstance(ma, dict):
                raise invalid("metricAttribution must be a structure")
            text(ma, "eventAttributionSource", 0, 1024, r"[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*", True)
    if not one("select 1 from tracker where tracking_id=? and region=? and status='ACTIVE'", tid, region):
        raise invalid("trackingId %s does not exist or is not active yet." % tid)
    for e in events:
        q("insert into event(tracking_id,session,body) values(?,?,?)", tid, session, json.dumps(e))


OPS = {"CreateDatasetGroup": create_dataset_group, "DescribeDatasetGroup": describe_dataset_group,
       "ListDatasetGroups": list_dataset_groups, "DeleteDatasetGroup": delete_dataset_group,
       "CreateEventTracker": create_event_tracker, "DescribeEventTracker": describe_event_tracker,
       "ListEventTrackers": list_event_trackers, "DeleteEventTracker": delete_event_tracker,
       "TagResource": tag_resource, "UntagResource": untag_resource, "ListTagsForResource": list_tags_for_resource}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *a):
        pass

    def answer(self, status, body, ctype, code=None):
        raw = b"" if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", ctype)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if code:
            self.send_header("x-amzn-ErrorType", code)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        m = re.search(r"Credential=[^/]+/\d+/([^/]+)/", self.headers.get("Authorization") or "")
        region = m.group(1) if m else "us-east-1"
        events = self.path.split("?")[0] == "/events"
        ctype = "application/json" if events else "application/x-amz-json-1.1"
        try:
            if events:
                op = put_events
            else:
                target = (self.headers.get("X-Amz-Target") or "").split(".")
                op = OPS.get(target[1]) if len(target) == 2 and target[0] == "AmazonPersonalize" else None
                if not op:
                    return self.answer(400, {"__type": "UnknownOperationException"}, ctype, "UnknownOperationException")
            try:
                body = json.loads(raw.decode() or "{}")
                assert isinstance(body, dict)
            except Exception:
                raise ApiError("SerializationException", "the body is not a JSON object")
            with LOCK:
                settle()
                q("begin")
                try:
                    out = op(region, body)
                    q("commit")
                except BaseException:
                    q("rollback")
                    raise
            self.answer(200, out, ctype)
        except sqlite3.Error as e:
            self.answer(500, {"__type": "InternalServerException", "message": str(e)}, ctype, "InternalServerException")
        except ApiError as e:
            self.answer(400, {"message": e.message} if events else {"__type": e.code, "message": e.message}, ctype, e.code)

    def do_GET(self):
        self.answer(404, {"message": "not found"}, "application/json", "UnknownOperationException")


if __name__ == "__main__":
    s = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    s.daemon_threads = True
    s.serve_forever()
