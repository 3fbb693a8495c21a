-------------------------------- MODULE Race --------------------------------
(***************************************************************************)
(* CreateEventTracker as check-then-act: a service that looks whether the  *)
(* dataset group is free, and creates the event tracker a moment later.    *)
(***************************************************************************)
EXTENDS MC

CONSTANT Caller     \* those who call at the same time
VARIABLE checked    \* checked[c] is the dataset group that was found free for the caller c, or Nobody

\* The service finds no reason to refuse the caller.
Check(c, g) ==
    /\ checked[c] = Nobody /\ group[g] = "ACTIVE" /\ Occupied(g) = {}
    /\ checked' = [checked EXCEPT ![c] = g]
    /\ Says("CreateEventTracker", g, "found free", {c}) /\ UNCHANGED world

\* The service creates what the caller asked for, without looking again.
Act(c) ==
    \E t \in TrackingId :
        /\ checked[c] # Nobody /\ NewTracker(checked[c], t)
        /\ Says("CreateEventTracker", checked[c], "accepted", {t})
        /\ checked' = [checked EXCEPT ![c] = Nobody]

RaceInit == Init /\ checked = [c \in Caller |-> Nobody]

RaceNext == \/ \E c \in Caller : Act(c) \/ \E g \in Group : Check(c, g)
            \/ /\ \E g \in Group : CreateDatasetGroup(g) \/ ServiceMovesGroup(g) \/ DeleteEventTracker(g)
               /\ UNCHANGED checked
            \/ (\E t \in TrackingId : ServiceMovesTracker(t)) /\ UNCHANGED checked

RaceSpec == RaceInit /\ [][RaceNext]_<<vars, checked>>
=============================================================================
