------------------------------ MODULE Histories ------------------------------
(***************************************************************************)
(* An example of what formal/validation.py writes in the place of this for *)
(* Trace.tla: two histories, of which the second cannot be, since nobody   *)
(* can be told of an event tracker that was never made.                    *)
(***************************************************************************)

\* What was asked and what came back.
Events == <<
    [request |-> "CreateDatasetGroup", about |-> "g1", answer |-> "accepted", shown |-> {}],
    [request |-> "DescribeDatasetGroup", about |-> "g1", answer |-> "accepted", shown |-> {<<"g1", "ACTIVE">>}],
    [request |-> "DescribeEventTracker", about |-> "g1", answer |-> "accepted", shown |-> {<<"t1", "ACTIVE">>}]>>

\* Each history as places in Events.
Histories == << <<1, 2>>, <<1, 3>> >>
=============================================================================
