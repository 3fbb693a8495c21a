-------------------------------- MODULE Trace --------------------------------
(***************************************************************************)
(* Which recorded histories are behaviours of EventTracker.tla?  What the  *)
(* service did unseen was not recorded, so it is found again: trace        *)
(* validation after Cirstea, Kuppe, Loillier and Merz, "Validating Traces  *)
(* of Distributed Programs Against TLA+ Specifications", 2024.             *)
(*                                                                         *)
(* formal/behaviour.py makes events of calls, formal/validation.py writes  *)
(* them into a module beside this one and reads what is printed here.      *)
(***************************************************************************)
EXTENDS EventTracker, Histories, Naturals, Sequences, TLC

VARIABLES which,      \* the history that is explained
          at          \* how many of its events are explained

Length == Len(Histories[which])
Event  == Events[Histories[which][at + 1]]

\* What is being deleted may be left out of a list: no source says that it is shown.
ListLeavesOut(g) ==
    /\ Event.answer = "accepted" /\ Event.shown = {} /\ UNCHANGED world
    /\ group[g] = "DELETE PENDING" \/ \A t \in TrackersIn(g) : tracker[t] \in Deleting

\* The next event of the history happens: the request that was recorded, with the answer that was recorded.
Recorded ==
    /\ at < Length /\ at' = at + 1 /\ UNCHANGED which
    /\ outcome' = Event
    /\ CASE Event.request = "CreateDatasetGroup"   -> CreateDatasetGroup(Event.about)
         [] Event.request = "DescribeDatasetGroup" -> DescribeDatasetGroup(Event.about)
         [] Event.request = "DeleteDatasetGroup"   -> DeleteDatasetGroup(Event.about)
         [] Event.request = "CreateEventTracker"   -> CreateEventTracker(Event.about)
         [] Event.request = "DescribeEventTracker" -> DescribeEventTracker(Event.about)
         [] Event.request = "ListEventTrackers"    -> ListEventTrackers(Event.about) \/ ListLeavesOut(Event.about)
         [] Event.request = "DeleteEventTracker"   -> DeleteEventTracker(Event.about)
         [] Event.request = "PutEvents"            -> PutEvents(Event.about)

\* The service moves unseen what the next event is about.  The rest can wait: it moves before the first event that is
\* about it, since dataset groups do not touch each other.
Unseen ==
    /\ at < Length /\ UNCHANGED <<which, at>>
    /\ \/ /\ Event.about \in Group
          /\ \/ ServiceMovesGroup(Event.about)
             \/ \E t \in TrackersIn(Event.about) : ServiceMovesTracker(t)
       \/ Event.about \in TrackingId /\ ServiceMovesTracker(Event.about)

TraceInit == Init /\ which \in 1..Len(Histories) /\ at = 0
TraceSpec == TraceInit /\ [][Recorded \/ Unseen]_<<vars, which, at>>

\* Two states are one if the same may happen next.
TraceView == <<which, at, world>>

\* Says of each history how much of it is explained, as often as it is more than before.  Needs a single worker.
ASSUME \A history \in 1..Len(Histories) : TLCSet(history, 0)
Told == IF at < TLCGet(which) THEN TRUE ELSE
        TLCSet(which, at + 1) /\ PrintT("EXPLAINED " \o ToString(which) \o " " \o ToString(at))
=============================================================================
