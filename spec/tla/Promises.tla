------------------------------ MODULE Promises ------------------------------
(***************************************************************************)
(* What follows from EventTracker.tla for everybody who calls the service. *)
(***************************************************************************)
EXTENDS EventTracker, Naturals

\* Each status is one of those that are documented; GONE is the lack of one.
\* ET-LIFE-1, ET-GRP-4
Statuses ==
    /\ \A g \in Group : group[g] \in Existing \cup {"DELETE PENDING", "GONE"}
    /\ \A t \in TrackingId : tracker[t] \in Existing \cup Deleting \cup {"GONE"}

\* One dataset group never holds two event trackers.
\* ET-UNIQ-1, ET-UNIQ-3, ET-UNIQ-4, ET-UNIQ-5, ET-UNIQ-8
OneTrackerAGroup == \A g \in Group : \A t, u \in TrackersIn(g) : t = u

\* A tracking ID stays with the event tracker to which it was given: it is neither shared nor given again.
\* ET-ID-2, ET-ID-3
TrackingIdsAreNeverReused ==
    [][\A t \in TrackingId : /\ groupOf[t] # Nobody => groupOf'[t] = groupOf[t]
                             /\ tracker[t] = "GONE" /\ tracker'[t] # "GONE" => groupOf[t] = Nobody]_vars

\* Only its creation brings back a dataset group that is gone; nothing brings back an event tracker.
\* ET-LIFE-6, ET-GRP-11
DeletedStaysDeleted ==
    [][/\ \A t \in TrackingId : groupOf[t] # Nobody /\ tracker[t] = "GONE" => tracker'[t] = "GONE"
       /\ \A g \in Group : group[g] = "GONE" /\ group'[g] # "GONE" =>
             outcome'.request = "CreateDatasetGroup" /\ outcome'.answer = "accepted"]_vars

\* How far a life has gone; it ends its creation one way or the other.
Stage(status) == CASE status = "CREATE PENDING"             -> 1
                   [] status = "CREATE IN_PROGRESS"         -> 2
                   [] status \in {"ACTIVE", "CREATE FAILED"} -> 3
                   [] status = "DELETE PENDING"             -> 4
                   [] status = "DELETE IN_PROGRESS"         -> 5
                   [] status = "GONE"                       -> 6

\* A status changes only to a later one; the life of a dataset group begins anew when it is created.
\* ET-LIFE-2, ET-LIFE-3, ET-LIFE-4, ET-LIFE-5, ET-GRP-4
NoStatusRunsBackwards ==
    [][/\ \A t \in TrackingId : groupOf[t] # Nobody /\ tracker'[t] # tracker[t] =>
             Stage(tracker'[t]) > Stage(tracker[t])
       /\ \A g \in Group : group'[g] # group[g] =>
             Stage(group'[g]) > Stage(group[g]) \/ outcome'.request = "CreateDatasetGroup"]_vars

\* What is settled stays so until its deletion is asked for.
\* ET-LIFE-3, ET-LIFE-4
SettledStays ==
    [][\A t \in TrackingId : tracker[t] \in {"ACTIVE", "CREATE FAILED"} /\ tracker'[t] # tracker[t] =>
          /\ tracker'[t] = "DELETE PENDING"
          /\ outcome'.request = "DeleteEventTracker" /\ outcome'.answer = "accepted"]_vars

\* The deletion of a dataset group never begins while it holds an event tracker that exists.
\* ET-GRP-6
NoGroupIsDeletedUnderItsTracker ==
    [][\A g \in Group : Holds(g, Existing) /\ group'[g] = "DELETE PENDING" => group[g] = "DELETE PENDING"]_vars

\* A refused request leaves everything as it was.
\* ET-FAIL-1, ET-FAIL-2, ET-FAIL-3, ET-FAIL-5
RefusedChangesNothing ==
    [][outcome'.answer \in {NotFound, AlreadyExists, InUse, InvalidInput} => UNCHANGED world]_vars

\* The deletion of an event tracker leaves the dataset group as it is.
\* ET-DEL-5
DeleteLeavesTheGroup == [][outcome'.request = "DeleteEventTracker" => UNCHANGED group]_vars

\* An ACTIVE dataset group that holds no event tracker takes one, as long as there are tracking IDs.
\* ET-CREATE-1, ET-UNIQ-6
FreeGroupTakesATracker == \A g \in Group :
    group[g] = "ACTIVE" /\ TrackersIn(g) = {} /\ (\E t \in TrackingId : groupOf[t] = Nobody) =>
        ENABLED (CreateEventTracker(g) /\ outcome'.answer = "accepted")

\* An event tracker that exists is in a dataset group that is not gone: but only if the service is not lenient.
\* ET-GRP-6, ET-CREATE-2, ET-CREATE-3
NoOrphans == \A t \in TrackingId : tracker[t] \in Existing => group[groupOf[t]] # "GONE"
-----------------------------------------------------------------------------
\* The service goes on with what it began.
Fairness == /\ \A g \in Group : WF_vars(ServiceMovesGroup(g))
            /\ \A t \in TrackingId : WF_vars(ServiceMovesTracker(t))

FairSpec == Spec /\ Fairness

\* Each event tracker that is being created or deleted becomes ACTIVE, CREATE FAILED or gone.
\* ET-LIFE-7, ET-LIFE-8
TrackersSettle == \A t \in TrackingId :
    tracker[t] \in Creating \cup Deleting ~> tracker[t] \in {"ACTIVE", "CREATE FAILED", "GONE"}

\* So does each dataset group; but one that may be deleted and created while it moves need not.
\* ET-GRP-5, ET-GRP-10
GroupsSettle == \A g \in Group :
    group[g] \in Creating \cup Deleting ~> group[g] \in {"ACTIVE", "CREATE FAILED", "GONE"}
=============================================================================
