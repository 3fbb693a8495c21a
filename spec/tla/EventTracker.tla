---------------------------- MODULE EventTracker ----------------------------
(***************************************************************************)
(* What a caller of Amazon Personalize can rely on about event trackers.   *)
(*                                                                         *)
(* A request is answered at once; the service does the work later, unseen, *)
(* one status after the other.  The ARN of a dataset group is made of its  *)
(* name, and the ARN of an event tracker of its group's: both name what    *)
(* stands there now.  Only a tracking ID is one event tracker for ever.    *)
(*                                                                         *)
(* lifecycle.toml and operations.toml say the same to the Python model.    *)
(* ET-... are clauses of event-tracker.md.  Promises.tla is what follows.  *)
(***************************************************************************)
CONSTANTS Group,       \* the names of dataset groups
          TrackingId,  \* the tracking IDs that the service can hand out
          Nobody,      \* the group of a tracking ID that was not handed out
          Lenient      \* where the sources leave an answer open, may the service accept?

VARIABLES group,       \* group[g] is the status of the dataset group g
          tracker,     \* tracker[t] is the status of the event tracker whose tracking ID is t
          groupOf,     \* groupOf[t] is the dataset group in which t was handed out
          outcome      \* what was asked last and what came back

world == <<group, tracker, groupOf>>
vars  == <<group, tracker, groupOf, outcome>>

Creating == {"CREATE PENDING", "CREATE IN_PROGRESS"}
Existing == Creating \cup {"ACTIVE", "CREATE FAILED"}
Deleting == {"DELETE PENDING", "DELETE IN_PROGRESS"}

\* The event trackers that stand in a dataset group; GONE is the lack of a status.
TrackersIn(g) == {t \in TrackingId : groupOf[t] = g /\ tracker[t] # "GONE"}

\* One of them has one of these statuses.
Holds(g, statuses) == \E t \in TrackersIn(g) : tracker[t] \in statuses

\* One status changes and nothing else.
GroupBecomes(g, status)   == group' = [group EXCEPT ![g] = status] /\ UNCHANGED <<tracker, groupOf>>
TrackerBecomes(t, status) == tracker' = [tracker EXCEPT ![t] = status] /\ UNCHANGED <<group, groupOf>>

\* A deletion is asked for; one that goes on already goes on.
AfterDelete(status) == IF status \in Deleting THEN status ELSE "DELETE PENDING"

\* This was asked about a group or a tracking ID, and this came back.
Says(request, about, answer, shown) ==
    outcome' = [request |-> request, about |-> about, answer |-> answer, shown |-> shown]

-------------------------- (* Why not: the rows of operations.toml *) -------
NotFound      == "ResourceNotFoundException"
AlreadyExists == "ResourceAlreadyExistsException"
InUse         == "ResourceInUseException"
InvalidInput  == "InvalidInputException"  \* or another code that errors.toml calls malformed

\* A reason that holds allows a refusal with each of its codes; an open one allows acceptance too.
Reason(holds, codes, open) == IF holds THEN {[codes |-> codes, open |-> open]} ELSE {}

\* ET-UNIQ-1, ET-UNIQ-2, ET-UNIQ-3, ET-UNIQ-4, ET-UNIQ-5
Occupied(g) == Reason(Holds(g, Creating), {AlreadyExists, InUse}, FALSE) \cup
               Reason(Holds(g, {"ACTIVE"}), {AlreadyExists}, FALSE) \cup
               Reason(Holds(g, {"CREATE FAILED"}), {AlreadyExists, InUse}, FALSE) \cup
               Reason(Holds(g, Deleting), {AlreadyExists, InUse}, TRUE)

\* A refused request changes nothing; an accepted one has its effect, and no reason forbids it.
\* ET-FAIL-1, ET-FAIL-2, ET-FAIL-3, ET-FAIL-5
Request(name, about, reasons, shown, effect) ==
    \/ \E reason \in reasons : \E code \in reason.codes : Says(name, about, code, {}) /\ UNCHANGED world
    \/ (\A reason \in reasons : reason.open /\ Lenient) /\ Says(name, about, "accepted", shown) /\ effect

------------------------------- (* Requests *) -------------------------------
\* ET-GRP-1, ET-GRP-2, ET-GRP-9, ET-GRP-12
CreateDatasetGroup(g) == Request("CreateDatasetGroup", g,
    Reason(group[g] \in Existing, {AlreadyExists}, FALSE) \cup
    Reason(group[g] = "DELETE PENDING", {AlreadyExists}, TRUE),
    {}, GroupBecomes(g, "CREATE PENDING"))

\* ET-GRP-3, ET-GRP-11, ET-GRP-13
DescribeDatasetGroup(g) == Request("DescribeDatasetGroup", g,
    Reason(group[g] = "GONE", {NotFound}, FALSE),
    {<<g, group[g]>>}, UNCHANGED world)

\* ET-GRP-6, ET-GRP-7, ET-GRP-8, ET-GRP-9
DeleteDatasetGroup(g) == Request("DeleteDatasetGroup", g,
    Reason(group[g] = "GONE", {NotFound}, FALSE) \cup
    Reason(group[g] \in Creating \cup Deleting, {InUse}, TRUE) \cup
    Reason(Holds(g, Existing), {InUse}, FALSE) \cup
    Reason(Holds(g, Deleting), {InUse}, TRUE),
    {}, GroupBecomes(g, AfterDelete(group[g])))

\* The new tracker has a tracking ID of its own, and the ARN; one that is still being deleted loses it and is gone.
\* ET-CREATE-1, ET-ID-1, ET-ID-2, ET-ID-4, ET-UNIQ-6
NewTracker(g, t) ==
    /\ groupOf[t] = Nobody
    /\ groupOf' = [groupOf EXCEPT ![t] = g]
    /\ tracker' = [u \in TrackingId |-> IF u = t THEN "CREATE PENDING" ELSE
                     IF groupOf[u] = g /\ tracker[u] \in Deleting THEN "GONE" ELSE tracker[u]]
    /\ UNCHANGED group

\* ET-CREATE-1, ET-CREATE-2, ET-CREATE-3
CreateEventTracker(g) == \E t \in TrackingId : Request("CreateEventTracker", g,
    Reason(group[g] = "GONE", {NotFound}, FALSE) \cup
    Reason(group[g] \notin {"ACTIVE", "GONE"}, {InUse, InvalidInput, NotFound}, TRUE) \cup
    Occupied(g),
    {t}, NewTracker(g, t))

\* ET-DESC-1, ET-DESC-2, ET-DESC-3, ET-ID-3, ET-LIFE-6
DescribeEventTracker(g) == \E t \in TrackingId : Request("DescribeEventTracker", g,
    Reason(TrackersIn(g) = {}, {NotFound}, FALSE),
    {<<t, tracker[t]>>}, t \in TrackersIn(g) /\ UNCHANGED world)

\* All that stands in the group is shown; a group that is gone shows nothing, though a tracker outlived it.
\* ET-LIST-1, ET-LIST-2, ET-LIST-3, ET-LIST-4, ET-LIST-6, ET-LIST-8, ET-UNIQ-8
ListEventTrackers(g) == Request("ListEventTrackers", g, {},
    {<<g, tracker[t]>> : t \in IF group[g] = "GONE" THEN {} ELSE TrackersIn(g)}, UNCHANGED world)

\* ET-DEL-1, ET-DEL-2, ET-DEL-3, ET-DEL-4, ET-DEL-5
DeleteEventTracker(g) == Request("DeleteEventTracker", g,
    Reason(TrackersIn(g) = {}, {NotFound}, FALSE) \cup
    Reason(Holds(g, Creating \cup Deleting), {InUse}, TRUE),
    {}, \E t \in TrackersIn(g) : TrackerBecomes(t, AfterDelete(tracker[t])))

\* ET-PUT-1, ET-PUT-2, ET-PUT-3, ET-PUT-4
PutEvents(t) == Request("PutEvents", t,
    Reason(tracker[t] = "GONE", {InvalidInput, NotFound}, FALSE) \cup
    Reason(tracker[t] \notin {"ACTIVE", "GONE"}, {InvalidInput, NotFound, InUse}, TRUE),
    {}, UNCHANGED world)

--------------------- (* The service, unseen: lifecycle.toml *) --------------
\* ET-LIFE-2, ET-LIFE-5, ET-LIFE-8
ServiceMovesTracker(t) == \E move \in {
    <<"CREATE PENDING", "CREATE IN_PROGRESS">>,
    <<"CREATE IN_PROGRESS", "ACTIVE">>,
    <<"CREATE IN_PROGRESS", "CREATE FAILED">>,
    <<"DELETE PENDING", "DELETE IN_PROGRESS">>,
    <<"DELETE IN_PROGRESS", "GONE">>} :
    tracker[t] = move[1] /\ TrackerBecomes(t, move[2]) /\ Says("service", t, move[2], {})

\* ET-GRP-4, ET-GRP-10
ServiceMovesGroup(g) == \E move \in {
    <<"CREATE PENDING", "CREATE IN_PROGRESS">>,
    <<"CREATE IN_PROGRESS", "ACTIVE">>,
    <<"CREATE IN_PROGRESS", "CREATE FAILED">>,
    <<"DELETE PENDING", "GONE">>} :
    group[g] = move[1] /\ GroupBecomes(g, move[2]) /\ Says("service", g, move[2], {})

-----------------------------------------------------------------------------
\* At first nothing exists.
Init == /\ group   = [g \in Group |-> "GONE"]
        /\ tracker = [t \in TrackingId |-> "GONE"]
        /\ groupOf = [t \in TrackingId |-> Nobody]
        /\ outcome = [request |-> "", about |-> Nobody, answer |-> "", shown |-> {}]

Next == \/ \E g \in Group : \/ CreateDatasetGroup(g)   \/ CreateEventTracker(g)
                            \/ DescribeDatasetGroup(g) \/ DescribeEventTracker(g)
                            \/ DeleteDatasetGroup(g)   \/ DeleteEventTracker(g)
                            \/ ServiceMovesGroup(g)    \/ ListEventTrackers(g)
        \/ \E t \in TrackingId : PutEvents(t) \/ ServiceMovesTracker(t)

Spec == Init /\ [][Next]_vars
=============================================================================
